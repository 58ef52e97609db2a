package handscroll.coordinator.plan;

import handscroll.protocol.task.PixelBlock;

/** The pixels of an input picture, wherever they are kept. */
public interface Picture {

    int widthPixels();

    int heightPixels();

    /** Red, green and blue in the lower 24 bits, as {@code BufferedImage.getRGB} has them; the rest means nothing. */
    int rgb(int x, int y);

    default PictureSize size() {
        return new PictureSize(widthPixels(), heightPixels());
    }

    /**
     * The window of {@code side} pixels whose upper left is at (x, y); what lies outside the picture
     * repeats its border.
     */
    default PixelBlock window(int x, int y, int side) {
        return window(x, y, side, side);
    }

    default PixelBlock window(int x, int y, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int row = 0; row < height; row++) {
            int pictureY = clamp(y + row, heightPixels());
            for (int column = 0; column < width; column++) {
                int pixel = rgb(clamp(x + column, widthPixels()), pictureY);
                int at = 3 * (row * width + column);
                rgb[at] = (byte) (pixel >> 16);
                rgb[at + 1] = (byte) (pixel >> 8);
                rgb[at + 2] = (byte) pixel;
            }
        }
        return new PixelBlock(width, height, rgb);
    }

    private static int clamp(int position, int count) {
        return Math.max(0, Math.min(position, count - 1));
    }

    /** A picture that is held as one block. */
    static Picture of(PixelBlock block) {
        return new Picture() {
            @Override
            public int widthPixels() {
                return block.widthPixels();
            }

            @Override
            public int heightPixels() {
                return block.heightPixels();
            }

            @Override
            public int rgb(int x, int y) {
                int at = 3 * (y * block.widthPixels() + x);
                byte[] rgb = block.rgb();
                return (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff;
            }
        };
    }
}
