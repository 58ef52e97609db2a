package handscroll.coordinator.lease;

import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.task.Task;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of the slots' time a job has had: what its leases took, and what those are reckoned to take that run.
 * Of jobs of equal priority the one with the least is next (stride scheduling, Waldspurger and Weihl 1995, with
 * the price of a task measured instead of given).
 */
final class SlotTime {

    /** What a task is reckoned to take before one of its kind was rendered; near the mark for sampling. */
    private static final long FIRST_RECKONING_NANOS = Duration.ofMillis(100).toNanos();

    /** No task is free, or a job of those that take no time would keep all slots. */
    private static final long LEAST_TASK_NANOS = 1_000;

    private static final int NEW_ONE_IN = 4;

    private final Map<Class<?>, Long> taskNanos = new HashMap<>();
    private long spentNanos;
    private long reckonedNanos;

    long total() {
        return spentNanos + reckonedNanos;
    }

    /** What tasks of the same kind as this one will take. */
    long reckon(Task task, int count) {
        return count * taskNanos.getOrDefault(task.getClass(), FIRST_RECKONING_NANOS);
    }

    void begin(long reckoned) {
        reckonedNanos += reckoned;
    }

    /** The lease came to nothing; the job does not pay for it. */
    void endInVain(long reckoned) {
        reckonedNanos -= reckoned;
    }

    void end(long reckoned, Task task, int count, WorkTime work) {
        reckonedNanos -= reckoned;
        long took = Math.max(
                count * LEAST_TASK_NANOS,
                work.sampling().plus(work.decoding()).plus(work.encoding()).toNanos());
        spentNanos += took;
        taskNanos.merge(task.getClass(), took / count, (known, seen) -> known + (seen - known) / NEW_ONE_IN);
    }

    /** Whoever could not use his part until now gets no more than a little of it afterwards. */
    void catchUp(long atLeast) {
        spentNanos += Math.max(0, atLeast - total());
    }
}
