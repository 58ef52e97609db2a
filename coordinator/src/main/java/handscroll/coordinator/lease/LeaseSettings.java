package handscroll.coordinator.lease;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * The terms on which tasks are lent; {@code handscroll.coordinator.lease} in reference.conf explains each.
 *
 * @param grantBytes tasks of one grant together, so that it fits into a frame between processes
 */
public record LeaseSettings(
        Duration term,
        int attemptCount,
        int grantBytes,
        SharingSettings sharing,
        BlameSettings blame,
        SpeculationSettings speculation) {

    public LeaseSettings {
        if (term.isNegative() || term.isZero() || attemptCount < 1 || grantBytes < 1) {
            throw new IllegalArgumentException(
                    "handscroll.coordinator.lease: term, attempts and grant-bytes must be above zero");
        }
    }

    public LeaseSettings(Duration term, int attemptCount, int grantBytes) {
        this(term, attemptCount, grantBytes, SharingSettings.USUAL, BlameSettings.USUAL, SpeculationSettings.USUAL);
    }

    /** @param config the whole configuration */
    public static LeaseSettings from(Config config) {
        Config lease = config.getConfig("handscroll.coordinator.lease");
        return new LeaseSettings(
                lease.getDuration("term"),
                lease.getInt("attempts"),
                Math.toIntExact(lease.getBytes("grant-bytes")),
                SharingSettings.from(lease.getConfig("sharing")),
                BlameSettings.from(lease.getConfig("blame")),
                SpeculationSettings.from(lease.getConfig("speculation")));
    }
}
