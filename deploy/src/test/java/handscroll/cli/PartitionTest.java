package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two coordinators and a worker, each on a network of its own, that lose each other. A supervisor starts a coordinator again
 * that ended.
 *
 * <pre>
 *   tests, database .1 ── bridge ─┬─ .2 coordinator
 *                                 ├─ .3 coordinator
 *                                 ╰─ .4 worker
 * </pre>
 */
@Tag("chaos")
class PartitionTest {

    private static final String CANVAS = "width = 2600, height = 2048";
    private static final Duration PROGRESS = Duration.ofSeconds(30);
    private static final int FIRST = 2;
    private static final int SECOND = 3;
    private static final int WORKER = 4;

    // What the processes logged is what a failure can be told from.
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final PrivateNetwork network = new PrivateNetwork();

    @BeforeEach
    void prepare() throws Exception {
        assumeTrue(network.open(FIRST, SECOND, WORKER), "only root can part networks: ip netns refuses");
        FakeRenderers.shelve(directory.resolve("models/fake"));
    }

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void theCoordinatorsFromTheWorker() throws Exception {
        renderThrough("the worker alone", () -> {
            network.cut(WORKER);
            sleep(20);
            network.mend(WORKER);
        });
    }

    @Test
    void theCoordinatorsFromEachOther() throws Exception {
        renderThrough("coordinators from each other", () -> {
            network.mute(FIRST, SECOND);
            network.mute(SECOND, FIRST);
            sleep(30);
            network.unmute(FIRST, SECOND);
            network.unmute(SECOND, FIRST);
        });
    }

    @Test
    void theLeaderFromTheWorkerInOneDirection() throws Exception {
        renderThrough("one way", () -> {
            network.mute(FIRST, WORKER);
            sleep(20);
            network.unmute(FIRST, WORKER);
        });
    }

    @Test
    void againAndAgain() throws Exception {
        renderThrough("flapping", () -> {
            for (int i = 0; i < 6; i++) {
                network.cut(WORKER);
                sleep(3);
                network.mend(WORKER);
                sleep(2);
            }
        });
    }

    private interface Trouble {
        void happens() throws Exception;
    }

    private void renderThrough(String name, Trouble trouble) throws Exception {
        Map<String, Integer> undisturbed = InOneProcess.render(directory, "undisturbed", CANVAS);
        try (EmbeddedPostgres database = EmbeddedPostgres.start();
                Forwarder door = new Forwarder(database.getPort());
                PartedFarm farm = new PartedFarm(door.port())) {
            farm.start();
            farm.submit();
            farm.waitForProgressFrom(20);
            trouble.happens();

            long healed = System.nanoTime();
            int before = farm.patches();
            farm.waitForProgressFrom(before);
            Duration progress = Duration.ofNanos(System.nanoTime() - healed);
            System.out.printf("measured: %s: progress %d ms after healing%n", name, progress.toMillis());
            farm.waitUntilDone();

            assertThat(progress).isLessThan(PROGRESS);
            assertThat(PictureTree.hashes(directory.resolve("sky/picture_files")))
                    .isEqualTo(undisturbed);
        }
        assertThat(ChaosTest.recorded(directory, "sky").repeatedCount())
                .as("patches that were sampled again although they were logged")
                .isZero();
    }

    private static void sleep(int seconds) {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
    }

    /** The processes, each on its host. */
    private final class PartedFarm implements AutoCloseable {

        private final List<HostPort> places =
                List.of(new HostPort(network.address(FIRST), 25520), new HostPort(network.address(SECOND), 25520));
        private final List<FarmProcess> coordinators = new ArrayList<>();
        private final List<FarmProcess> workers = new ArrayList<>();
        private final int databasePort;

        PartedFarm(int databasePort) {
            this.databasePort = databasePort;
        }

        void start() {
            coordinators.add(coordinator(FIRST));
            coordinators.get(0).http();
            coordinators.add(coordinator(SECOND));
            coordinators.get(1).http();
            workers.add(FarmProcess.start(
                    network.within(WORKER),
                    directory.resolve("worker"),
                    directory.resolve("models"),
                    "worker",
                    25520,
                    places,
                    settings(WORKER)));
            Waits.until(
                    "the other coordinator stands by", () -> ask(1, "api/jobs").contains("stands by"));
        }

        private FarmProcess coordinator(int host) {
            return FarmProcess.start(
                    network.within(host),
                    directory.resolve("coordinator-" + host),
                    directory.resolve("models"),
                    "coordinator",
                    25520,
                    places,
                    settings(host));
        }

        private Map<String, String> settings(int host) {
            Map<String, String> settings = new HashMap<>();
            settings.put(SettingNames.REMOTE_HOST, network.address(host));
            settings.put("handscroll.coordinator.http.host", network.address(host));
            settings.put("handscroll.coordinator.tile.bind-host", network.address(host));
            settings.put(
                    SettingNames.DATABASE,
                    "jdbc:postgresql://" + network.address(PrivateNetwork.HERE) + ":" + databasePort + "/postgres");
            settings.put("handscroll.coordinator.journal.database.user", "postgres");
            return settings;
        }

        /** As systemd would. */
        private void supervise() {
            for (int i = 0; i < coordinators.size(); i++) {
                if (!coordinators.get(i).isAlive()) {
                    System.out.println("coordinator " + (FIRST + i) + " ended and is started again");
                    coordinators.set(i, coordinator(FIRST + i));
                }
            }
        }

        private String ask(int coordinator, String path) {
            FarmProcess process = coordinators.get(coordinator);
            if (!process.isAlive() || !process.isServing()) {
                return "";
            }
            try {
                return HttpAsk.get(process.http().resolve(path));
            } catch (IOException outOfReach) {
                return "";
            }
        }

        void submit() throws IOException {
            String spec = "name = sky, task = unconditional, canvas { " + CANVAS + " }, model = fake, seed = 7,"
                    + " direction = zeta, output { to = \"" + directory.resolve("sky") + "\" }";
            HttpAsk.post(coordinators.get(0).http().resolve("api/jobs"), spec);
        }

        /** The most that any of them says; 0 where none leads. */
        int patches() {
            supervise();
            int most = 0;
            for (int i = 0; i < coordinators.size(); i++) {
                most = Math.max(most, HttpAsk.rendered(ask(i, "api/jobs/sky")));
            }
            return most;
        }

        void waitForProgressFrom(int count) {
            Waits.until("more than " + count + " patches are rendered", () -> patches() > count || isDone());
        }

        boolean isDone() {
            return ask(0, "api/jobs/sky").contains("\"state\":\"done\"")
                    || ask(1, "api/jobs/sky").contains("\"state\":\"done\"");
        }

        void waitUntilDone() {
            Waits.until("the job is done", () -> {
                supervise();
                return isDone();
            });
        }

        @Override
        public void close() {
            workers.forEach(FarmProcess::close);
            coordinators.forEach(FarmProcess::close);
        }
    }
}
