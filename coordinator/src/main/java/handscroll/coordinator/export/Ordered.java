package handscroll.coordinator.export;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Work done on all cores whose results come in the order in which it was given. So many results wait at most; then the giver waits.
 * Not thread-safe.
 */
final class Ordered<T> implements Closeable {

    /** Takes a result, on the giver's thread. */
    interface Taker<T> {
        void take(T result) throws IOException;
    }

    private final ExecutorService threads;
    private final Queue<Future<T>> running = new ArrayDeque<>();
    private final int window;
    private final Taker<T> taker;

    /** @param window how many pieces are worked on or wait to be taken */
    Ordered(int window, Taker<T> taker) {
        this.window = window;
        this.taker = taker;
        this.threads = Executors.newFixedThreadPool(
                Math.min(window, Runtime.getRuntime().availableProcessors()), work -> {
                    Thread thread = new Thread(work, "export");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    void give(Callable<T> work) throws IOException {
        while (running.size() >= window) {
            takeOldest();
        }
        running.add(threads.submit(work));
    }

    /** Takes all that was given. */
    void drain() throws IOException {
        while (!running.isEmpty()) {
            takeOldest();
        }
    }

    private void takeOldest() throws IOException {
        try {
            taker.take(running.remove().get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
