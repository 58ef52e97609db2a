package handscroll.coordinator.lease;

import java.time.Duration;
import java.util.Arrays;

/** How long the latest batches of one kind took from their begin to their end. */
final class BatchTimes {

    private static final int REMEMBERED = 63;

    private final long[] batchNanos = new long[REMEMBERED];
    private final long[] taskNanos = new long[REMEMBERED];
    private int batchCount;
    private long taskCount;

    void add(Duration took, int tasks) {
        int at = batchCount++ % REMEMBERED;
        batchNanos[at] = took.toNanos();
        taskNanos[at] = took.toNanos() / tasks;
        taskCount += tasks;
    }

    /** In all, also those whose times are forgotten. */
    long taskCount() {
        return taskCount;
    }

    /**
     * What a batch of so many tasks usually takes, rather too long than too short: a device takes nearly as long for one
     * as for several, and batches differ in size.
     */
    Duration median(int tasks) {
        return Duration.ofNanos(Math.max(median(batchNanos), tasks * median(taskNanos)));
    }

    private long median(long[] nanos) {
        long[] sorted = Arrays.copyOf(nanos, Math.min(batchCount, REMEMBERED));
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }
}
