package handscroll.protocol.job;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what a job is to show. */
final class TextsReader {

    /** Far more than a model is told of. */
    static final int MAX_TEXT_CHARACTERS = 1000;

    static final int MAX_REGIONS = 64;

    static final int MAX_SCENES = 1000;

    private static final Set<String> REGION_KEYS = new LinkedHashSet<>(List.of("at", "size", "text"));
    private static final Set<String> SCENE_KEYS = new LinkedHashSet<>(List.of("frames", "text"));

    static Texts read(SpecFields fields, Optional<RenderingTask> task) {
        boolean hasTexts = fields.has("text") || fields.has("regions") || fields.has("story");
        if (task.equals(Optional.of(RenderingTask.TEXT_TO_IMAGE)) && !hasTexts) {
            fields.refuse("text", "is missing", "say what the picture shows: text = \"snow under a blue sky\"");
        }
        if (task.equals(Optional.of(RenderingTask.TEXT_TO_VIDEO)) && !hasTexts) {
            fields.refuse(
                    "story",
                    "is missing",
                    "say what happens: story = [{ frames = 24, text = \"a stream\" }], or a text");
        }
        if (task.equals(Optional.of(RenderingTask.UNCONDITIONAL)) && hasTexts) {
            fields.refuse(
                    fields.has("text") ? "text" : fields.has("regions") ? "regions" : "story",
                    "an unconditional picture follows no text",
                    "drop it, or say task = text-to-image");
        }
        return new Texts(words(fields), regions(fields), story(fields));
    }

    private static List<Texts.Region> regions(SpecFields fields) {
        List<SpecFields> groups = fields.groups("regions", REGION_KEYS, MAX_REGIONS);
        List<Texts.Region> regions = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            SpecFields group = groups.get(i);
            group.demand("at", "say where its upper left lies: at = [x, y]");
            group.demand("size", "say how large it is: size = [width, height]");
            group.demand("text", "say what it shows");
            Optional<long[]> at = group.pair("at", -JobSpecReader.MAX_SIDE_PIXELS, JobSpecReader.MAX_SIDE_PIXELS);
            Optional<long[]> size = group.pair("size", 1, JobSpecReader.MAX_SIDE_PIXELS);
            Optional<String> words = words(group);
            fields.takeProblems("regions[" + i + "]", group);
            if (at.isPresent() && size.isPresent() && words.isPresent()) {
                regions.add(new Texts.Region(
                        (int) at.get()[0], (int) at.get()[1], (int) size.get()[0], (int) size.get()[1], words.get()));
            }
        }
        return regions;
    }

    private static List<Texts.Scene> story(SpecFields fields) {
        List<SpecFields> groups = fields.groups("story", SCENE_KEYS, MAX_SCENES);
        List<Texts.Scene> story = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            SpecFields group = groups.get(i);
            group.demand("frames", "say for how many frames it holds");
            group.demand("text", "say what happens");
            Optional<Long> frames = group.whole("frames", 1, JobSpecReader.MAX_FRAMES);
            Optional<String> words = words(group);
            fields.takeProblems("story[" + i + "]", group);
            if (frames.isPresent() && words.isPresent()) {
                story.add(new Texts.Scene(Math.toIntExact(frames.get()), words.get()));
            }
        }
        return story;
    }

    /** How long a story is. */
    static Optional<Long> frames(Texts texts) {
        return texts.story().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        texts.story().stream().mapToLong(Texts.Scene::frames).sum());
    }

    static void checkStory(SpecFields fields, Texts texts, long frames) {
        frames(texts)
                .filter(told -> told != frames)
                .ifPresent(told -> fields.refuse(
                        "story",
                        "holds for " + told + " frames, and the video has " + frames,
                        "drop canvas.frames, or make both the same"));
    }

    private static Optional<String> words(SpecFields fields) {
        Optional<String> text = fields.text("text").map(String::strip);
        if (text.isPresent() && text.get().length() > MAX_TEXT_CHARACTERS) {
            fields.refuse(
                    "text",
                    "has " + text.get().length() + " characters",
                    "say it in " + MAX_TEXT_CHARACTERS + " at most; a model is told some thirty words");
            return Optional.empty();
        }
        return text;
    }

    private TextsReader() {}
}
