package handscroll.worker.train;

import handscroll.protocol.model.ModelCard;
import handscroll.worker.djl.LibTorch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where a model's weights come from, as the last block of its model.conf. */
final class Provenance {

    private Provenance() {}

    static String text(TrainingPlan plan, Checkpoint checkpoint, List<LossCurve> curves) throws IOException {
        StringBuilder pictures = new StringBuilder();
        for (Path path : plan.pictures()) {
            pictures.append(String.format(
                    "    { file = \"%s\", sha256 = %s }\n", path.getFileName(), ModelCard.fileHash(path)));
        }
        String names = plan.pictures().stream()
                .map(path -> String.valueOf(path.getFileName()))
                .collect(Collectors.joining(" "));
        return String.format(
                Locale.ROOT,
                """
                provenance {
                  command = "handscroll train --name %s --from %s --minutes %d --threads %d --seed %d"
                  pictures = [
                %s  ]
                  torch = "%s"
                  # Minutes each stage took on this machine, its steps, and [minute, loss] along the way.
                  tokenizer { minutes = %.1f, steps = %.0f, loss = %s }
                  sharpening { minutes = %.1f, steps = %.0f, loss = %s }
                  transformer { minutes = %.1f, steps = %.0f, loss = %s }
                }
                """,
                plan.name(),
                names,
                plan.time().toMinutes(),
                plan.threads(),
                plan.seed(),
                pictures,
                LibTorch.version(),
                checkpoint.number("tokenizer.seconds", 0) / 60,
                checkpoint.number("tokenizer.steps", 0),
                curves.get(0).asText(),
                checkpoint.number("sharpening.seconds", 0) / 60,
                checkpoint.number("sharpening.steps", 0),
                curves.get(1).asText(),
                checkpoint.number("transformer.seconds", 0) / 60,
                checkpoint.number("transformer.steps", 0),
                curves.get(2).asText());
    }
}
