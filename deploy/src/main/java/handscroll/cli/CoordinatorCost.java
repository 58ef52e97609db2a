package handscroll.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The processor time of everything in this process that is not rendering: actors, streams, journal, token log, HTTP. What the
 * collector and the compiler of the JVM take is not in it.
 */
final class CoordinatorCost {

    /** Threads of the dispatcher that slots render on. */
    private static final Pattern RENDERS = Pattern.compile(".*(slot-dispatcher|djl|torch).*");

    static Duration soFar() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null
                    && !RENDERS.matcher(info.getThreadName().toLowerCase(Locale.ROOT))
                            .matches()) {
                nanos += Math.max(0, threads.getThreadCpuTime(info.getThreadId()));
            }
        }
        return Duration.ofNanos(nanos);
    }

    private CoordinatorCost() {}
}
