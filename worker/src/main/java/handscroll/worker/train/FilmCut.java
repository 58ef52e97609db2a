package handscroll.worker.train;

/**
 * What of a video is learned.
 *
 * @param first frame, counted from 0, with {@code last}; a video that ends before it has fewer
 * @param every one frame of so many follows the other
 * @param heightPixels that frames are made small to
 */
public record FilmCut(int first, int last, int every, int heightPixels) {

    /** The tokenizer learns from crops this high. */
    public static final int SMALLEST_HEIGHT_PIXELS = Crops.CROP_PIXELS;

    @Override
    public String toString() {
        return "--frames " + first + "-" + last + " --every " + every + " --height " + heightPixels;
    }
}
