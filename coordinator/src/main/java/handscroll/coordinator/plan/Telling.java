package handscroll.coordinator.plan;

import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Texts;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which text each patch of a job follows: that of the last region its centre lies in, or that of the canvas.
 *
 * @param regions in the order of the job
 * @param words of the whole canvas; empty for none
 * @param all different texts, cut to what a model is told, which tasks name by their numbers
 */
record Telling(List<Texts.Region> regions, String words, List<String> all) {

    /** Words of a text that a model is told; a longer one is cut after them. */
    static final int MOST_WORDS = 32;

    /** How far patches of a job with texts are drawn towards them, where it does not say. */
    static final double DEFAULT_GUIDANCE = 2;

    static Telling of(JobSpec spec) {
        Set<String> all = new LinkedHashSet<>();
        spec.texts().text().map(Telling::cut).ifPresent(all::add);
        spec.texts().regions().forEach(region -> all.add(cut(region.text())));
        return new Telling(spec.texts().regions(), spec.texts().text().orElse(""), List.copyOf(all));
    }

    /** The number of the text of what lies around a point of the canvas, or -1. */
    int at(double xPixels, double yPixels) {
        for (int i = regions.size() - 1; i >= 0; i--) {
            if (regions.get(i).holds(xPixels, yPixels)) {
                return all.indexOf(cut(regions.get(i).text()));
            }
        }
        return words.isEmpty() ? -1 : all.indexOf(cut(words));
    }

    /** Says of each text that is too long where it is cut. */
    static List<String> notes(JobSpec spec) {
        List<String> notes = new ArrayList<>();
        spec.texts().text().ifPresent(text -> note("text", text, notes));
        for (int i = 0; i < spec.texts().regions().size(); i++) {
            note("regions[" + i + "].text", spec.texts().regions().get(i).text(), notes);
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
