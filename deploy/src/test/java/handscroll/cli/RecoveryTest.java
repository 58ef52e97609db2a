package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.output.OutputDirectory;
import handscroll.coordinator.plan.PictureReader;
import handscroll.protocol.job.JobId;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.ModelShelf;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can still be made of an output directory after its journal or its tiles were lost, and how damage is found. */
class RecoveryTest {

    /** Bytes of the token log's file before its first record, and of a record of this model's. */
    private static final int HEADER = 512;

    private static final int RECORD = 144;

    private static final String CANVAS = "canvas { width = 650, height = 512 }";

    @TempDir
    private Path directory;

    private Path site = Path.of("");
    private String hash = "";

    @BeforeEach
    void putAModelOnTheShelf() throws Exception {
        FakeRenderers.shelve(directory.resolve("models/fake"));
        hash = ModelCard.read(directory.resolve("models/fake")).hash();
        site = Files.writeString(
                directory.resolve("site.conf"), "handscroll.cli.models = [\"" + directory.resolve("models") + "\"]\n");
    }

    @Test
    void aPictureWithoutItsJournalEndsAsItWouldHave() throws Exception {
        render("whole");
        stopInTheMiddle("lost");
        DirectoryTree.delete(directory.resolve("lost").resolve(OutputDirectory.STATE));

        Run run = recover("lost");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.err()).contains("There is no journal");
        assertThat(tiles("lost")).isEqualTo(tiles("whole"));
    }

    @Test
    void aTruncatedJournalIsSetAsideAndDamagedTilesAreMadeAgain() throws Exception {
        render("whole");
        stopInTheMiddle("damaged");
        JournalFile.close(directory.resolve("damaged"));
        try (Stream<Path> journal = Files.list(directory.resolve("damaged/.handscroll/journal"))) {
            for (Path file : journal.toList()) {
                Files.write(file, new byte[1000], StandardOpenOption.TRUNCATE_EXISTING);
            }
        }
        Run refused = Run.of(
                opener(), "render", "--resume", directory.resolve("damaged").toString(), "--config", site.toString());
        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("jobs.mv.db", "render --recover");

        Path tile = directory.resolve("damaged/picture_files/10/0_0.jpg");
        byte[] bytes = Files.readAllBytes(tile);
        Files.write(tile, Arrays.copyOf(bytes, 100));

        Run run = recover("damaged");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.err()).contains("set aside", "1 damaged tile is made again", "10/0_0.jpg");
        assertThat(tiles("damaged")).isEqualTo(tiles("whole"));
    }

    @Test
    void patchesWhoseTokensWereDamagedAreRenderedAgain() throws Exception {
        render("whole");
        stopInTheMiddle("flipped");
        DirectoryTree.delete(directory.resolve("flipped").resolve(OutputDirectory.STATE));
        try (Stream<Path> segments = Files.list(directory.resolve("flipped/tokens"))) {
            Path segment = segments.findFirst().orElseThrow();
            byte[] bytes = Files.readAllBytes(segment);
            // In the tokens of the fourth record.
            bytes[HEADER + 3 * RECORD + 40] ^= 1;
            Files.write(segment, bytes);
        }

        assertThat(recover("flipped").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(tiles("flipped")).isEqualTo(tiles("whole"));
    }

    @Test
    void aTornRecordAtTheEndAndAFlippedBitInTheMiddleCostAContinuedPictureNothing() throws Exception {
        render("whole");
        stopInTheMiddle("torn");
        JournalFile.close(directory.resolve("torn"));
        try (Stream<Path> segments = Files.list(directory.resolve("torn/tokens"))) {
            Path segment = segments.findFirst().orElseThrow();
            byte[] bytes = Files.readAllBytes(segment);
            bytes[HEADER + 3 * RECORD + 40] ^= 1;
            int last = HEADER + RECORD;
            while (bytes[last + RECORD] != 0) {
                last += RECORD;
            }
            Arrays.fill(bytes, last + RECORD / 2, bytes.length, (byte) 0);
            Files.write(segment, bytes);
        }

        Run run = Run.of(
                opener(),
                "render",
                "--resume",
                directory.resolve("torn").toString(),
                "--port",
                "0",
                "--config",
                site.toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(tiles("torn")).isEqualTo(tiles("whole"));
    }

    @Test
    void aDirectoryWithoutAManifestCannotBeRecovered() throws Exception {
        Files.createDirectories(directory.resolve("empty/.handscroll"));

        Run run = recover("empty");

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("manifest.json");
    }

    @Test
    void aSoundPictureIsVerified() throws Exception {
        render("whole");

        Run run = verify("whole", hash, "--sample", "100%");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("88 patches and 6 tiles were rendered again: all the same.");
    }

    @Test
    void aTileOfOtherBytesIsFoundAndNamed() throws Exception {
        render("whole");
        Path tile = directory.resolve("whole/picture_files/10/1_1.jpg");
        byte[] bytes = Files.readAllBytes(tile);
        bytes[bytes.length / 2] ^= 4;
        Files.write(tile, bytes);

        Run run = verify("whole", hash, "--sample", "100%");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).contains("10/1_1.jpg is another tile than its tokens make", "--recover");
    }

    @Test
    void aWorkerThatComputedWronglyIsFoundByItsTokens() throws Exception {
        BiFunction<Config, ModelShelf, RendererFactory> wrong = (config, models) -> new OneWrongPatch(renderers(hash));
        assertThat(Run.of(LocalFarm.opener(wrong), render(job("wrong"))).exitCode())
                .isEqualTo(ExitCode.DONE);

        Run run = verify("wrong", hash, "--sample", "100%");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out())
                .contains("1 of 64 tokens are others than in the log")
                .contains("1 of 88 patches");
    }

    @Test
    void anotherModelIsNoReasonToSuspectThePicture() throws Exception {
        render("whole");
        Files.writeString(directory.resolve("models/fake/model.conf"), "\n# changed\n", StandardOpenOption.APPEND);

        Run run = verify("whole", hash);

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("another model or input picture");
    }

    private void render(String name) throws IOException {
        Run run = Run.of(opener(), render(job(name)));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    }

    private String[] render(Path job) {
        return new String[] {
            "render", job.toString(), "--workers", "2", "--port", "0", "--config", site.toString(), "--quiet"
        };
    }

    private Run recover(String name) {
        return Run.of(
                opener(),
                "render",
                "--recover",
                directory.resolve(name).toString(),
                "--workers",
                "2",
                "--port",
                "0",
                "--config",
                site.toString());
    }

    private Run verify(String name, String modelHash, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("verify", directory.resolve(name).toString(), "--config", site.toString()));
        arguments.addAll(List.of(more));
        return Run.with(renderers(modelHash), arguments.toArray(new String[0]));
    }

    /** With some tiles there and others not, as after kill -9. */
    private void stopInTheMiddle(String name) throws Exception {
        Path job = job(name);
        CountDownLatch someTiles = new CountDownLatch(2);
        Config config = SiteConfig.load(Optional.of(site), "local.conf", Map.of(SettingNames.HTTP_PORT, 0));
        Path state = directory.resolve(name).resolve(OutputDirectory.STATE);
        try (Farm farm = opener().open(new FarmOptions(config, true, 1, state, List.of()))) {
            JobId id = InOneProcess.submit(
                    farm, JobFile.read(job, List.of(), Optional.empty(), PictureReader.from(config)));
            farm.follow(id, event -> {
                if (event instanceof Jobs.TileStored stored && stored.level() == 10 && stored.column() == 0) {
                    someTiles.countDown();
                }
            });
            assertThat(someTiles.await(90, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Path job(String name) throws IOException {
        return Files.writeString(
                directory.resolve(name + ".conf"),
                "task = unconditional, model = fake, seed = 7, direction = zeta, " + CANVAS + ", output { to = \""
                        + directory.resolve(name) + "\" }");
    }

    private Farm.Opener opener() {
        return LocalFarm.opener((config, models) -> renderers(hash));
    }

    private static FakeRenderers renderers(String hash) {
        return new FakeRenderers(Map.of("fake", hash), 512);
    }

    private Map<String, Integer> tiles(String name) throws IOException {
        return PictureTree.hashes(directory.resolve(name).resolve("picture_files"));
    }

    /** Draws one token of one patch otherwise than everybody else. */
    private record OneWrongPatch(RendererFactory behind) implements RenderersAround {

        @Override
        public TaskRenderer.Rendering render(TaskRenderer renderer, RenderSettings settings, List<Task> tasks)
                throws TaskRenderer.RenderFailure {
            TaskRenderer.Rendering rendering = renderer.render(settings, tasks);
            List<TaskResult> results = new ArrayList<>(rendering.results());
            results.replaceAll(result -> result instanceof TaskResult.Tokens tokens ? spoiled(tokens) : result);
            return new TaskRenderer.Rendering(results, rendering.tiles(), rendering.work());
        }

        private static TaskResult spoiled(TaskResult.Tokens tokens) {
            if (tokens.patch().column() != 3 || tokens.patch().row() != 2) {
                return tokens;
            }
            short[] others = tokens.tokens().clone();
            others[5] = (short) (others[5] ^ 1);
            return new TaskResult.Tokens(tokens.patch(), others);
        }
    }
}
