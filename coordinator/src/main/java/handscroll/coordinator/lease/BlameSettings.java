package handscroll.coordinator.lease;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * When a worker is to blame for what it cannot render; {@code handscroll.coordinator.lease.blame} in reference.conf explains
 * each.
 *
 * @param strikes after which a worker is blocked
 * @param memory after which a failure is forgotten, of a patch and of a worker
 */
public record BlameSettings(int strikes, Duration memory) {

    static final BlameSettings USUAL = new BlameSettings(3, Duration.ofHours(1));

    public BlameSettings {
        if (strikes < 1 || memory.isNegative() || memory.isZero()) {
            throw new IllegalArgumentException(
                    "handscroll.coordinator.lease.blame: strikes and memory must be above zero");
        }
    }

    static BlameSettings from(Config blame) {
        return new BlameSettings(blame.getInt("strikes"), blame.getDuration("memory"));
    }
}
