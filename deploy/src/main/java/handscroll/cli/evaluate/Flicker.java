package handscroll.cli.evaluate;

import handscroll.protocol.task.PixelBlock;
import java.util.Arrays;

/**
 * How much of a video changes from frame to frame that no motion explains. Each block of 16 x 16 pixels of a frame is
 * laid over the place of the frame before, at most 8 pixels away, that it is most like; what differs there flickers.
 * Sharp films flicker more than blurred ones by this measure, so it is to be compared with a clip of the same scene.
 */
final class Flicker {

    private static final int BLOCK_PIXELS = 16;
    private static final int REACH_PIXELS = 8;

    private final int width;
    private final int height;
    private int[] before = new int[0];
    private double[] blocks = new double[64];
    private int blockCount;

    Flicker(int widthPixels, int heightPixels) {
        this.width = widthPixels;
        this.height = heightPixels;
    }

    /** Adds the next frame. */
    void add(PixelBlock frame) {
        int[] now = luminance(frame);
        if (before.length > 0) {
            for (int y = 0; y + BLOCK_PIXELS <= height; y += BLOCK_PIXELS) {
                for (int x = 0; x + BLOCK_PIXELS <= width; x += BLOCK_PIXELS) {
                    keep(unexplained(now, x, y));
                }
            }
        }
        before = now;
    }

    private void keep(double difference) {
        if (blockCount == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * blockCount);
        }
        blocks[blockCount++] = difference;
    }

    /** What is left of a block's difference, in grey levels of 255 a pixel. */
    private double unexplained(int[] now, int x, int y) {
        int least = difference(now, x, y, 0, 0, Integer.MAX_VALUE);
        for (int dy = -REACH_PIXELS; dy <= REACH_PIXELS; dy++) {
            for (int dx = -REACH_PIXELS; dx <= REACH_PIXELS; dx++) {
                boolean inside =
                        x + dx >= 0 && y + dy >= 0 && x + dx + BLOCK_PIXELS <= width && y + dy + BLOCK_PIXELS <= height;
                if (inside) {
                    least = Math.min(least, difference(now, x, y, dx, dy, least));
                }
            }
        }
        return (double) least / (BLOCK_PIXELS * BLOCK_PIXELS);
    }

    /** The sum of absolute differences, given up where it comes to so much. */
    private int difference(int[] now, int x, int y, int dx, int dy, int enough) {
        int sum = 0;
        for (int r = 0; r < BLOCK_PIXELS && sum < enough; r++) {
            int at = (y + r) * width + x;
            int there = at + dy * width + dx;
            for (int c = 0; c < BLOCK_PIXELS; c++) {
                sum += Math.abs(now[at + c] - before[there + c]);
            }
        }
        return sum;
    }

    private static int[] luminance(PixelBlock frame) {
        byte[] rgb = frame.rgb();
        int[] grey = new int[rgb.length / 3];
        for (int i = 0; i < grey.length; i++) {
            int red = rgb[3 * i] & 0xff;
            int green = rgb[3 * i + 1] & 0xff;
            int blue = rgb[3 * i + 2] & 0xff;
            grey[i] = (299 * red + 587 * green + 114 * blue + 500) / 1000;
        }
        return grey;
    }

    /** Over all blocks of all frames but the first, in grey levels of 255; not a number for a single frame. */
    double mean() {
        return Arrays.stream(blocks, 0, blockCount).average().orElse(Double.NaN);
    }

    /** What one block of a hundred exceeds. */
    double p99() {
        return quantile(0.99);
    }

    double quantile(double share) {
        double[] sorted = Arrays.copyOf(blocks, blockCount);
        Arrays.sort(sorted);
        return blockCount == 0 ? Double.NaN : sorted[(int) (share * (blockCount - 1))];
    }
}
