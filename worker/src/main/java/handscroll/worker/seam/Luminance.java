package handscroll.worker.seam;

/** How light a pixel is, in 1/256 grey levels. */
public final class Luminance {

    /** Stands where a picture has no pixel: its tile is missing. */
    public static final char MISSING = 0xFFFF;

    /** The luma of ITU-R BT.601; at most 65280. */
    public static char of(int rgb) {
        return of(rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF);
    }

    static char of(int red, int green, int blue) {
        return (char) (red * 77 + green * 150 + blue * 29);
    }

    private Luminance() {}
}
