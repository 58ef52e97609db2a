package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.model.ModelCard;
import handscroll.worker.render.RendererFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who works, and why a job does not go on: asked of a real coordinator, over its socket, with workers that join it. */
class OperatorCommandsTest {

    /** A patch of 64 pixels a cell: 5 x 4 patches under 2 x 1 tiles. */
    private static final int PATCH_COUNT = 20;

    @TempDir
    private Path directory;

    private final List<Farm> farms = new ArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private String hash = "";
    private String address = "";
    private int joinPort;

    @BeforeEach
    void openCoordinator() throws IOException {
        FakeRenderers.shelve(directory.resolve("models/fake"));
        hash = ModelCard.read(directory.resolve("models/fake")).hash();
        try (ServerSocket free = new ServerSocket(0)) {
            joinPort = free.getLocalPort();
        }
        Farm coordinator = LocalFarm.opener((settings, models) -> renderers(hash))
                .open(new FarmOptions(
                        config("coordinator.conf", joinPort), true, 0, directory.resolve("coordinator"), List.of()));
        farms.add(coordinator);
        address = coordinator.http().toString();
    }

    @AfterEach
    void closeAll() {
        gate.countDown();
        for (int farm = farms.size() - 1; farm >= 0; farm--) {
            farms.get(farm).close();
        }
    }

    @Test
    void aJobWithoutAWorkerSaysThatOneIsToBeStarted() throws IOException {
        assertThat(run("workers").out()).contains("No worker has joined; start one with handscroll worker --join");
        submit("sky");
        waitFor("sky", why -> why.path("stages").path(0).path("readyCount").asInt() == 1);

        Run job = run("why", "sky");
        assertThat(job.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(job.out())
                .contains("sky  rendering: 1 patch is ready, but no worker has joined")
                .contains("start one with handscroll worker --join HOST:PORT")
                .contains("sample   0 of 20 rendered, 1 ready, 19 waiting")
                .contains("workers  0 joined");
        assertThat(run("why", "sky", "0,0").out()).contains("sky  sample/0,0 is ready", "nobody can render it");
    }

    @Test
    void aWorkerWithAnotherModelIsListedAsRefusedAndTheJobSaysWhatToDo() throws IOException {
        submit("sky");
        waitFor("sky", why -> why.path("stages").path(0).path("readyCount").asInt() == 1);
        openWorker("stranger", renderers("0badc0de0badc0de"));
        waitFor("sky", why -> !why.path("refused").isEmpty());

        assertThat(run("workers").out())
                .contains("on 127.0.0.1 was refused")
                .contains("this worker has it with hash 0badc0de0bad; copy the coordinator's model directory there");
        assertThat(run("why", "sky").out())
                .contains("every worker that came was refused", "copy the coordinator's model directory there")
                .contains("0 joined, 0 of them can be given patches of this job, 1 refused");
    }

    @Test
    void aDrainedWorkerFinishesWhatItHoldsAndGetsNothingMoreWhileAnotherFinishesTheJob() throws IOException {
        FakeRenderers first = renderers(hash);
        openWorker("first", new GatedRenderers(first, gate));
        waitForWorkers(1);
        submit("sky");
        waitFor("sky", why -> why.path("oldestLease").isObject());
        String drained = workers().path("workers").path(0).path("worker").asText();

        Run drain = run("workers", "drain", drained);
        assertThat(drain.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(drain.out())
                .contains("Worker " + drained + " is draining: it finishes 1 patch and gets nothing more");
        assertThat(run("workers").out()).containsPattern(drained + " +draining +127.0.0.1 +fake +1 +1 +1 +0 +0 ");

        FakeRenderers second = renderers(hash);
        openWorker("second", second);
        waitForWorkers(2);
        gate.countDown();
        assertThat(run("watch", "sky").exitCode()).isEqualTo(ExitCode.DONE);

        assertThat(first.sampledCount).hasValue(1);
        assertThat(second.sampledCount).hasValue(PATCH_COUNT - 1);
        assertThat(run("workers").out()).containsPattern(drained + " +drained +127.0.0.1 +fake +1 +0 +0 +1 +0 ");

        assertThat(run("workers", "undrain", drained).out()).contains("Worker " + drained + " gets patches again");
        assertThat(workers().path("workers").path(0).path("state").asText()).isEqualTo("idle");
    }

    @Test
    void aWorkerThatIsDrainedAtOnceGivesBackWhatItHolds() throws IOException {
        openWorker("first", new GatedRenderers(renderers(hash), gate));
        waitForWorkers(1);
        submit("sky");
        waitFor("sky", why -> why.path("oldestLease").isObject());
        String drained = workers().path("workers").path(0).path("worker").asText();

        assertThat(run("workers", "drain", drained, "--by", "90s").out())
                .contains("it finishes 1 patch and gets nothing more; what it still holds in 90 s goes to others");
        assertThat(run("workers").out())
                .containsPattern(drained + " is draining: what it still holds in 1 min (2\\d|30) s goes to others.");
        assertThat(workers().at("/workers/0/handsBackSeconds").asDouble()).isBetween(10.0, 90.0);
        assertThat(run("workers", "drain", drained, "--now").out())
                .contains("Worker " + drained + " is drained: 1 patch of it goes to others, and it gets nothing.");
        assertThat(run("workers").out()).containsPattern(drained + " +drained +127.0.0.1 +fake +1 +0 +0 +0 +0 ");
        refused(run("workers", "drain", drained, "--by", "soon"), "--by soon is no time; write 90s, 10m or 2h");

        FakeRenderers second = renderers(hash);
        openWorker("second", second);
        waitForWorkers(2);
        assertThat(run("watch", "sky").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(second.sampledCount).hasValue(PATCH_COUNT);
        gate.countDown();
    }

    @Test
    void aJobGoesOnWithAPlaceholderForAPatchThatNobodyCanRender() throws IOException {
        openWorker("first", new PoisonedRenderers(renderers(hash), new PatchId(0, 2, 1, 0)));
        waitForWorkers(1);
        submit("sky");
        refused(run("skip", "sky"), "pause it first, or wait until everything else is rendered.");
        waitFor("sky", why -> why.path("state").asText().equals("failed"));
        refused(run("skip", "sky", "0,0"), "No such patch of job sky was given up");
        refused(run("skip", "sky", "9,9"), "There is no patch sample/9,9");

        assertThat(run("skip", "sky").out()).contains("Job sky goes on where it was");
        waitFor("sky", why -> why.path("state").asText().equals("done"));
        assertThat(run("events", "sky").out()).contains("placeholders for sample/2,1");
        assertThat(run("jobs").out()).contains("with 1 placeholder");
        assertThat(run("why", "sky").out())
                .contains(
                        "sky  done: every patch of it is rendered, and its pyramid is whole; 1 patch was skipped and shows a placeholder");
        assertThat(Files.readString(directory.resolve("out-sky/manifest.json")))
                .containsPattern("\"placeholders\" ?: ?1.0");
        refused(run("skip", "sky"), "Job sky is done");
    }

    @Test
    void aJobThatIsPausedLetsItsWorkersFinishUnlessItIsWantedAtOnce() throws IOException {
        openWorker("first", new GatedRenderers(renderers(hash), gate));
        waitForWorkers(1);
        submit("sky");
        waitFor("sky", why -> why.path("oldestLease").isObject());

        assertThat(run("pause", "sky").out())
                .contains(
                        "Job sky is being paused: workers finish what they hold of it, handscroll pause --now takes it back.");
        assertThat(run("why", "sky").out())
                .contains("sky  rendering: it is being paused: workers finish what they hold");
        refused(run("cancel", "sky"), "Job sky is being paused: workers finish what they hold of it");

        assertThat(run("pause", "--now", "sky").out()).contains("Job sky is stopped; what it rendered is kept.");
        assertThat(run("why", "sky").out()).contains("sky  paused: somebody asked for it");
        assertThat(workers().path("workers").path(0).path("failedCount").asInt())
                .isZero();

        assertThat(run("resume", "sky").out()).contains("Job sky goes on where it was.");
        waitFor("sky", why -> why.path("oldestLease").isObject());
        run("pause", "sky");
        gate.countDown();
        waitFor("sky", why -> why.path("state").asText().equals("paused"));
        assertThat(json("jobs", "--json").at("/jobs/0/stages/0/renderedCount").asInt())
                .isEqualTo(1);
        run("resume", "sky");
        waitFor("sky", why -> why.path("state").asText().equals("done"));
    }

    @Test
    void theTilesOfACancelledJobGoAndAreMadeAgainFromItsTokensIfItIsResumed() throws IOException {
        openWorker("first", new PoisonedRenderers(renderers(hash), new PatchId(1, 1, 0, 0)));
        waitForWorkers(1);
        submit("sky");
        waitFor("sky", why -> why.path("state").asText().equals("failed"));
        Path sky = directory.resolve("out-sky");
        assertThat(PictureTree.hashes(sky.resolve("picture_files"))).isNotEmpty();
        Path notes = Files.writeString(sky.resolve("notes.txt"), "not of Handscroll");
        assertThat(run("cancel", "--delete", "sky").out())
                .contains("Job sky is failed; 1/1,0 was given up")
                .contains("its tiles were deleted, 0 MB; resume makes them again from its tokens.");
        assertThat(sky.resolve("picture_files")).doesNotExist();
        assertThat(sky.resolve("picture.dzi")).doesNotExist();
        assertThat(sky.resolve("manifest.json")).exists();
        assertThat(notes).exists();
        assertThat(run("jobs").out()).contains("failed", "its tiles were deleted");
        assertThat(run("why", "sky").out()).contains("its tiles were deleted");
        assertThat(run("events", "sky").out()).contains("its tiles were deleted");
        assertThat(json("jobs", "--json").at("/jobs/0/stages/1/renderedCount").asInt())
                .isZero();

        farms.remove(1).close();
        FakeRenderers second = renderers(hash);
        openWorker("second", second);
        run("resume", "sky");
        waitFor("sky", why -> why.path("state").asText().equals("done"));
        assertThat(second.sampledCount).hasValue(0);
        refused(run("cancel", "--delete", "sky"), "Job sky is done and cannot be cancelled.");
        submit("sea");
        waitFor("sea", why -> why.path("state").asText().equals("done"));
        assertThat(PictureTree.hashes(sky.resolve("picture_files")))
                .isEqualTo(PictureTree.hashes(directory.resolve("out-sea/picture_files")));
    }

    @Test
    void nothingIsDeletedOfWhatIsNotTheJobsOwn() throws IOException {
        submit("sky");
        waitFor("sky", why -> why.path("stages").path(0).path("readyCount").asInt() == 1);
        Path sky = directory.resolve("out-sky");
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("0_0.jpg"), "somebody's");
        run("pause", "sky");
        DirectoryTree.delete(sky.resolve("picture_files"));
        Files.createSymbolicLink(sky.resolve("picture_files"), elsewhere);
        refused(
                run("cancel", "--delete", "sky"),
                "Job sky is cancelled, but its tiles are not deleted",
                "is a link to");
        assertThat(elsewhere.resolve("0_0.jpg")).exists();
        assertThat(sky.resolve("picture.dzi")).exists();

        Files.delete(sky.resolve("picture_files"));
        String manifest = Files.readString(sky.resolve("manifest.json"));
        Files.writeString(sky.resolve("manifest.json"), manifest.replace("\"sky\"", "\"sea\""));
        refused(run("cancel", "--delete", "sky"), "holds the picture of job sea; look at it and delete");
        Files.delete(sky.resolve("manifest.json"));
        refused(run("cancel", "--delete", "sky"), "holds no manifest.json, so it may be anything");
        assertThat(sky.resolve("picture.dzi")).exists();
    }

    @Test
    void aPatchSaysWhoHoldsItOrForWhichPatchesItWaits() throws IOException {
        openWorker("first", new GatedRenderers(renderers(hash), gate));
        waitForWorkers(1);
        submit("sky");
        waitFor("sky", why -> why.path("oldestLease").isObject());
        String worker = workers().path("workers").path(0).path("worker").asText();

        assertThat(run("why", "sky", "0,0").out())
                .contains("sky  sample/0,0 is leased by worker " + worker + " on 127.0.0.1 for ");
        assertThat(run("why", "sky", "sample/2,0").out())
                .contains("sky  sample/2,0 waits for 2 patches that it reads")
                .containsPattern("  sample/0,0 +is leased by worker " + worker)
                .containsPattern("  sample/1,0 +waits for 1 patch");
        assertThat(run("why", "sky", "decode/0,0").out())
                .containsPattern("waits for 20 patches")
                .contains("  and 10 more");
        JsonNode all = json("why", "sky", "2,0", "--json");
        assertThat(all.at("/patch/missing/0/lease/worker").asText()).isEqualTo(worker);
        assertThat(all.at("/patch/missing/1/state").asText()).isEqualTo("waiting");

        gate.countDown();
        assertThat(run("watch", "sky").exitCode()).isEqualTo(ExitCode.DONE);
        waitFor("sky", why -> why.path("state").asText().equals("done"));
        assertThat(run("why", "sky").out()).contains("sky  done: every patch of it is rendered");
    }

    @Test
    void whatIsNotThereIsRefusedInASentence() throws IOException {
        submit("sky");
        waitFor("sky", why -> !why.path("stages").isEmpty());
        refused(run("why", "nobody"), "There is no job nobody.");
        refused(run("why", "no such job"), "There is no job no such job.");
        refused(run("why", "sky", "5,0"), "There is no patch sample/5,0", "is 5 x 4", "the last patch is sample/4,3");
        refused(run("why", "sky", "left,top"), "\"left,top\" names no patch; write COLUMN,ROW");
        refused(run("workers", "drain", "nobody"), "There is no worker nobody on the list");
        refused(run("workers", "undrain", "a/b"), "There is no worker a/b");
        refused(run("workers", "drain"), "ID");
        refused(run("workers", "fire", "nobody"), "fire");
        for (String[] command : List.of(
                new String[] {"workers"}, new String[] {"workers", "drain", "x"}, new String[] {"why", "sky"})) {
            List<String> arguments = new ArrayList<>(List.of(command));
            arguments.addAll(List.of("--to", "http://127.0.0.1:1"));
            Run run = Run.of(arguments.toArray(String[]::new));
            assertThat(run.exitCode()).isEqualTo(ExitCode.OUT_OF_REACH);
            assertThat(run.err()).contains("http://127.0.0.1:1 is out of reach");
        }
    }

    @Test
    void theCoordinatorMayBeNamedBeforeTheVerb() {
        Run run = Run.of("workers", "--to", "http://127.0.0.1:1", "drain", "x");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OUT_OF_REACH);
        assertThat(run.err()).contains("http://127.0.0.1:1 is out of reach");
    }

    private static void refused(Run run, String... parts) {
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains(parts).doesNotContain("\tat ");
    }

    private Run run(String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--to", address));
        return Run.of(arguments.toArray(String[]::new));
    }

    private JsonNode json(String... command) {
        try {
            return CoordinatorClient.parsed(run(command).out());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode workers() {
        return json("workers", "--json");
    }

    private void waitForWorkers(int count) {
        Waits.until(
                count + " workers have joined",
                () -> StreamSupport.stream(workers().path("workers").spliterator(), false)
                                .count()
                        == count);
    }

    private void waitFor(String job, Predicate<JsonNode> holds) {
        Waits.until("the answer is what it will be", () -> holds.test(json("why", job, "--json")));
    }

    private void submit(String name) throws IOException {
        Path job = Files.writeString(
                directory.resolve(name + ".conf"),
                "task = unconditional, model = fake, direction = zeta, canvas { width = 300, height = 256 }");
        String out = directory.resolve("out-" + name).toString();
        assertThat(run("submit", job.toString(), "--out", out).exitCode()).isEqualTo(ExitCode.DONE);
    }

    private void openWorker(String name, RendererFactory renderers) {
        farms.add(LocalFarm.opener((settings, models) -> renderers)
                .open(new FarmOptions(
                        config("worker.conf", 0),
                        false,
                        1,
                        directory.resolve(name),
                        List.of(new HostPort("127.0.0.1", joinPort)))));
    }

    private static FakeRenderers renderers(String hash) {
        return new FakeRenderers(Map.of("fake", hash), 512);
    }

    private Config config(String file, int port) {
        return SiteConfig.load(
                Optional.empty(),
                file,
                Map.of(
                        "handscroll.cli.models",
                        List.of(directory.resolve("models").toString()),
                        SettingNames.HTTP_PORT,
                        0,
                        SettingNames.REMOTE_PORT,
                        port));
    }
}
