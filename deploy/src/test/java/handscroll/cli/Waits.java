package handscroll.cli;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another process does, where no event can be had. */
final class Waits {

    private static final Duration PATIENCE = Duration.ofSeconds(240);
    private static final long INTERVAL_NANOS = Duration.ofMillis(20).toNanos();

    static void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("in vain waited " + PATIENCE + " until " + what);
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }

    private Waits() {}
}
