package handscroll.coordinator.plan;

import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Texts;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which text each patch of a job follows: that of the last region its centre lies in, that of its frame's scene, or
 * that of the canvas.
 *
 * @param said in the job
 * @param scenes the frame after the last one of each scene of its story, and the scene
 * @param all different texts, cut to what a model is told, which tasks name by their numbers
 */
record Telling(Texts said, NavigableMap<Integer, Texts.Scene> scenes, List<String> all) {

    /** Words of a text that a model is told; a longer one is cut after them. */
    static final int MOST_WORDS = 32;

    /** How far patches of a job with texts are drawn towards them, where it does not say. */
    static final double DEFAULT_GUIDANCE = 2;

    static Telling of(JobSpec spec) {
        Texts said = spec.texts();
        Set<String> all = new LinkedHashSet<>();
        said.text().map(Telling::cut).ifPresent(all::add);
        said.regions().forEach(region -> all.add(cut(region.text())));
        NavigableMap<Integer, Texts.Scene> scenes = new TreeMap<>();
        int end = 0;
        for (Texts.Scene scene : said.story()) {
            end += scene.frames();
            scenes.put(end, scene);
            all.add(cut(scene.text()));
        }
        return new Telling(said, scenes, List.copyOf(all));
    }

    /** The number of the text of what lies around a point of the canvas in a frame, or -1. */
    int at(double xPixels, double yPixels, int frame) {
        for (int i = said.regions().size() - 1; i >= 0; i--) {
            if (said.regions().get(i).holds(xPixels, yPixels)) {
                return number(said.regions().get(i).text());
            }
        }
        Map.Entry<Integer, Texts.Scene> scene = scenes.higherEntry(frame);
        if (scene != null) {
            return number(scene.getValue().text());
        }
        return said.text().map(this::number).orElse(-1);
    }

    private int number(String text) {
        return all.indexOf(cut(text));
    }

    /** Says of each text that is too long where it is cut. */
    static List<String> notes(JobSpec spec) {
        List<String> notes = new ArrayList<>();
        spec.texts().text().ifPresent(text -> note("text", text, notes));
        for (int i = 0; i < spec.texts().regions().size(); i++) {
            note("regions[" + i + "].text", spec.texts().regions().get(i).text(), notes);
        }
        for (int i = 0; i < spec.texts().story().size(); i++) {
            note("story[" + i + "].text", spec.texts().story().get(i).text(), notes);
        }
        return notes;
    }

    private static void note(String where, String text, List<String> notes) {
        String[] words = text.strip().split("\\s+");
        if (words.length > MOST_WORDS) {
            notes.add(where + " has " + words.length + " words and is cut after the " + MOST_WORDS + "nd, \""
                    + words[MOST_WORDS - 1] + "\"");
        }
    }

    private static String cut(String text) {
        String[] words = text.strip().split("\\s+");
        return String.join(" ", List.of(words).subList(0, Math.min(words.length, MOST_WORDS)));
    }
}
