package handscroll.worker.djl;

import ai.djl.ndarray.NDArray;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nearby context pool (NUWA-Infinity, PAPERS 1.4): states of rendered patches for those that will look
 * at them. Add, Select, Remove.
 *
 * <p>States follow from a patch's own tokens, so a patch that is not here costs time and never changes a
 * result: the pool keeps to its size by dropping what was not used for longest. It is shared by all slots
 * of a process and may be called by any thread. Native memory of dropped states is freed once the last slot
 * that selected them is done with them.
 */
final class NearbyContextPool implements AutoCloseable {

    /**
     * What is kept of one patch.
     *
     * @param near keys and values of its tokens for each layer [layers, 64, 2d]
     * @param far those of the means of 2 x 2 tokens [layers, 16, 2d]
     * @param bytes of native memory that both take
     */
    static final class States {
        private final short[] tokens;
        private final NDArray near;
        private final NDArray far;
        private final long bytes;
        private int readers;
        private boolean dropped;

        States(short[] tokens, NDArray near, NDArray far, long bytes) {
            this.tokens = tokens;
            this.near = near;
            this.far = far;
            this.bytes = bytes;
        }

        short[] tokens() {
            return tokens;
        }

        NDArray near() {
            return near;
        }

        NDArray far() {
            return far;
        }
    }

    private record Key(JobId job, PatchId patch) {}

    private final long capacityBytes;
    private final Map<Key, States> states = new LinkedHashMap<>(256, 0.75f, true); // least recently used first
    private long bytes;

    /** @param capacityBytes of native memory that states may take, apart from those in use */
    NearbyContextPool(long capacityBytes) {
        this.capacityBytes = capacityBytes;
    }

    /**
     * The states of a patch, if they are here and were made from these tokens. The caller must give them
     * back with {@link #giveBack}.
     */
    synchronized Optional<States> select(JobId job, PatchId patch, short[] tokens) {
        States found = states.get(new Key(job, patch));
        if (found == null || !Arrays.equals(found.tokens, tokens)) {
            return Optional.empty();
        }
        found.readers++;
        return Optional.of(found);
    }

    /** Takes over the states of a patch, selected for the caller once; their arrays must belong to no scope. */
    synchronized States add(JobId job, PatchId patch, States added) {
        States before = states.put(new Key(job, patch), added);
        if (before != null) {
            drop(before);
        }
        added.readers++;
        bytes += added.bytes;
        var oldest = states.values().iterator();
        while (bytes > capacityBytes && states.size() > 1) {
            States victim = oldest.next();
            oldest.remove();
            drop(victim);
        }
        return added;
    }

    /** Ends the use of selected states. */
    synchronized void giveBack(List<States> used) {
        for (States one : used) {
            one.readers--;
            closeIfUnused(one);
        }
    }

    /** Drops patches that nobody will read any more. */
    synchronized void remove(JobId job, List<PatchId> patches) {
        for (PatchId patch : patches) {
            States removed = states.remove(new Key(job, patch));
            if (removed != null) {
                drop(removed);
            }
        }
    }

    /** Native memory held, in bytes. */
    synchronized long bytes() {
        return bytes;
    }

    synchronized int patchCount() {
        return states.size();
    }

    private void drop(States one) {
        bytes -= one.bytes;
        one.dropped = true;
        closeIfUnused(one);
    }

    private static void closeIfUnused(States one) {
        if (one.dropped && one.readers == 0) {
            one.near.close();
            one.far.close();
        }
    }

    @Override
    public synchronized void close() {
        states.values().forEach(this::drop);
        states.clear();
    }
}
