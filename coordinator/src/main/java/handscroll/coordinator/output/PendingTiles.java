package handscroll.coordinator.output;

import akka.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

/**
 * What an output has its disk do: tiles on their way, so many at most and each once however often it comes, and the work that follows from
 * them. Knows when nothing runs any longer. Safe for many threads; never blocks its callers.
 *
 * @param <T> what tells tiles apart
 */
final class PendingTiles<T> {

    /** Writes, and waits for the disk. */
    interface DiskWork {
        void run() throws IOException;
    }

    private final Path directory;
    private final int atMost;
    private final Executor executor;
    private final Predicate<T> isDurable;
    private final DiskWork letGo;
    private final Map<T, CompletableFuture<Done>> storing = new HashMap<>();
    private final CompletableFuture<Done> idle = new CompletableFuture<>();
    private int running;
    private boolean closed;

    /**
     * @param isDurable whether a tile need not come again; asked before a tile is taken, true before its work ends
     * @param letGo done once, when it is closed and nothing runs
     */
    PendingTiles(Path directory, int atMost, Executor executor, Predicate<T> isDurable, DiskWork letGo) {
        this.directory = directory;
        this.atMost = atMost;
        this.executor = executor;
        this.isDurable = isDurable;
        this.letGo = letGo;
    }

    /** Completes when the work is done; at once when the tile is durable already, with the first when it is on its way. */
    CompletionStage<Done> store(T tile, String name, DiskWork work) {
        CompletableFuture<Done> stored = new CompletableFuture<>();
        synchronized (this) {
            CompletableFuture<Done> same = storing.get(tile);
            if (same != null) {
                return same;
            }
            if (isDurable.test(tile)) {
                return CompletableFuture.completedFuture(Done.getInstance());
            }
            if (closed || storing.size() >= atMost) {
                return CompletableFuture.failedFuture(new RejectedExecutionException(
                        closed
                                ? "the output is closed"
                                : storing.size() + " tiles wait for the disk already; feed it more slowly, or raise"
                                        + " handscroll.coordinator.output.max-pending-tiles"));
            }
            storing.put(tile, stored);
        }
        run(name, work, stored);
        return stored;
    }

    /** Work that no bound holds back, because it follows from a tile; also after {@link #close}. */
    void run(String what, DiskWork work, CompletableFuture<Done> result) {
        synchronized (this) {
            running++;
        }
        try {
            executor.execute(() -> {
                try {
                    work.run();
                    forget(result);
                    result.complete(Done.getInstance());
                } catch (IOException | RuntimeException e) {
                    fail(what, e, result);
                }
                ended();
            });
        } catch (RejectedExecutionException e) {
            fail(what, e, result);
            ended();
        }
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Takes no more tiles; completes when no thread works any longer. */
    synchronized CompletionStage<Done> close() {
        closed = true;
        completeIfIdle();
        return idle;
    }

    /** An I/O failure told with what helps: the directory and the room that is left in it. */
    static IOException failure(Path directory, String what, Exception cause) {
        String room;
        try {
            room = Files.getFileStore(directory).getUsableSpace() + " bytes are free there";
        } catch (IOException e) {
            room = "its free space cannot be told";
        }
        return new IOException(
                what + " cannot be stored in " + directory + ": " + cause.getMessage() + "; " + room, cause);
    }

    private void fail(String what, Exception cause, CompletableFuture<Done> result) {
        forget(result);
        result.completeExceptionally(failure(directory, what, cause));
    }

    /** Before its result is told: who hears of a failure may offer the tile again at once. */
    private synchronized void forget(CompletableFuture<Done> result) {
        storing.values().remove(result);
    }

    /** After its result is told: what follows from it counts as running by then. */
    private synchronized void ended() {
        running--;
        completeIfIdle();
    }

    private void completeIfIdle() {
        if (!closed || running > 0 || idle.isDone()) {
            return;
        }
        try {
            letGo.run();
            idle.complete(Done.getInstance());
        } catch (IOException e) {
            idle.completeExceptionally(e);
        }
    }
}
