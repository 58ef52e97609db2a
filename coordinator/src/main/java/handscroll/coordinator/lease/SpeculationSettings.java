package handscroll.coordinator.lease;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * When a batch that takes too long is rendered a second time; {@code handscroll.coordinator.lease.speculation} in
 * reference.conf explains each.
 *
 * @param tasksDone of the same stage and kind, before their times say anything
 * @param jobShare of the job's cells that must be rendered
 * @param timesMedian a batch that runs longer than so many medians is a straggler
 * @param atLeast what runs for less is none
 */
public record SpeculationSettings(
        boolean enabled, int tasksDone, double jobShare, double timesMedian, Duration atLeast) {

    static final SpeculationSettings USUAL = new SpeculationSettings(true, 10, 0.5, 3, Duration.ofSeconds(2));

    public SpeculationSettings {
        if (tasksDone < 1 || !(jobShare >= 0 && jobShare <= 1) || !(timesMedian >= 1) || atLeast.isNegative()) {
            throw new IllegalArgumentException(
                    "handscroll.coordinator.lease.speculation: tasks-done and times-median must"
                            + " be at least 1, job-share between 0 and 1, and at-least not below zero");
        }
    }

    static SpeculationSettings from(Config speculation) {
        return new SpeculationSettings(
                speculation.getBoolean("enabled"),
                speculation.getInt("tasks-done"),
                speculation.getDouble("job-share"),
                speculation.getDouble("times-median"),
                speculation.getDuration("at-least"));
    }
}
