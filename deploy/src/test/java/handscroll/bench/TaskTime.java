package handscroll.bench;

import handscroll.protocol.canvas.PatchId;

/**
 * How long a simulated worker takes for a patch: drawn evenly from a fifth of the mean to nine fifths, from the seed
 * and the place of the patch alone, so that the coordinator's side can add up what the worker's side will do.
 */
record TaskTime(double meanMillis, long seed) {

    static final double LEAST = 0.2;
    static final double MOST = 1.8;

    /** Done at once. */
    static final TaskTime NONE = new TaskTime(0, 0);

    long nanos(PatchId patch) {
        long hash = seed * 0x9E3779B97F4A7C15L + patch.column() * 0xBF58476D1CE4E5B9L + patch.row();
        hash = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ hash >>> 27) * 0x94D049BB133111EBL;
        hash ^= hash >>> 31;
        double drawn = (hash >>> 11) * 0x1p-53;
        return (long) (meanMillis * 1e6 * (LEAST + drawn * (MOST - LEAST)));
    }
}
