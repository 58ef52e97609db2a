package handscroll.worker.djl;

/**
 * The random draws of a job, computed from where they are used: the same token gets the same noise on
 * every machine, in every order, after every crash.
 *
 * <p>A token is drawn as the code with the largest sum of log-probability and Gumbel noise, which has the
 * distribution of a draw by probability. The noise of (seed, stage, cell, token, code) is a hash of those
 * numbers made uniform; logarithms are {@link StrictMath}'s, equal on all platforms.
 */
public final class GumbelNoise {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private GumbelNoise() {}

    /**
     * Writes the noise of all tokens of one cell: {@code [tokens, codes]}, row-major, from {@code at} on.
     *
     * @param cellIndex number of the cell in its stage's grid
     */
    public static void fill(float[] noise, int at, long seed, int stage, long cellIndex, int tokens, int codes) {
        long cell = mix(mix(seed + GOLDEN) ^ mix((long) stage << 48 ^ cellIndex));
        for (int i = 0; i < tokens * codes; i++) {
            // 24 random bits in the middle of their interval: never 0, never 1.
            double uniform = ((mix(cell + GOLDEN * (i + 1)) >>> 40) + 0.5) * 0x1p-24;
            noise[at + i] = (float) -StrictMath.log(-StrictMath.log(uniform));
        }
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood), which passes the usual tests on a counter. */
    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
