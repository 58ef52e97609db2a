package handscroll.coordinator.journal;

import com.typesafe.config.Config;
import java.time.Duration;

/** How the journal of jobs is kept; {@code reference.conf} says what each is for. */
public record JournalSettings(int snapshotEvery, Duration minBackoff, Duration maxBackoff) {

    public static JournalSettings from(Config config) {
        Config block = config.getConfig("handscroll.coordinator.journal");
        return new JournalSettings(
                block.getInt("snapshot-every"), block.getDuration("min-backoff"), block.getDuration("max-backoff"));
    }
}
