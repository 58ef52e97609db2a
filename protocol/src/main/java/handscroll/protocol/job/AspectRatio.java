package handscroll.protocol.job;

import handscroll.protocol.canvas.Canvas;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shape of a canvas, width to height; makes the smallest canvas of that shape that holds a picture. */
record AspectRatio(int width, int height) {

    /** A centred picture is placed at multiples of this, so that a model's tokens begin where it does. */
    static final int STEP_PIXELS = 8;

    private static final int LARGEST = 10_000;
    private static final Pattern FORM = Pattern.compile("(\\d{1,5})\\s*[:/x]\\s*(\\d{1,5})");

    /** Reads {@code 21:9}. */
    static Optional<AspectRatio> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var ratio = new AspectRatio(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        boolean isPossible = ratio.width > 0 && ratio.height > 0 && ratio.width <= LARGEST && ratio.height <= LARGEST;
        return isPossible ? Optional.of(ratio) : Optional.empty();
    }

    /** The picture keeps its size; the canvas is as wide or as high as it. Empty when it would be too large. */
    Optional<Canvas> around(PictureSizes.Size picture) {
        long widthForHeight = Math.round((double) picture.height() * width / height);
        long heightForWidth = Math.round((double) picture.width() * height / width);
        long wide = Math.max(picture.width(), widthForHeight);
        long high = widthForHeight >= picture.width() ? picture.height() : heightForWidth;
        return Math.max(wide, high) <= JobSpecReader.MAX_SIDE_PIXELS
                ? Optional.of(new Canvas((int) wide, (int) high, 1))
                : Optional.empty();
    }

    /** Where a picture begins that lies in the middle of a canvas, to within half a step. */
    static int centred(int canvas, int picture) {
        return (canvas - picture) / 2 / STEP_PIXELS * STEP_PIXELS;
    }
}
