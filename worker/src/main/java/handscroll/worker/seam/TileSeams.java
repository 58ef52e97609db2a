package handscroll.worker.seam;

import handscroll.protocol.task.PixelBlock;
import handscroll.worker.seam.BorderScores.Border;
import handscroll.worker.seam.BorderScores.Piece;

/**
 * Scores the borders between the patches of one tile, while its pixels are at hand: for each patch the mean over those of
 * its borders that lie within the tile. Those between two tiles belong to two workers.
 *
 * <p>The regulariser is taken from the tile itself, so 1 means: like any other line of this tile. {@code evaluate} takes it
 * from the whole picture, and its scores therefore are a little different ones.
 */
public final class TileSeams {

    /** Powers of two in so many steps; a score of 1 lies in the middle. */
    private static final int STEPS = 32;

    private static final int ONE = 128;

    /**
     * A byte for each patch of the tile, row by row: 128 + 32 log2(score), 0 where nothing could be scored. Empty for a tile
     * of one patch.
     */
    public static byte[] of(PixelBlock tile, int patchPixels) {
        int columns = count(tile.widthPixels(), patchPixels);
        int rows = count(tile.heightPixels(), patchPixels);
        if (columns * rows < 2) {
            return new byte[0];
        }
        char[][] luminance = luminance(tile);
        var calibration = new Calibration();
        scores(luminance, patchPixels, patchPixels / 2, calibration);
        BorderScores borders = scores(luminance, patchPixels, 0, Calibration.with(calibration.regulariser()));
        double[] sums = new double[columns * rows];
        int[] counts = new int[sums.length];
        for (Piece piece : borders.pieces()) {
            int after = piece.yPixels() / patchPixels * columns + piece.xPixels() / patchPixels;
            int before = after - (piece.border() == Border.VERTICAL ? 1 : columns);
            sums[before] += piece.score();
            sums[after] += piece.score();
            counts[before]++;
            counts[after]++;
        }
        byte[] codes = new byte[sums.length];
        for (int patch = 0; patch < codes.length; patch++) {
            codes[patch] = counts[patch] == 0 ? 0 : code(sums[patch] / counts[patch]);
        }
        return codes;
    }

    static byte code(double score) {
        double code = ONE + STEPS * Math.log(score) / Math.log(2);
        return (byte) Math.max(1, Math.min(255, Math.round(code)));
    }

    static double score(byte code) {
        return Math.pow(2, ((code & 0xFF) - ONE) / (double) STEPS);
    }

    private static BorderScores scores(
            char[][] luminance, int patchPixels, int offset, BorderScores.Comparison comparison) {
        var scores = new BorderScores(luminance[0].length, luminance.length, false, patchPixels, offset, comparison);
        for (char[] row : luminance) {
            scores.accept(row);
        }
        return scores;
    }

    private static char[][] luminance(PixelBlock tile) {
        char[][] rows = new char[tile.heightPixels()][tile.widthPixels()];
        byte[] rgb = tile.rgb();
        int at = 0;
        for (char[] row : rows) {
            for (int x = 0; x < row.length; x++, at += 3) {
                row[x] = Luminance.of(rgb[at] & 0xFF, rgb[at + 1] & 0xFF, rgb[at + 2] & 0xFF);
            }
        }
        return rows;
    }

    private static int count(int pixels, int patchPixels) {
        return (pixels + patchPixels - 1) / patchPixels;
    }

    private TileSeams() {}
}
