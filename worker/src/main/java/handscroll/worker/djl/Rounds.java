package handscroll.worker.djl;

import java.util.ArrayList;
import java.util.List;

/**
 * How a patch is drawn in rounds: which of its places in which round, and at what temperature.
 *
 * <p>Places follow the Halton sequence (Besnier and others, "Halton Scheduler", arXiv 2503.17076): those of
 * one round lie far from each other, so that what each does not know of the others matters least. The order
 * is the same for every patch and needs no confidences, which would have to be equal to the last bit on all
 * machines. How many come in a round follows MaskGIT's cosine: few at first, when little is known.
 */
public final class Rounds {

    /** What MaskGIT and the paper take, 8 to 12. */
    public static final int DEFAULT = 10;

    private static final int SIDE = TransformerShape.PATCH_SIDE;
    private static final int TOKENS = TransformerShape.PATCH_TOKENS;
    /** Tokens of a late round complete what is there: they are drawn with less chance than the first ones. */
    private static final double LAST_TEMPERATURE_SHARE = 0.7;

    private static final long[] ORDER = halton();

    private Rounds() {}

    /** The places of a patch, row by row, in the order they are drawn in. */
    public static long[] order() {
        return ORDER.clone();
    }

    /** How many places are drawn in each round; rounds that would draw none are left out. */
    static long[] counts(int rounds) {
        List<Long> counts = new ArrayList<>();
        long done = 0;
        for (int round = 1; round <= rounds; round++) {
            double left = StrictMath.cos(StrictMath.PI / 2 * round / rounds);
            long then = round == rounds ? TOKENS : Math.round(TOKENS * (1 - left));
            // Each round draws something while there are enough rounds and places left.
            then = Math.max(then, Math.min(TOKENS, done + 1));
            if (then > done) {
                counts.add(then - done);
            }
            done = then;
        }
        return counts.stream().mapToLong(Long::longValue).toArray();
    }

    /** From the job's temperature in the first round evenly down to a share of it in the last. */
    static float[] temperatures(double temperature, int rounds) {
        float[] temperatures = new float[rounds];
        for (int round = 0; round < rounds; round++) {
            double progress = rounds == 1 ? 0 : (double) round / (rounds - 1);
            temperatures[round] = (float) (temperature * (1 - (1 - LAST_TEMPERATURE_SHARE) * progress));
        }
        return temperatures;
    }

    private static long[] halton() {
        boolean[] taken = new boolean[TOKENS];
        long[] order = new long[TOKENS];
        int count = 0;
        for (int i = 1; count < TOKENS; i++) {
            int place = (int) (inverse(i, 2) * SIDE) * SIDE + (int) (inverse(i, 3) * SIDE);
            if (!taken[place]) {
                taken[place] = true;
                order[count++] = place;
            }
        }
        return order;
    }

    /** The radical inverse: the digits of {@code i} mirrored at the point. */
    private static double inverse(int i, int base) {
        double result = 0;
        double share = 1.0 / base;
        for (int left = i; left > 0; left /= base) {
            result += left % base * share;
            share /= base;
        }
        return result;
    }
}
