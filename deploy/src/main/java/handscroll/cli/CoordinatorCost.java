package handscroll.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The processor time of everything in this process that is not rendering: actors, streams, journal, token log, HTTP. What the
 * collector and the compiler of the JVM take is not in it. Any thread may ask.
 */
final class CoordinatorCost {

    /** Threads that slots render on, by the name of their dispatcher. */
    private static final Pattern RENDERS = Pattern.compile(".*slot-dispatcher.*");

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Map<Long, Long> before = nanosByThread();
    private final Map<Long, Long> latest = new HashMap<>(before);

    /** Keeps what threads have used so far; those that end later are counted up to their last sample. */
    synchronized void sample() {
        latest.putAll(nanosByThread());
    }

    /** Since this was made. */
    synchronized Duration total() {
        sample();
        long nanos = 0;
        for (var thread : latest.entrySet()) {
            nanos += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return Duration.ofNanos(nanos);
    }

    private Map<Long, Long> nanosByThread() {
        Map<Long, Long> nanos = new HashMap<>();
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && !RENDERS.matcher(info.getThreadName()).matches()) {
                long used = threads.getThreadCpuTime(info.getThreadId());
                if (used >= 0) {
                    nanos.put(info.getThreadId(), used);
                }
            }
        }
        return nanos;
    }
}
