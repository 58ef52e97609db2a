package handscroll.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Frames of a video, from the first to the last of them, counted from 0. */
record FrameSpan(int first, int last) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})-(\\d{1,6})");

    /** Reads {@code 30-284}. */
    static Optional<FrameSpan> parse(String text) {
        Matcher range = TEXT.matcher(text);
        return range.matches()
                ? Optional.of(new FrameSpan(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2))))
                : Optional.empty();
    }
}
