package handscroll.coordinator.plan;

import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Texts;
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

    /** How far patches of a job with texts are drawn towards them, where it does not say. */
    static final double DEFAULT_GUIDANCE = 2;

    static Telling of(JobSpec spec) {
        Texts said = spec.texts();
        Set<String> all = new LinkedHashSet<>();
        said.text().map(Texts::cut).ifPresent(all::add);
        said.regions().forEach(region -> all.add(Texts.cut(region.text())));
        NavigableMap<Integer, Texts.Scene> scenes = new TreeMap<>();
        int end = 0;
        for (Texts.Scene scene : said.story()) {
            end += scene.frames();
            scenes.put(end, scene);
            all.add(Texts.cut(scene.text()));
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
        return all.indexOf(Texts.cut(text));
    }
}
