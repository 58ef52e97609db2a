package handscroll.protocol.job;

import java.util.List;
import java.util.Optional;

/**
 * What a picture or a video is to show.
 *
 * @param text of all that is in no region and no scene
 * @param regions of which the later ones lie over the earlier ones, and all of them over the story
 * @param story of a video, scene after scene from its first frame to its last; may be empty
 */
public record Texts(Optional<String> text, List<Region> regions, List<Scene> story) {

    public static final Texts NONE = new Texts(Optional.empty(), List.of(), List.of());

    public Texts {
        regions = List.copyOf(regions);
        story = List.copyOf(story);
    }

    public boolean isEmpty() {
        return text.isEmpty() && regions.isEmpty() && story.isEmpty();
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

    /** A sentence, and for how many frames it holds. */
    public record Scene(int frames, String text) {}
}
