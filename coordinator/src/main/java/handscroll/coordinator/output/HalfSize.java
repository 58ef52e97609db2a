package handscroll.coordinator.output;

import handscroll.protocol.task.PixelBlock;

/**
 * How a tile becomes a quarter of its parent: pixels averaged two by two, rounded to the nearest; an
 * odd last row or column is averaged with itself.
 */
final class HalfSize {

    private static final int CHANNELS = 3;

    static PixelBlock of(PixelBlock tile) {
        int width = (tile.widthPixels() + 1) / 2;
        int height = (tile.heightPixels() + 1) / 2;
        byte[] half = new byte[CHANNELS * width * height];
        for (int y = 0; y < height; y++) {
            int upper = 2 * y;
            int lower = Math.min(upper + 1, tile.heightPixels() - 1);
            for (int x = 0; x < width; x++) {
                int left = 2 * x;
                int right = Math.min(left + 1, tile.widthPixels() - 1);
                for (int channel = 0; channel < CHANNELS; channel++) {
                    int sum = at(tile, left, upper, channel)
                            + at(tile, right, upper, channel)
                            + at(tile, left, lower, channel)
                            + at(tile, right, lower, channel);
                    half[CHANNELS * (y * width + x) + channel] = (byte) ((sum + 2) / 4);
                }
            }
        }
        return new PixelBlock(width, height, half);
    }

    /** Copies {@code part} into {@code whole}, an array of pixels {@code wholeWidth} wide, at (x, y). */
    static void place(PixelBlock part, byte[] whole, int wholeWidth, int x, int y) {
        int rowBytes = CHANNELS * part.widthPixels();
        for (int row = 0; row < part.heightPixels(); row++) {
            System.arraycopy(part.rgb(), row * rowBytes, whole, CHANNELS * ((y + row) * wholeWidth + x), rowBytes);
        }
    }

    private static int at(PixelBlock block, int x, int y, int channel) {
        return Byte.toUnsignedInt(block.rgb()[CHANNELS * (y * block.widthPixels() + x) + channel]);
    }

    private HalfSize() {}
}
