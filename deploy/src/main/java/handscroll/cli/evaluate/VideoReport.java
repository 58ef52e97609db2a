package handscroll.cli.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.video.VideoFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How much a video flickers, beside a clip of the same scene, whether its patches can be told from its whole, and how
 * far its content lies from the clip's.
 *
 * @param distance empty without a clip, without a network, or with too few frames
 */
public record VideoReport(Measured video, Optional<Measured> clip, Optional<ClipDistance> distance) {

    /** Of the halves of windows that the error of KID comes from. */
    private static final long SEED = 0;

    /**
     * What was measured of one video.
     *
     * @param mean grey levels of 255 a pixel that change from frame to frame and that no motion explains
     * @param p99 what one block of a hundred exceeds
     * @param borders where patches meet; empty for frames of a single patch
     * @param between half a patch beside, where none do
     */
    public record Measured(
            String name,
            int frames,
            double mean,
            double p99,
            Optional<FrameBorders.Scores> borders,
            Optional<FrameBorders.Scores> between) {}

    /**
     * Which frames of a file are looked at.
     *
     * @param every one frame of so many
     */
    public record Clip(Path file, int first, int last, int every) {}

    /**
     * Reads both videos once.
     *
     * @param clip to compare with, made as high as the video
     * @param network that says what is in a frame
     */
    public static VideoReport of(Path video, Optional<Clip> clip, Optional<BlockFeatures> network) {
        VideoFile file = open(video);
        int height = file.heightPixels();
        int patch = Evaluation.patchPixels(video.toAbsolutePath().resolveSibling(""));
        Optional<ClipDistance.Frames> seen =
                network.filter(any -> clip.isPresent()).map(ClipDistance.Frames::new);
        Optional<ClipDistance.Frames> others = seen.flatMap(any -> network).map(ClipDistance.Frames::new);
        return new VideoReport(
                measure(file, new Clip(video, 0, Integer.MAX_VALUE - 1, 1), height, patch, seen),
                clip.map(other -> measure(open(other.file()), other, height, patch, others)),
                seen.flatMap(frames -> ClipDistance.between(frames, others.orElseThrow(), SEED)));
    }

    private static VideoFile open(Path path) {
        List<Problem> problems = new ArrayList<>();
        return VideoFile.open(path, problems)
                .orElseThrow(() -> new Refusal("There is nothing to look at:", List.copyOf(problems)));
    }

    private static Measured measure(
            VideoFile file, Clip clip, int height, int patch, Optional<ClipDistance.Frames> seen) {
        int width = file.widthAt(height);
        var flicker = new Flicker(width, height);
        var borders = new FrameBorders(width, height, patch);
        int[] counts = new int[2]; // frames read, frames looked at
        try {
            file.forEachFrame(clip.first(), clip.last(), width, height, frame -> {
                if (counts[0]++ % clip.every() == 0) {
                    flicker.add(frame);
                    borders.add(frame);
                    seen.ifPresent(frames -> frames.add(frame));
                    counts[1]++;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Measured(
                file.path().toString(), counts[1], flicker.mean(), flicker.p99(), borders.borders(), borders.between());
    }

    public String table() {
        StringBuilder table =
                new StringBuilder("flicker: grey levels of 255 that change and that no motion explains\n");
        table.append(String.format(Locale.ROOT, "  %8s %8s %8s%n", "mean", "p99", "frames"));
        line(table, video);
        clip.ifPresent(other -> {
            line(table, other);
            table.append(String.format(
                    Locale.ROOT,
                    "  %8.2f %8.2f           times the clip's%n",
                    video.mean() / other.mean(),
                    video.p99() / other.p99()));
        });
        table.append(String.format(
                Locale.ROOT,
                "%nDiscontinuity Score of borders, each averaged over the frames (1: no seam)%n  %8s %8s  at x,y%n",
                "mean",
                "worst"));
        borders(table, video.borders(), "between patches");
        borders(table, video.between(), "half a patch beside");
        clip.ifPresent(other -> borders(table, other.borders(), "the clip, cut at the same places"));
        distance.ifPresent(found -> {
            table.append(String.format(
                    Locale.ROOT,
                    "%ncontent and motion of %d windows of frames against the clip's, over nsfw-inception (no published FVD)%n",
                    found.windows()));
            table.append(String.format(Locale.ROOT, "  %8s %8s%n", "Frechet", "1000 KID"));
            line(table, found.video(), "this video");
            line(table, found.clipItself(), "the clip against itself, every second window");
            line(table, found.clipShuffled(), "the clip with its frames in any order");
        });
        return table.toString().stripTrailing();
    }

    private static void line(StringBuilder table, FeatureDistance one, String what) {
        table.append(
                String.format(Locale.ROOT, "  %8.2f %8.2f ± %.2f  %s%n", one.fid(), one.kid(), one.kidError(), what));
    }

    private static void borders(StringBuilder table, Optional<FrameBorders.Scores> scores, String what) {
        scores.ifPresent(found -> table.append(String.format(
                Locale.ROOT,
                "  %8.3f %8.3f  %-8s %s%n",
                found.mean(),
                found.worst().score(),
                found.worst().xPixels() + "," + found.worst().yPixels(),
                what)));
    }

    private static void line(StringBuilder table, Measured one) {
        table.append(
                String.format(Locale.ROOT, "  %8.3f %8.3f %8d  %s%n", one.mean(), one.p99(), one.frames(), one.name()));
    }

    public String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        video.borders().ifPresent(found -> json.set("discontinuity", node(found)));
        video.between().ifPresent(found -> json.set("between", node(found)));
        json.set("flicker", node(video));
        clip.ifPresent(other -> {
            other.borders().ifPresent(found -> json.set("clipDiscontinuity", node(found)));
            json.set("clip", node(other));
            json.put("times", video.mean() / other.mean());
        });
        distance.ifPresent(found -> {
            ObjectNode node = json.putObject("distance").put("windows", found.windows());
            node.set("video", node(found.video()));
            node.set("clipItself", node(found.clipItself()));
            node.set("clipShuffled", node(found.clipShuffled()));
        });
        return json.toPrettyString();
    }

    private static ObjectNode node(FrameBorders.Scores one) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("mean", one.mean());
        return node.put("worst", one.worst().score())
                .put("xPixels", one.worst().xPixels())
                .put("yPixels", one.worst().yPixels())
                .put("border", one.worst().border().name().toLowerCase(Locale.ROOT));
    }

    private static ObjectNode node(FeatureDistance one) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("frechet", one.fid())
                .put("kid", one.kid())
                .put("kidError", one.kidError());
    }

    private static ObjectNode node(Measured one) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("file", one.name())
                .put("frames", one.frames())
                .put("mean", one.mean())
                .put("p99", one.p99());
    }
}
