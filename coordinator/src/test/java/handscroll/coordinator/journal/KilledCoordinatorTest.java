package handscroll.coordinator.journal;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import handscroll.protocol.job.JobId;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KilledCoordinatorTest {

    private static final int ACKNOWLEDGEMENTS = 100;

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void losesNothingThatItAcknowledged() throws Exception {
        List<String> acknowledged = runUntilKilled();
        int events = count(acknowledged, "event");
        int tokens = count(acknowledged, "tokens");

        Register register = recovered();
        for (int i = 0; i < events; i++) {
            assertThat(register.job(new JobId("job-" + i)))
                    .as("job %d of %d", i, events)
                    .isPresent();
        }
        List<Integer> cells = new ArrayList<>();
        TokenLog.scan(directory.resolve("tokens"), DoomedCoordinator.IDENTITY, (stage, cell, some) -> cells.add(cell));
        assertThat(cells).hasSizeGreaterThanOrEqualTo(tokens);
        for (int i = 0; i < tokens; i++) {
            assertThat(cells.get(i)).isEqualTo(i);
        }
    }

    private List<String> runUntilKilled() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedCoordinator.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader out = process.inputReader()) {
            while (count(lines, "event") < ACKNOWLEDGEMENTS) {
                String line = out.readLine();
                assertThat(line)
                        .as("the process ended by itself after %s", lines)
                        .isNotNull();
                lines.add(line);
            }
            // Kills like kill -9; unlike Process.destroyForcibly it leaves what the process said before, which counts.
            process.toHandle().destroyForcibly();
            out.lines().forEach(lines::add);
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    private Register recovered() {
        var config = DoomedCoordinator.config(directory);
        ActorTestKit kit = ActorTestKit.create("recovery", config);
        try {
            TestProbe<Register> probe = kit.createTestProbe();
            kit.spawn(JobJournal.create(JournalSettings.from(config))).tell(new JobJournal.Read(probe.getRef()));
            return probe.receiveMessage(Duration.ofSeconds(30));
        } finally {
            kit.shutdownTestKit();
        }
    }

    /** A line counts when it is whole. */
    private static int count(List<String> lines, String what) {
        return (int) lines.stream().filter(line -> line.matches(what + " \\d+")).count();
    }
}
