package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import handscroll.coordinator.job.RecordedPicture;
import handscroll.coordinator.plan.PictureReader;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.ModelShelf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes and real disks that fail, for as long as it takes: the profile {@code chaos}. */
@Tag("chaos")
class ChaosTest {

    private static final int RENDERS = Integer.getInteger("handscroll.chaos.renders", 20);
    private static final int KILLS = Integer.getInteger("handscroll.chaos.kills", 100);
    private static final String CANVAS = "width = 1300, height = 1024";
    private static final String LONG_CANVAS = "width = 5200, height = 1024";
    private static final int STOPS = 4;
    private static final Duration STOPPED = Duration.ofSeconds(12);

    /** What is lost is missed within seconds, so that most of the time goes into rendering and killing. */
    private static final Map<String, String> IMPATIENT = Map.of(
            "akka.cluster.failure-detector.acceptable-heartbeat-pause",
            "3s",
            "handscroll.downing.after",
            "2s",
            "handscroll.downing.head-start",
            "1s",
            "akka.cluster.seed-node-timeout",
            "2s",
            "akka.cluster.retry-unsuccessful-join-after",
            "1s",
            "handscroll.coordinator.lease.term",
            "3s");

    /** A worker that is silent loses its lease long before it is missed. */
    private static final Map<String, String> MISSED_LATE = Map.of(
            "akka.cluster.failure-detector.acceptable-heartbeat-pause",
            "120s",
            "handscroll.coordinator.lease.term",
            "3s",
            "handscroll.test.log",
            "INFO");

    @TempDir
    private Path directory;

    @BeforeEach
    void putAModelOnTheShelf() throws IOException {
        FakeRenderers.shelve(directory.resolve("models/fake"));
    }

    @Test
    void killedAtRandomAgainAndAgainThePictureIsTheSameAndNothingLoggedIsSampledAgain() throws Exception {
        Map<String, Integer> undisturbed = InOneProcess.render(directory, "undisturbed", CANVAS);
        long began = System.nanoTime();
        int kills = 0;
        int renders = 0;
        while (renders < RENDERS || kills < KILLS) {
            String name = "render-" + renders;
            int killed = killWhileItRenders(name, new Random(renders));
            kills += killed;
            renders++;
            assertThat(PictureTree.hashes(directory.resolve(name).resolve("picture_files")))
                    .as(name + " after " + killed + " kills")
                    .isEqualTo(undisturbed);
            assertThat(recorded(name).repeatedCount())
                    .as("patches of " + name + " that were sampled again although they were logged")
                    .isZero();
            System.out.printf(
                    "measured: %d renders, %d kills, %d s%n",
                    renders, kills, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
        }
    }

    /** Ends with the picture; says how many it killed. */
    private int killWhileItRenders(String name, Random random) throws Exception {
        int kills = 0;
        int enough = (KILLS + RENDERS - 1) / RENDERS;
        try (FarmOfProcesses farm = new FarmOfProcesses(directory, name, 1, IMPATIENT)) {
            farm.startWorker();
            farm.startWorker();
            farm.submit(CANVAS);
            int before = 0;
            while (!farm.state().equalsIgnoreCase("done")) {
                int reached = farm.patches();
                // Only what went on since the last kill shows anything.
                if (reached > before + 10 && kills < enough) {
                    before = reached;
                    kills += killSome(farm, random);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20L + random.nextInt(200)));
            }
        }
        return kills;
    }

    /** One process, or two in the same moment; says how many. */
    private static int killSome(FarmOfProcesses farm, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> farm.killAndStartAgain(List.of(0), List.of());
            case 1 -> farm.killAndStartAgain(List.of(), List.of(0));
            case 2 -> farm.killAndStartAgain(List.of(), List.of(1));
            case 3 -> farm.killAndStartAgain(List.of(), List.of(0, 1));
            default -> farm.killAndStartAgain(List.of(0), List.of(random.nextInt(2)));
        };
    }

    @Test
    void aWorkerThatIsStoppedPastItsLeaseHandsInNothingLateAndGoesOn() throws Exception {
        Map<String, Integer> undisturbed = InOneProcess.render(directory, "undisturbed", LONG_CANVAS);
        try (FarmOfProcesses farm = new FarmOfProcesses(directory, "late", 1, MISSED_LATE)) {
            farm.startWorker();
            farm.startWorker();
            farm.submit(LONG_CANVAS);
            for (int stop = 0; stop < STOPS; stop++) {
                int rendered = farm.renderedBy(0);
                Waits.until("it has rendered some more", () -> farm.renderedBy(0) > rendered);
                long before = refusalCount(farm);
                stopWhileItHolds(farm, 0);
                Waits.until("its lease is over", () -> farm.heldBy(0) == 0);
                signal("CONT", farm.worker(0).pid());
                Waits.until("it is refused", () -> refusalCount(farm) > before);
            }
            int refused = farm.renderedBy(0);
            Waits.until("it goes on", () -> farm.renderedBy(0) > refused);
            farm.waitUntilDone();

            assertThat(farm.worker(0).output()).doesNotContain("begins anew");
            assertThat(farm.tiles()).isEqualTo(undisturbed);
            System.out.printf(
                    "measured: %d times stopped: %d late results and %d late renewals refused, %d leases given up in time%n",
                    STOPS,
                    count(farm.coordinator(0), "answered too late"),
                    count(farm.coordinator(0), "renewed too late"),
                    count(farm.worker(0), "is revoked"));
        }
        assertThat(recorded("late").repeatedCount()).isZero();
    }

    /** The worker may hear that its lease is over before it answers; it then keeps the answer to itself. */
    private static long refusalCount(FarmOfProcesses farm) {
        return count(farm.coordinator(0), "too late: lease") + count(farm.worker(0), "is revoked");
    }

    private static long count(FarmProcess process, String words) {
        return process.output().lines().filter(line -> line.contains(words)).count();
    }

    /** Stops it again and again, until that happens in the middle of a lease. */
    private static void stopWhileItHolds(FarmOfProcesses farm, int worker) throws Exception {
        long pid = farm.worker(worker).pid();
        signal("STOP", pid);
        while (farm.heldBy(worker) == 0) {
            signal("CONT", pid);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            signal("STOP", pid);
        }
    }

    @Test
    void aWorkerThatIsStoppedUntilItIsMissedGoesOnAfterwards() throws Exception {
        Map<String, Integer> undisturbed = InOneProcess.render(directory, "undisturbed", CANVAS);
        try (FarmOfProcesses farm = new FarmOfProcesses(directory, "stopped", 1, IMPATIENT)) {
            farm.startWorker();
            farm.submit(CANVAS);
            farm.waitForPatches(20);
            signal("STOP", farm.worker(0).pid());
            LockSupport.parkNanos(STOPPED.toNanos());
            signal("CONT", farm.worker(0).pid());
            farm.waitUntilDone();

            assertThat(farm.worker(0).isAlive()).isTrue();
            assertThat(farm.tiles()).isEqualTo(undisturbed);
        }
        assertThat(recorded("stopped").repeatedCount()).isZero();
    }

    @Test
    void aDiskThatFillsPausesTheRenderAndNothingIsLost() throws Exception {
        Map<String, Integer> undisturbed = InOneProcess.render(directory, "undisturbed", CANVAS);
        Path disk = Files.createDirectories(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk.toString()) == 0,
                "only root can mount a disk");
        try {
            Path site = site("handscroll.coordinator.output.estimated-bytes-per-pixel.jpeg = 0.01"
                    + "\nhandscroll.coordinator.journal.token-log.preallocated = 256 KiB");
            Path filler = Files.write(disk.resolve("filler"), new byte[(5 << 20) + (256 << 10)]);
            Run full = render(site, disk.resolve("picture"));
            assertThat(full.exitCode()).as(full.err()).isEqualTo(ExitCode.FAILED);
            assertThat(full.err()).contains("bytes are free there", "render --resume");

            Files.delete(filler);
            assertThat(run("mount", "-o", "remount,size=64m", disk.toString())).isZero();
            Run resumed = Run.of(
                    opener(),
                    "render",
                    "--resume",
                    disk.resolve("picture").toString(),
                    "--port",
                    "0",
                    "--config",
                    site.toString());
            assertThat(resumed.exitCode()).as(resumed.err()).isEqualTo(ExitCode.DONE);
            assertThat(PictureTree.hashes(disk.resolve("picture/picture_files")))
                    .isEqualTo(undisturbed);
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    @Test
    void aDiskThatMayNotBeWrittenIsRefusedAtTheDoor() throws Exception {
        Path disk = Files.createDirectories(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m,ro", "tmpfs", disk.toString()) == 0,
                "only root can mount a disk");
        try {
            Run run = render(site(""), disk.resolve("picture"));

            assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(run.err()).contains("may not be written to", "choose another");
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private Path site(String more) throws IOException {
        return Files.writeString(
                directory.resolve("site.conf"),
                "handscroll.cli.models = [\"" + directory.resolve("models") + "\"]\n" + more + "\n");
    }

    private Run render(Path site, Path out) throws IOException {
        Path job = Files.writeString(
                directory.resolve("sky.conf"),
                "task = unconditional, model = fake, seed = 7, direction = zeta, canvas { " + CANVAS + " }");
        return Run.of(
                opener(),
                "render",
                job.toString(),
                "--out",
                out.toString(),
                "--workers",
                "2",
                "--port",
                "0",
                "--config",
                site.toString());
    }

    private Farm.Opener opener() {
        String hash = ModelCard.read(directory.resolve("models/fake")).hash();
        return LocalFarm.opener((config, models) -> new FakeRenderers(Map.of("fake", hash), 512).busy());
    }

    private RecordedPicture recorded(String name) {
        return recorded(directory, name);
    }

    static RecordedPicture recorded(Path directory, String name) {
        return RecordedPicture.read(
                directory.resolve(name),
                new ModelShelf(List.of(directory.resolve("models"))),
                PictureReader.from(SiteConfig.load(Optional.empty(), "local.conf", Map.of())));
    }

    private static void signal(String signal, long pid) throws Exception {
        assertThat(run("kill", "-" + signal, Long.toString(pid))).isZero();
    }

    private static int run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            System.out.println(String.join(" ", command) + ": " + said);
        }
        return status;
    }
}
