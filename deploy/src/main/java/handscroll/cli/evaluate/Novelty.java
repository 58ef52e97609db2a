package handscroll.cli.evaluate;

import handscroll.protocol.task.PixelBlock;
import java.awt.Point;
import java.awt.Rectangle;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a picture copies its source: how far each of its blocks lies from the nearest one anywhere in the
 * source, in grey levels (root mean square over pixels averaged four by four). A copy lies at 0. How far the
 * source's own blocks lie from the nearest one elsewhere in it says what is near.
 *
 * @param median of the picture's blocks, with {@code nearest} the least of them
 * @param sourceMedian of the source's blocks, each against those that do not overlap it
 * @param nearShare of the picture's blocks that lie nearer than any of the source's own
 */
record Novelty(int blockCount, double median, double nearest, double sourceMedian, double nearShare) {

    private static final int STEP = 4;

    static Novelty of(PictureBlocks picture, List<Point> places, PictureBlocks source, List<Point> own, int side)
            throws IOException {
        Small small = Small.of(source);
        double[] distances = distances(picture, places, small, side, false);
        double[] amongItself = distances(source, own, small, side, true);
        double nearestOwn = amongItself[0];
        long near = Arrays.stream(distances)
                .filter(distance -> distance < nearestOwn)
                .count();
        return new Novelty(
                distances.length,
                distances[distances.length / 2],
                distances[0],
                amongItself[amongItself.length / 2],
                (double) near / distances.length);
    }

    /** Sorted. */
    private static double[] distances(PictureBlocks picture, List<Point> places, Small source, int side, boolean isOwn)
            throws IOException {
        double[] distances = new double[places.size()];
        for (int i = 0; i < distances.length; i++) {
            Point place = places.get(i);
            float[] block = averaged(picture.block(place.x, place.y, side));
            distances[i] = source.nearest(
                    block, side / STEP, isOwn ? new Rectangle(place.x, place.y, side, side) : new Rectangle());
        }
        Arrays.sort(distances);
        return distances;
    }

    /** Three numbers for each square of pixels, row by row. */
    private static float[] averaged(PixelBlock block) {
        int side = block.widthPixels() / STEP;
        float[] averaged = new float[3 * side * side];
        for (int y = 0; y < side * STEP; y++) {
            for (int x = 0; x < side * STEP; x++) {
                for (int c = 0; c < 3; c++) {
                    averaged[3 * (y / STEP * side + x / STEP) + c] +=
                            (block.rgb()[3 * (y * block.widthPixels() + x) + c] & 255) / (float) (STEP * STEP);
                }
            }
        }
        return averaged;
    }

    /** The source, averaged. */
    private record Small(int columns, int rows, float[] pixels) {

        static Small of(PictureBlocks source) throws IOException {
            int columns = source.widthPixels() / STEP;
            int rows = source.heightPixels() / STEP;
            float[] pixels = new float[3 * columns * rows];
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    System.arraycopy(
                            averaged(source.block(x * STEP, y * STEP, STEP)), 0, pixels, 3 * (y * columns + x), 3);
                }
            }
            return new Small(columns, rows, pixels);
        }

        double nearest(float[] block, int side, Rectangle apartFrom) {
            double least = Double.MAX_VALUE;
            for (int y = 0; y + side <= rows; y++) {
                for (int x = 0; x + side <= columns; x++) {
                    if (!apartFrom.intersects(x * STEP, y * STEP, side * STEP, side * STEP)) {
                        least = Math.min(least, distance(block, side, x, y, least));
                    }
                }
            }
            return Math.sqrt(least / block.length);
        }

        /** The sum of squares, or something above {@code enough} as soon as it gets there. */
        private double distance(float[] block, int side, int left, int top, double enough) {
            double sum = 0;
            for (int y = 0; y < side && sum < enough; y++) {
                int at = 3 * ((top + y) * columns + left);
                for (int k = 0; k < 3 * side; k++) {
                    float difference = pixels[at + k] - block[3 * y * side + k];
                    sum += difference * difference;
                }
            }
            return sum;
        }
    }
}
