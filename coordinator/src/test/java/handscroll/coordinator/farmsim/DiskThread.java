package handscroll.coordinator.farmsim;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The one thread that writes a token log: does one thing after the other, as fast as the disk allows. */
final class DiskThread extends AbstractExecutorService {

    private final SimulatedProcess process;
    private final LongSupplier delayMicros;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean isBusy;
    private boolean isShutDown;

    DiskThread(SimulatedProcess process, LongSupplier delayMicros) {
        this.process = process;
        this.delayMicros = delayMicros;
    }

    @Override
    public void execute(Runnable task) {
        if (isShutDown) {
            throw new RejectedExecutionException();
        }
        waiting.add(task);
        if (!isBusy) {
            next();
        }
    }

    private void next() {
        isBusy = !waiting.isEmpty();
        if (isBusy) {
            process.after(delayMicros.getAsLong(), () -> {
                waiting.remove().run();
                next();
            });
        }
    }

    /** The process is killed while this thread writes: what it began, it began. */
    void dieWhileWriting() {
        if (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Override
    public void shutdown() {
        isShutDown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShutdown() {
        return isShutDown;
    }

    @Override
    public boolean isTerminated() {
        return isShutDown && waiting.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }
}
