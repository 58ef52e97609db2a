package handscroll.worker.seam;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores the borders between patches while the rows of a picture go by: the Discontinuity Score of
 * "Geometry Fidelity" (arXiv 2407.18207), taken here for each piece of border that two neighbouring
 * patches share.
 *
 * <p>A seam lies between the second and the third of four columns:
 *
 * <pre>
 *     patch | patch          a(i, y): strength of the edge at column i, by the Scharr kernel
 *      1  2 | 3  4
 *
 *     DS = 1 / 2L  sum over y of  |a(2,y)| / (|a(1,y)| + c)  +  |a(3,y)| / (|a(4,y)| + c)
 * </pre>
 *
 * The kernel is three pixels wide, so columns 2 and 3 look across the seam and 1 and 4 stay inside
 * their patch: where nothing is special about the border both see alike and the score is about 1; a
 * step adds to the numerators alone. Borders above each other are scored the same way, turned. How
 * the regulariser c is chosen is told in {@link Calibration}.
 *
 * <p>Six rows are kept and one sum for each piece; nothing else of the picture is.
 */
public final class BorderScores {

    /** What an edge across the seam counts, seen beside the one inside the patch; in grey levels a pixel. */
    @FunctionalInterface
    public interface Comparison {
        double of(double crossing, double inside);
    }

    /** Which way a border runs. */
    public enum Border {
        /** Between left and right neighbours. */
        VERTICAL,
        /** Between upper and lower neighbours. */
        HORIZONTAL
    }

    /** @param xPixels the upper left end of the piece, with {@code yPixels} */
    public record Piece(Border border, int xPixels, int yPixels, double score) {}

    /** The Scharr kernel's weights, and what makes a ramp of one grey level a pixel score 1. */
    private static final int SIDE = 3;

    private static final int MIDDLE = 10;
    private static final double UNIT = 256.0 * 2 * (SIDE + MIDDLE + SIDE);

    private static final int WINDOW = 6;

    /** As far as a border's score looks across it. */
    private static final int REACH = 3;

    private final int width;
    /** With the columns that a picture which wraps repeats at its right. */
    private final int rowWidth;

    private final int height;
    private final int patch;
    private final int offset;
    private final Comparison comparison;

    private final char[][] window = new char[WINDOW][];
    private final double[] verticalSums;
    private final int[] verticalRows;
    private final boolean[] verticalSpoilt;
    private final List<Piece> pieces = new ArrayList<>();
    private int missingCount;
    private int rowCount;

    /**
     * @param wraps whether the right border of the picture meets its left one; what is scored there counts as
     *     lying at 0
     * @param offset where the first border lies, in pixels from the left and from the top
     */
    public BorderScores(int width, int height, boolean wraps, int patch, int offset, Comparison comparison) {
        this.width = width;
        this.rowWidth = wraps ? width + REACH : width;
        this.height = height;
        this.patch = patch;
        this.offset = offset;
        this.comparison = comparison;
        int columns = (rowWidth - offset + patch - 1) / patch;
        this.verticalSums = new double[Math.max(0, columns)];
        this.verticalRows = new int[verticalSums.length];
        this.verticalSpoilt = new boolean[verticalSums.length];
        for (int i = 0; i < WINDOW; i++) {
            window[i] = new char[rowWidth];
        }
    }

    /** The next row from above. */
    public void accept(char[] luminance) {
        char[] oldest = window[0];
        System.arraycopy(window, 1, window, 0, WINDOW - 1);
        System.arraycopy(luminance, 0, oldest, 0, width);
        System.arraycopy(luminance, 0, oldest, width, rowWidth - width);
        window[WINDOW - 1] = oldest;
        int y = rowCount++;
        if (y > 0) {
            scoreVertical(y - 1, window[WINDOW - 3], window[WINDOW - 2], window[WINDOW - 1]);
        }
        if (isSeam(y - 2) && y - 2 >= 3) {
            scoreHorizontal(y - 2);
        }
        if (y == height - 1) {
            scoreVertical(y, window[WINDOW - 2], window[WINDOW - 1], window[WINDOW - 1]);
            closeVertical(y);
        }
    }

    /** Pieces that could not be scored because a tile beside them is missing. */
    public int missingCount() {
        return missingCount;
    }

    /** Every piece that could be scored; borders closer than three pixels to the picture's edge have no score. */
    public List<Piece> pieces() {
        return pieces;
    }

    private boolean isSeam(int position) {
        return position > 0 && (position - offset) % patch == 0 && position >= offset;
    }

    /** The kernel stays within its piece, so that a tile missing below spoils no piece above. */
    private void scoreVertical(int y, char[] rowAbove, char[] row, char[] rowBelow) {
        char[] above = y % patch == 0 ? row : rowAbove;
        char[] below = (y + 1) % patch == 0 ? row : rowBelow;
        for (int k = 0; k < verticalSums.length; k++) {
            int x = offset + k * patch;
            if (x < REACH || x + REACH > rowWidth) {
                continue;
            }
            if (isMissing(row, x - REACH, x + REACH)) {
                verticalSpoilt[k] = true;
            } else {
                verticalSums[k] += comparison.of(across(above, row, below, x - 1), across(above, row, below, x - 2))
                        + comparison.of(across(above, row, below, x), across(above, row, below, x + 1));
            }
            verticalRows[k]++;
        }
        if ((y + 1) % patch == 0) {
            closeVertical(y);
        }
    }

    /** The edge at column x: right minus left, a little smoothed downwards. */
    private double across(char[] above, char[] row, char[] below, int x) {
        int edge = SIDE * (above[x + 1] - above[x - 1])
                + MIDDLE * (row[x + 1] - row[x - 1])
                + SIDE * (below[x + 1] - below[x - 1]);
        return Math.abs(edge) / UNIT;
    }

    private void closeVertical(int lastY) {
        for (int k = 0; k < verticalSums.length; k++) {
            if (verticalRows[k] == 0) {
                continue;
            }
            if (verticalSpoilt[k]) {
                missingCount++;
            } else {
                pieces.add(new Piece(
                        Border.VERTICAL,
                        (offset + k * patch) % width,
                        lastY - verticalRows[k] + 1,
                        verticalSums[k] / (2.0 * verticalRows[k])));
            }
        }
        Arrays.fill(verticalSums, 0);
        Arrays.fill(verticalRows, 0);
        Arrays.fill(verticalSpoilt, false);
    }

    /** The border above row y; the window reaches from three rows above it to the third below. */
    private void scoreHorizontal(int y) {
        for (int from = 0; from < width; from += patch) {
            int to = Math.min(from + patch, width);
            if (anyMissing(from, to)) {
                missingCount++;
                continue;
            }
            double sum = 0;
            for (int x = from; x < to; x++) {
                int left = Math.max(from, x - 1);
                int right = Math.min(to - 1, x + 1);
                sum += comparison.of(down(2, left, x, right), down(1, left, x, right))
                        + comparison.of(down(3, left, x, right), down(4, left, x, right));
            }
            pieces.add(new Piece(Border.HORIZONTAL, from, y, sum / (2.0 * (to - from))));
        }
    }

    private boolean anyMissing(int from, int to) {
        for (char[] row : window) {
            if (isMissing(row, from, to)) {
                return true;
            }
        }
        return false;
    }

    /** The edge at a row of the window: below minus above, a little smoothed sideways. */
    private double down(int row, int left, int x, int right) {
        char[] above = window[row - 1];
        char[] below = window[row + 1];
        int edge = SIDE * (below[left] - above[left])
                + MIDDLE * (below[x] - above[x])
                + SIDE * (below[right] - above[right]);
        return Math.abs(edge) / UNIT;
    }

    private static boolean isMissing(char[] row, int from, int to) {
        for (int x = from; x < to; x++) {
            if (row[x] == Luminance.MISSING) {
                return true;
            }
        }
        return false;
    }
}
