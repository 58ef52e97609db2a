package handscroll.protocol.job;

import java.util.List;
import java.util.Optional;

/**
 * What a picture is to show.
 *
 * @param text of all of the canvas that is in no region
 * @param regions of which the later ones lie over the earlier ones
 */
public record Texts(Optional<String> text, List<Region> regions) {

    public static final Texts NONE = new Texts(Optional.empty(), List.of());

    public Texts {
        regions = List.copyOf(regions);
    }

    public boolean isEmpty() {
        return text.isEmpty() && regions.isEmpty();
    }

    /** A rectangle of the canvas, in pixels, with a text of its own. */
    public record Region(int xPixels, int yPixels, int widthPixels, int heightPixels, String text) {

        public boolean holds(double x, double y) {
            return x >= xPixels
                    && y >= yPixels
                    && x < (double) xPixels + widthPixels
                    && y < (double) yPixels + heightPixels;
        }
    }
}
