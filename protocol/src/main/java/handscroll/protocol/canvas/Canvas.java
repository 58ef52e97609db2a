package handscroll.protocol.canvas;

/**
 * The whole picture, or all frames of a video.
 *
 * @param frameCount 1 for a picture
 * @param wraps whether its right border goes on at its left, as in a view of 360 degrees
 */
public record Canvas(int widthPixels, int heightPixels, int frameCount, boolean wraps) {

    public Canvas(int widthPixels, int heightPixels, int frameCount) {
        this(widthPixels, heightPixels, frameCount, false);
    }

    public Canvas {
        if (widthPixels < 1 || heightPixels < 1 || frameCount < 1) {
            throw new IllegalArgumentException("a canvas needs at least one pixel and one frame, not " + widthPixels
                    + " x " + heightPixels + " x " + frameCount);
        }
    }

    /** The grid whose square cells cover this canvas; cells at the right and lower border may stick out. */
    public Grid cutInto(int cellPixels) {
        return new Grid(ceilDiv(widthPixels, cellPixels), ceilDiv(heightPixels, cellPixels), frameCount, wraps);
    }

    private static int ceilDiv(int pixels, int cellPixels) {
        return (int) (((long) pixels + cellPixels - 1) / cellPixels);
    }
}
