package handscroll.coordinator.lease;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * The terms on which tasks are lent; {@code handscroll.coordinator.lease} in reference.conf explains each.
 *
 * @param longest that a batch may run without a result, however often its lease is renewed
 * @param grantBytes tasks of one grant together, so that it fits into a frame between processes
 */
public record LeaseSettings(
        Duration term,
        Duration longest,
        int attemptCount,
        int grantBytes,
        SharingSettings sharing,
        BlameSettings blame,
        SpeculationSettings speculation) {

    private static final int USUAL_TERMS = 60;

    public LeaseSettings {
        if (term.isNegative() || term.isZero() || attemptCount < 1 || grantBytes < 1) {
            throw new IllegalArgumentException(
                    "handscroll.coordinator.lease: term, attempts and grant-bytes must be above zero");
        }
        if (longest.compareTo(term) <= 0) {
            throw new IllegalArgumentException("handscroll.coordinator.lease: longest is " + longest.toSeconds()
                    + " s, and must be above term, which is " + term.toSeconds() + " s");
        }
    }

    public LeaseSettings(Duration term, int attemptCount, int grantBytes) {
        this(
                term,
                term.multipliedBy(USUAL_TERMS),
                attemptCount,
                grantBytes,
                SharingSettings.USUAL,
                BlameSettings.USUAL,
                SpeculationSettings.USUAL);
    }

    /**
     * A failed patch waits so long for a worker that has not failed it. All its attempts must fit into the time for which
     * failures count: one that always fails would else be tried for ever.
     */
    Duration longestWaitForAnother() {
        Duration share = blame.memory().dividedBy(attemptCount + 1L);
        return share.compareTo(longest) < 0 ? share : longest;
    }

    /** @param config the whole configuration */
    public static LeaseSettings from(Config config) {
        Config lease = config.getConfig("handscroll.coordinator.lease");
        return new LeaseSettings(
                lease.getDuration("term"),
                lease.getDuration("longest"),
                lease.getInt("attempts"),
                Math.toIntExact(lease.getBytes("grant-bytes")),
                SharingSettings.from(lease.getConfig("sharing")),
                BlameSettings.from(lease.getConfig("blame")),
                SpeculationSettings.from(lease.getConfig("speculation")));
    }
}
