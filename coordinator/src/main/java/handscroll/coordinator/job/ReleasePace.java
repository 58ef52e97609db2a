package handscroll.coordinator.job;

import java.time.Duration;
import java.time.Instant;

/**
 * Decides when workers are told which states nobody reads any more. Each time costs every worker a message, as much as one
 * that brings work: so not more often than need be, however fast patches are rendered, and never of very many at a time.
 */
final class ReleasePace {

    /** So many times the usual count is told of at once, however short ago the last time was. */
    static final int MOST_TIMES = 16;

    private final int atOnce;
    private final Duration every;
    private Instant next = Instant.MIN;

    /**
     * @param atOnce patches that a message is worth
     * @param every at most so often, unless {@link #MOST_TIMES} as many wait
     */
    ReleasePace(int atOnce, Duration every) {
        this.atOnce = atOnce;
        this.every = every;
    }

    /** Whether workers are to be told now, which then counts as done. */
    boolean isDue(int count, Instant now) {
        boolean isDue = count >= (long) MOST_TIMES * atOnce || count >= atOnce && !now.isBefore(next);
        if (isDue) {
            next = now.plus(every);
        }
        return isDue;
    }
}
