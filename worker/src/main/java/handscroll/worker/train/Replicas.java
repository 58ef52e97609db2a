package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Threads that each compute the gradient of their own crops with the same weights.
 *
 * <p>Their results are added in the order of the replicas, so a training run depends on their number but
 * not on their speed.
 */
final class Replicas implements AutoCloseable {

    private final int count;
    private final ExecutorService threads;

    Replicas(int count) {
        this.count = count;
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "replica");
            thread.setDaemon(true);
            return thread;
        });
    }

    int count() {
        return count;
    }

    /** Runs the work for each replica and waits for all; the first failure is thrown. */
    <T> List<T> each(IntFunction<T> work) {
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int replica = i;
            running.add(threads.submit(() -> work.apply(replica)));
        }
        List<T> results = new ArrayList<>();
        try {
            for (Future<T> future : running) {
                results.add(future.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("training was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return results;
    }

    /** The sums over the replicas of each of the first {@code count} tensors they returned. */
    static NDList sum(List<NDList> results, int count) {
        NDList sums = new NDList();
        for (int i = 0; i < count; i++) {
            NDArray sum = results.get(0).get(i);
            for (NDList result : results.subList(1, results.size())) {
                sum = sum.add(result.get(i));
            }
            sums.add(sum);
        }
        return sums;
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
