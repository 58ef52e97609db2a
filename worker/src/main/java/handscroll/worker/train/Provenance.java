package handscroll.worker.train;

import com.typesafe.config.ConfigUtil;
import handscroll.protocol.model.ModelCard;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.TransformerShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Where a model's weights come from, as the last block of its model.conf. */
final class Provenance {

    private Provenance() {}

    static String text(TrainingPlan plan, Checkpoint checkpoint, List<LossCurve> curves) throws IOException {
        StringBuilder pictures = new StringBuilder();
        for (Path path : files(plan)) {
            pictures.append(String.format(
                    "    { file = \"%s\", sha256 = %s }\n", path.getFileName(), ModelCard.fileHash(path)));
        }
        String names = plan.source().heldOut().isEmpty()
                ? plan.source().pictures().stream()
                        .map(path -> String.valueOf(path.getFileName()))
                        .collect(Collectors.joining(" "))
                : "FOLDER";
        return String.format(
                Locale.ROOT,
                """
                provenance {
                  command = "handscroll train --name %s --from %s --%s %d --threads %d --seed %d%s"
                  pictures = [
                %s  ]
                %s%s  torch = "%s"
                  # Minutes each stage took on this machine, its steps, and [minute, loss] along the way.
                %s}
                """,
                plan.name(),
                names,
                plan.budget().clock() == TrainingPlan.Clock.WALL ? "minutes" : "cpu-minutes",
                plan.budget().time().toMinutes(),
                plan.budget().threads(),
                plan.seed(),
                kind(plan),
                pictures,
                heldOut(plan),
                shots(plan),
                LibTorch.version(),
                stages(plan, checkpoint, curves));
    }

    private static String stages(TrainingPlan plan, Checkpoint checkpoint, List<LossCurve> curves) {
        StringBuilder stages = new StringBuilder();
        for (LossCurve curve : curves) {
            stages.append(String.format(
                    Locale.ROOT,
                    "  %s { minutes = %.1f, steps = %.0f, loss = %s }\n",
                    curve.stage(),
                    checkpoint.number(curve.stage() + ".seconds", 0) / 60,
                    checkpoint.number(curve.stage() + ".steps", 0),
                    curve.asText()));
        }
        return plan.learnsDecoderOnly()
                ? stages.toString()
                : stages.append(String.format(
                                Locale.ROOT,
                                "  # Nats a token on variants of the pictures that were not learned from.\n  held-out = %.3f\n",
                                checkpoint.number("transformer.held-out", 0)))
                        .toString();
    }

    /** Those that were named, and the frames of a video that is a directory of them. */
    private static List<Path> files(TrainingPlan plan) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : plan.source().pictures()) {
            if (Files.isDirectory(path)) {
                files.addAll(Film.framesIn(path));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    /** What was said of a video's shots. */
    private static String shots(TrainingPlan plan) {
        if (plan.source().film().isEmpty() || !(plan.source().captions() instanceof Captions.Written table)) {
            return "";
        }
        return new TreeMap<>(table.byFile())
                .entrySet().stream()
                        .map(shot -> "    \"" + shot.getKey() + "\" = "
                                + shot.getValue().stream()
                                        .map(ConfigUtil::quoteString)
                                        .collect(Collectors.joining(", ", "[", "]")))
                        .collect(Collectors.joining("\n", "  captions {\n", "\n  }\n"));
    }

    private static String heldOut(TrainingPlan plan) {
        String names = plan.source().heldOut().stream()
                .map(path -> "\"" + path.getFileName() + "\"")
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : "  held-out-pictures = [" + names + "]\n";
    }

    /** The options that make another model than the usual one. */
    private static String kind(TrainingPlan plan) {
        TransformerShape shape = plan.transformer();
        StringBuilder options = new StringBuilder();
        if (plan.budget().lessons() > 1) {
            options.append(" --lessons ").append(plan.budget().lessons());
        }
        plan.source().film().ifPresent(cut -> options.append(" --task video ").append(cut));
        if (shape.width() == TransformerShape.SMALL.width()) {
            options.append(" --size small");
        }
        boolean isVideo = plan.source().film().isPresent();
        if (shape.width() == TransformerShape.MEDIUM.width() && !isVideo) {
            options.append(" --size medium");
        }
        if (shape.width() == TransformerShape.STANDARD.width() && isVideo) {
            options.append(" --size standard");
        }
        if (shape.extent() != (isVideo ? 1 : TransformerShape.LARGEST_EXTENT)) {
            options.append(" --extent ").append(shape.extent());
        }
        if (shape.isRecurrent()) {
            options.append(" --context ").append(shape.states().configName());
        }
        if (shape.placesOnMap()) {
            options.append(" --positions ").append(shape.context().positions().configName());
        }
        if (plan.budget().loss() == Loss.PATCH) {
            options.append(" --loss ").append(plan.budget().loss().configName());
        }
        if (shape.isParallel()) {
            options.append(" --decoding ").append(shape.decoding().configName());
        }
        if (!shape.knowsLayouts() && !isVideo) {
            options.append(" --no-layouts");
        }
        plan.base()
                .ifPresent(base -> options.append(base.withTransformer() ? " --start-from " : " --tokenizer-of ")
                        .append(base.name())
                        .append(
                                switch (base.learned()) {
                                    case ALL -> " --learn-tokenizer";
                                    case DECODER -> " --learn-decoder";
                                    case TRANSFORMER -> "";
                                }));
        if (plan.tokenizer().framesBefore() > 0) {
            options.append(" --frames-before ").append(plan.tokenizer().framesBefore());
        }
        if (plan.source().captions() instanceof Captions.FileNames) {
            options.append(" --captions names");
        } else if (plan.source().captions() instanceof Captions.Written) {
            options.append(" --captions captions.csv");
        }
        return options.toString();
    }
}
