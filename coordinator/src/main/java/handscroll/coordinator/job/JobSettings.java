package handscroll.coordinator.job;

import com.typesafe.config.Config;
import java.time.Duration;

/** The bounds of jobs; {@code reference.conf} says what they are for. */
public record JobSettings(
        int offeredTasks,
        int releasedAtOnce,
        Duration releaseEvery,
        Duration statusEvery,
        int waitingCommands,
        int heldBackOutcomes,
        Duration journalPatience) {

    /** For reading pictures, weights and logs. */
    public static final String DISPATCHER = "handscroll.coordinator.job.dispatcher";

    public static JobSettings from(Config config) {
        Config block = config.getConfig("handscroll.coordinator.job");
        return new JobSettings(
                block.getInt("offered-tasks"),
                block.getInt("released-at-once"),
                block.getDuration("release-every"),
                block.getDuration("status-every"),
                block.getInt("waiting-commands"),
                block.getInt("held-back-outcomes"),
                block.getDuration("journal-patience"));
    }
}
