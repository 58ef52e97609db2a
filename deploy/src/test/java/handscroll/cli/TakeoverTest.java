package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two coordinators over one PostgreSQL database, and what becomes of a job when the one that leads dies. */
@Tag("chaos")
class TakeoverTest {

    private static final Duration TAKEOVER = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedPostgres database;

    @BeforeAll
    static void start() throws Exception {
        FakeRenderers.shelve(directory.resolve("models/fake"));
        database = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() throws Exception {
        database.close();
    }

    @Test
    void whenTheLeaderIsKilledTheOtherCoordinatorFinishesTheSamePicture() throws Exception {
        String canvas = "width = 1300, height = 512";
        Map<String, Integer> undisturbed = InOneProcess.render(directory, "undisturbed", canvas);
        try (FarmOfProcesses farm = new FarmOfProcesses(directory, "taken-over", 2, settings())) {
            FarmProcess worker = farm.startWorker();
            // Before it has joined it cannot take over.
            Waits.until("the other coordinator stands by", () -> farm.answer(1).contains("stands by"));
            assertThat(farm.answer(1)).contains("leads the farm");
            farm.submit(canvas);
            farm.waitForPatches(20);

            long killed = System.nanoTime();
            farm.coordinator(0).kill();
            Waits.until("another coordinator leads", () -> farm.status().isPresent());
            Duration takeover = Duration.ofNanos(System.nanoTime() - killed);
            farm.waitUntilDone();

            assertThat(takeover).isLessThan(TAKEOVER);
            assertThat(worker.isAlive()).isTrue();
            assertThat(worker.output()).doesNotContain("begins anew");
            assertThat(farm.tiles()).isEqualTo(undisturbed);
        }
    }

    private static Map<String, String> settings() {
        return Map.of(
                SettingNames.DATABASE,
                database.getJdbcUrl("postgres", "postgres"),
                "handscroll.coordinator.journal.database.user",
                "postgres");
    }
}
