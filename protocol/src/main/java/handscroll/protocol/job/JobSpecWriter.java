package handscroll.protocol.job;

import com.typesafe.config.ConfigUtil;
import java.util.stream.Collectors;

/** Writes a job spec as the text that the journal and the manifest keep; {@link JobSpecReader} gets the same spec back. */
public final class JobSpecWriter {

    public static String toHocon(JobSpec spec) {
        var text = new StringBuilder();
        line(text, "name", quoted(spec.name()));
        line(text, "task", spec.task().configName());
        line(
                text,
                "canvas",
                "{ width = " + spec.canvas().widthPixels() + ", height = "
                        + spec.canvas().heightPixels()
                        + (spec.canvas().frameCount() > 1
                                ? ", frames = " + spec.canvas().frameCount() + ", fps = "
                                        + spec.canvas().framesPerSecond()
                                : "")
                        + (spec.canvas().wraps() ? ", wrap = x" : "") + " }");
        line(text, "model", quoted(spec.model()));
        spec.input()
                .ifPresent(input -> line(
                        text,
                        "input",
                        "{ image = " + quoted(input.image()) + ", at = [" + input.xPixels() + ", " + input.yPixels()
                                + "] }"));
        line(text, "direction", quoted(spec.direction()));
        line(text, "seed", String.valueOf(spec.seed()));
        spec.sampling().temperature().ifPresent(value -> line(text, "sampling.temperature", value.toString()));
        spec.sampling().topK().ifPresent(value -> line(text, "sampling.top-k", value.toString()));
        spec.sampling().minP().ifPresent(value -> line(text, "sampling.min-p", value.toString()));
        spec.sampling().rounds().ifPresent(value -> line(text, "sampling.rounds", value.toString()));
        spec.sampling().lag().ifPresent(value -> line(text, "sampling.lag", value.toString()));
        spec.sampling().horizon().ifPresent(value -> line(text, "sampling.horizon", value.toString()));
        spec.sampling().guidance().ifPresent(value -> line(text, "sampling.guidance", value.toString()));
        spec.texts().text().ifPresent(words -> line(text, "text", quoted(words)));
        if (!spec.texts().regions().isEmpty()) {
            line(
                    text,
                    "regions",
                    spec.texts().regions().stream()
                            .map(JobSpecWriter::region)
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        if (!spec.texts().story().isEmpty()) {
            line(
                    text,
                    "story",
                    spec.texts().story().stream()
                            .map(scene -> "{ frames = " + scene.frames() + ", text = " + quoted(scene.text()) + " }")
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        line(text, "context", spec.context().configName());
        line(text, "priority", String.valueOf(spec.priority()));
        line(
                text,
                "output",
                "{ to = " + quoted(spec.output().directory()) + ", tiles = "
                        + spec.output().tiles().configName() + ", quality = "
                        + spec.output().quality()
                        + spec.output()
                                .container()
                                .map(container -> ", container = " + container.configName())
                                .orElse("")
                        + ", format = " + (spec.canvas().isVideo() ? "video" : "deep-zoom") + " }");
        return text.toString();
    }

    private static String region(Texts.Region region) {
        return "{ at = [" + region.xPixels() + ", " + region.yPixels() + "], size = [" + region.widthPixels() + ", "
                + region.heightPixels() + "], text = " + quoted(region.text()) + " }";
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append(" = ").append(value).append('\n');
    }

    private static String quoted(String text) {
        return ConfigUtil.quoteString(text);
    }

    private JobSpecWriter() {}
}
