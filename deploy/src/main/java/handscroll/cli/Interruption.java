package handscroll.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * What is done when the process is told to end (Ctrl-C, SIGTERM) before its command is through. The JVM then ends with 130
 * or 143 by itself. While it is being interrupted the command's own thread must stay quiet: it waits at {@link #gate}.
 */
final class Interruption implements AutoCloseable {

    private final AtomicBoolean begun = new AtomicBoolean();
    private final Thread hook;

    private Interruption(Runnable action) {
        hook = new Thread(
                () -> {
                    begun.set(true);
                    action.run();
                },
                "handscroll-interrupted");
    }

    static Interruption calls(Runnable action) {
        Interruption interruption = new Interruption(action);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** Returns at once, or never, when the process is already on its way down. */
    void gate() {
        while (begun.get()) {
            LockSupport.park(this);
        }
    }

    @Override
    public void close() {
        gate();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            gate();
        }
    }
}
