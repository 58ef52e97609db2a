package handscroll.protocol.canvas;

/** The whole picture, or all frames of a video: {@code frameCount} is 1 for a picture. */
public record Canvas(int widthPixels, int heightPixels, int frameCount) {

    public Canvas {
        if (widthPixels < 1 || heightPixels < 1 || frameCount < 1) {
            throw new IllegalArgumentException("a canvas needs at least one pixel and one frame, not " + widthPixels
                    + " x " + heightPixels + " x " + frameCount);
        }
    }

    /** The grid whose square cells cover this canvas; cells at the right and lower border may stick out. */
    public Grid cutInto(int cellPixels) {
        return new Grid(ceilDiv(widthPixels, cellPixels), ceilDiv(heightPixels, cellPixels), frameCount);
    }

    private static int ceilDiv(int pixels, int cellPixels) {
        return (int) (((long) pixels + cellPixels - 1) / cellPixels);
    }
}
