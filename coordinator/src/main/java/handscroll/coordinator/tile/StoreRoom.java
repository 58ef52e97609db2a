package handscroll.coordinator.tile;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Lets only so many tiles of all connections together be stored at once; the others wait, blocking nobody. */
final class StoreRoom {

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int freeCount;

    StoreRoom(int size) {
        this.freeCount = size;
    }

    /** Starts the work when there is room, and keeps its room until the work is through. */
    <T> CompletionStage<T> enter(Supplier<CompletionStage<T>> work) {
        var result = new CompletableFuture<T>();
        Runnable start = () -> work.get().whenComplete((value, failure) -> {
            leave();
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
        synchronized (this) {
            if (freeCount == 0) {
                waiting.add(start);
                return result;
            }
            freeCount--;
        }
        start.run();
        return result;
    }

    private void leave() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                freeCount++;
            }
        }
        if (next != null) {
            next.run();
        }
    }
}
