package handscroll.coordinator.simulation;

import java.time.Duration;

/**
 * What a render would come to.
 *
 * @param time from the first grant until everything is durable
 * @param firstTile until somebody who watches sees something
 * @param work of all workers together
 * @param batchCount leases; the more there are, the smaller they were
 * @param poolPeak the most patches at a time whose states a later patch of their stage would still read
 * @param statesFound of those that patches read, the ones that their worker had
 * @param statesMade those that it had to make first
 * @param tokensPeak the same for their tokens, which decoding reads too
 */
public record SimulatedRender(
        int workerCount,
        Duration time,
        Duration firstTile,
        Duration work,
        int batchCount,
        int poolPeak,
        int tokensPeak,
        long statesFound,
        long statesMade) {

    /** How much of their time the workers had something to do, from 0 to 1. */
    public double busyShare() {
        return time.isZero() ? 0 : (double) work.toNanos() / time.toNanos() / workerCount;
    }
}
