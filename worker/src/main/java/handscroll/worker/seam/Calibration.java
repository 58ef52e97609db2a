package handscroll.worker.seam;

import handscroll.worker.seam.BorderScores.Comparison;

/**
 * Chooses the regulariser c of the Discontinuity Score for one picture, such that lines on which no
 * patches meet score 1 on average.
 *
 * <p>The paper adds "a small constant". A fixed one would make the score a measure of the subject:
 * without any seam and with c = 2, a painting in thick strokes scores 1.2 and a photo of sand 0.6,
 * because a ratio of noisy edges has a long tail and flat areas have no edges at all. So c is taken
 * from the picture itself, half a patch off the grid of patches, where the tokens and the blocks of
 * a JPEG lie as they do on the grid but no two patches meet. Then 1 means: the borders look like any
 * other line of this picture.
 *
 * <p>The mean of crossing / (inside + c) falls with c, so c is found by halving an interval; of all
 * the pairs, it takes only the sum of the crossing edges for each strength of the inside one.
 */
public final class Calibration implements Comparison {

    /** In grey levels; a picture so flat that no c would do is scored with the smallest. */
    static final double SMALLEST = 0.1;

    private static final double LARGEST = 255;
    private static final int BINS_PER_LEVEL = 16;
    private static final int HALVINGS = 40;

    private final double[] crossingSums = new double[255 * BINS_PER_LEVEL + 1];
    private long pairCount;

    /** Takes note of a pair; it counts nothing yet. */
    @Override
    public double of(double crossing, double inside) {
        int bin = (int) Math.min(crossingSums.length - 1, Math.round(inside * BINS_PER_LEVEL));
        crossingSums[bin] += crossing;
        pairCount++;
        return 0;
    }

    /** The c with which the pairs so far score 1 on average, as nearly as {@link #SMALLEST} allows. */
    public double regulariser() {
        double low = SMALLEST;
        double high = LARGEST;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (mean(middle) > 1) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private double mean(double regulariser) {
        double sum = 0;
        for (int bin = 0; bin < crossingSums.length; bin++) {
            sum += crossingSums[bin] / ((double) bin / BINS_PER_LEVEL + regulariser);
        }
        return pairCount == 0 ? 0 : sum / pairCount;
    }

    /** The comparison of the score. */
    public static Comparison with(double regulariser) {
        return (crossing, inside) -> crossing / (inside + regulariser);
    }
}
