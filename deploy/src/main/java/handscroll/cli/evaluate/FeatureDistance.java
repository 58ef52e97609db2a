package handscroll.cli.evaluate;

import java.util.Random;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.RealMatrix;

/**
 * How far two sets of blocks lie apart in the space of a network's features.
 *
 * @param fid the Fréchet distance of two normal distributions. With fewer blocks than features it is far too
 *     large, for both sets alike: compare it with that of a control of as many blocks, never with a published one
 * @param kid the squared maximum mean discrepancy with the kernel (x·y / d + 1)³, times 1,000. It has no such
 *     bias and may be below zero
 * @param kidError its standard deviation over random halves
 */
record FeatureDistance(double fid, double kid, double kidError) {

    private static final int HALVES = 20;
    private static final double PER_MILLE = 1000;

    /** @param seed of the halves */
    static FeatureDistance between(float[][] some, float[][] others, long seed) {
        double[][] within = kernels(some, some);
        double[][] among = kernels(others, others);
        double[][] across = kernels(some, others);
        Random random = new Random(seed);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < HALVES; i++) {
            double half = discrepancy(within, among, across, half(some.length, random), half(others.length, random));
            sum += half;
            squares += half * half;
        }
        double variance = Math.max(0, squares / HALVES - sum / HALVES * sum / HALVES);
        // A half has half the blocks: the whole varies about 1 / sqrt(2) as much.
        return new FeatureDistance(
                frechet(some, others),
                PER_MILLE * discrepancy(within, among, across, all(some.length), all(others.length)),
                PER_MILLE * Math.sqrt(variance / 2));
    }

    private static int[] all(int count) {
        int[] all = new int[count];
        for (int i = 0; i < count; i++) {
            all[i] = i;
        }
        return all;
    }

    private static int[] half(int count, Random random) {
        int[] all = all(count);
        for (int i = 0; i < count / 2; i++) {
            int other = i + random.nextInt(count - i);
            int kept = all[i];
            all[i] = all[other];
            all[other] = kept;
        }
        return java.util.Arrays.copyOf(all, count / 2);
    }

    private static double[][] kernels(float[][] some, float[][] others) {
        double[][] kernels = new double[some.length][others.length];
        for (int i = 0; i < some.length; i++) {
            for (int j = 0; j < others.length; j++) {
                double product = 0;
                for (int k = 0; k < some[i].length; k++) {
                    product += (double) some[i][k] * others[j][k];
                }
                kernels[i][j] = Math.pow(product / some[i].length + 1, 3);
            }
        }
        return kernels;
    }

    private static double discrepancy(
            double[][] within, double[][] among, double[][] across, int[] some, int[] others) {
        double crossing = 0;
        for (int i : some) {
            for (int j : others) {
                crossing += across[i][j];
            }
        }
        return pairs(within, some) + pairs(among, others) - 2 * crossing / ((double) some.length * others.length);
    }

    private static double pairs(double[][] kernels, int[] chosen) {
        double sum = 0;
        for (int i : chosen) {
            for (int j : chosen) {
                sum += i == j ? 0 : kernels[i][j];
            }
        }
        return sum / ((double) chosen.length * (chosen.length - 1));
    }

    /**
     * |m1 - m2|² + tr S1 + tr S2 - 2 tr (S1 S2)^½. With the centred sets A and B as columns, S1 = A Aᵀ and
     * S2 = B Bᵀ, the last trace is the sum of the singular values of AᵀB: a matrix as large as the number of
     * blocks instead of that of features.
     */
    private static double frechet(float[][] some, float[][] others) {
        double[] meanOfSome = mean(some);
        double[] meanOfOthers = mean(others);
        double distance = 0;
        for (int k = 0; k < meanOfSome.length; k++) {
            double difference = meanOfSome[k] - meanOfOthers[k];
            distance += difference * difference;
        }
        RealMatrix a = centred(some, meanOfSome);
        RealMatrix b = centred(others, meanOfOthers);
        RealMatrix product = a.multiplyTransposed(b);
        double roots = 0;
        for (double squared : new EigenDecompositionSymmetric(product.multiplyTransposed(product)).getEigenvalues()) {
            roots += Math.sqrt(Math.max(0, squared));
        }
        return distance + square(a) + square(b) - 2 * roots;
    }

    private static double square(RealMatrix matrix) {
        double norm = matrix.getFrobeniusNorm();
        return norm * norm;
    }

    private static double[] mean(float[][] set) {
        double[] mean = new double[set[0].length];
        for (float[] features : set) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += features[k] / (double) set.length;
            }
        }
        return mean;
    }

    private static RealMatrix centred(float[][] set, double[] mean) {
        double[][] centred = new double[set.length][mean.length];
        double scale = Math.sqrt(set.length - 1.0);
        for (int i = 0; i < set.length; i++) {
            for (int k = 0; k < mean.length; k++) {
                centred[i][k] = (set[i][k] - mean[k]) / scale;
            }
        }
        return new Array2DRowRealMatrix(centred, false);
    }
}
