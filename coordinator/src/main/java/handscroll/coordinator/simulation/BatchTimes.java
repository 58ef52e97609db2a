package handscroll.coordinator.simulation;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long a slot samples batches of different sizes. Each step of a batch reads the whole model once, so
 * a patch in a batch takes less than a patch alone. Between the sizes that are known, a batch's time grows
 * evenly; in batches larger than the largest a patch takes as long as in that one.
 */
public final class BatchTimes {

    private final TreeMap<Integer, Long> batchNanos = new TreeMap<>();

    private BatchTimes(Map<Integer, Duration> perPatch) {
        if (!perPatch.containsKey(1)) {
            throw new IllegalArgumentException("what a patch takes alone must be known");
        }
        perPatch.forEach((size, time) -> {
            if (size < 1 || time.isNegative()) {
                throw new IllegalArgumentException("no batch of " + size + " takes " + time + " a patch");
            }
            batchNanos.put(size, Math.multiplyExact(time.toNanos(), size));
        });
    }

    /** @param perPatch time of one patch, by the size of its batch; size 1 must be among them */
    public static BatchTimes ofPatches(SortedMap<Integer, Duration> perPatch) {
        return new BatchTimes(perPatch);
    }

    /** For work that batches make no faster. */
    public static BatchTimes even(Duration perPatch) {
        return new BatchTimes(Map.of(1, perPatch));
    }

    /** Of patches that are each computed twice in one batch, with their text and without, to be guided by the difference. */
    public BatchTimes guided() {
        TreeMap<Integer, Duration> perPatch = new TreeMap<>();
        batchNanos.keySet().forEach(size -> perPatch.put(size, Duration.ofNanos(nanos(2 * size) / size)));
        return ofPatches(perPatch);
    }

    /** The whole batch. */
    public Duration ofBatch(int size) {
        return Duration.ofNanos(nanos(size));
    }

    /** One patch of a batch. */
    public Duration ofPatch(int size) {
        return Duration.ofNanos(nanos(size) / size);
    }

    long nanos(int size) {
        Map.Entry<Integer, Long> below = batchNanos.floorEntry(size);
        Map.Entry<Integer, Long> above = batchNanos.ceilingEntry(size);
        if (above == null) {
            return below.getValue() / below.getKey() * size;
        }
        if (above.getKey().equals(below.getKey())) {
            return below.getValue();
        }
        double way = (double) (size - below.getKey()) / (above.getKey() - below.getKey());
        return Math.round(below.getValue() + way * (above.getValue() - below.getValue()));
    }

    /** What the quickest of all batches takes: no patch is there sooner. */
    long leastNanos(int largestBatch) {
        long least = Long.MAX_VALUE;
        for (int size = 1; size <= largestBatch; size++) {
            least = Math.min(least, nanos(size));
        }
        return least;
    }

    /** What a patch takes in the batch that suits it best. */
    double leastNanosPerPatch(int largestBatch) {
        double least = Double.MAX_VALUE;
        for (int size = 1; size <= largestBatch; size++) {
            least = Math.min(least, (double) nanos(size) / size);
        }
        return least;
    }
}
