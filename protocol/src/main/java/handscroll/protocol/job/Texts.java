package handscroll.protocol.job;

import java.util.ArrayList;
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

    /** Words of a text that a model is told; a longer one is cut after them. */
    public static final int MOST_WORDS = 32;

    public static final Texts NONE = new Texts(Optional.empty(), List.of(), List.of());

    public Texts {
        regions = List.copyOf(regions);
        story = List.copyOf(story);
    }

    /** What a model is told of a text: its first words. */
    public static String cut(String text) {
        String[] words = words(text);
        return String.join(" ", List.of(words).subList(0, Math.min(words.length, MOST_WORDS)));
    }

    /** Says of each text that is too long where it is cut. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        text.ifPresent(words -> note("text", words, notes));
        for (int i = 0; i < regions.size(); i++) {
            note("regions[" + i + "].text", regions.get(i).text(), notes);
        }
        for (int i = 0; i < story.size(); i++) {
            note("story[" + i + "].text", story.get(i).text(), notes);
        }
        return notes;
    }

    private static void note(String where, String text, List<String> notes) {
        String[] words = words(text);
        if (words.length > MOST_WORDS) {
            notes.add(where + " has " + words.length + " words and is cut after the " + MOST_WORDS + "nd, \""
                    + words[MOST_WORDS - 1] + "\"");
        }
    }

    private static String[] words(String text) {
        return text.strip().split("\\s+");
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
