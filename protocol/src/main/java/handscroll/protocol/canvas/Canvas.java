package handscroll.protocol.canvas;

/**
 * The whole picture, or all frames of a video.
 *
 * @param frameCount 1 for a picture
 * @param wraps whether its right border goes on at its left, as in a view of 360 degrees
 * @param framesPerSecond how fast a video is shown; 0 for a picture
 */
public record Canvas(int widthPixels, int heightPixels, int frameCount, boolean wraps, int framesPerSecond) {

    /** How fast a video is shown whose job does not say. */
    public static final int USUAL_RATE = 8;

    public Canvas(int widthPixels, int heightPixels, int frameCount, boolean wraps) {
        this(widthPixels, heightPixels, frameCount, wraps, frameCount > 1 ? USUAL_RATE : 0);
    }

    public Canvas(int widthPixels, int heightPixels, int frameCount) {
        this(widthPixels, heightPixels, frameCount, false);
    }

    public Canvas {
        if (widthPixels < 1 || heightPixels < 1 || frameCount < 1) {
            throw new IllegalArgumentException("a canvas needs at least one pixel and one frame, not " + widthPixels
                    + " x " + heightPixels + " x " + frameCount);
        }
    }

    /** Whether it has more than one frame. */
    public boolean isVideo() {
        return frameCount > 1;
    }

    /** The grid whose square cells cover this canvas; cells at the right and lower border may stick out. */
    public Grid cutInto(int cellPixels) {
        return new Grid(ceilDiv(widthPixels, cellPixels), ceilDiv(heightPixels, cellPixels), frameCount, wraps);
    }

    private static int ceilDiv(int pixels, int cellPixels) {
        return (int) (((long) pixels + cellPixels - 1) / cellPixels);
    }
}
