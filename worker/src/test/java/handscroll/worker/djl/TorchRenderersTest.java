package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.RenderSettings;
import handscroll.worker.render.TaskRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchRenderersTest {

    @TempDir
    private Path directory;

    @Test
    void refusesWeightsThatWereDamagedAfterTheWorkerStarted() throws IOException {
        ModelCard card = TinyModel.write(directory.resolve("tiny"), 5);
        refusedAfter(
                card,
                () -> {
                    Path weights = directory.resolve("tiny/transformer.safetensors");
                    byte[] bytes = Files.readAllBytes(weights);
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(weights, bytes);
                },
                "transformer.safetensors",
                "start the worker again");
    }

    @Test
    void refusesAModelThatWasReplacedAfterTheWorkerStarted() throws IOException {
        ModelCard card = TinyModel.write(directory.resolve("tiny"), 5);
        refusedAfter(card, () -> TinyModel.write(directory.resolve("tiny"), 6), card.hash(), "start the worker again");
    }

    private interface Change {
        void happens() throws IOException;
    }

    private static void refusedAfter(ModelCard card, Change change, String... words) throws IOException {
        try (TorchRenderers renderers = new TorchRenderers(List.of(card), Device.cpu(), 1 << 20);
                TaskRenderer slot = renderers.open(0)) {
            change.happens();
            assertThatThrownBy(() -> slot.render(settings(card), List.of()))
                    .isInstanceOf(TaskRenderer.RenderFailure.class)
                    .satisfies(failure -> assertThat(failure.getMessage()).contains(words));
        }
    }

    private static RenderSettings settings(ModelCard card) {
        return new RenderSettings(
                new JobId("sky"),
                card.name(),
                card.hash(),
                7,
                new RenderSettings.Sampling(1, 32, 0, 0, 0, 1),
                4,
                4,
                4,
                8,
                JobSpec.TileEncoding.PNG,
                90,
                List.of());
    }
}
