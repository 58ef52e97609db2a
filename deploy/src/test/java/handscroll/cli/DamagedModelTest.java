package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.model.ModelCard;
import handscroll.worker.djl.TinyModel;
import handscroll.worker.djl.TorchRenderers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One bit of a model's weights is another one: everything would be rendered, and wrongly. */
class DamagedModelTest {

    @TempDir
    private Path directory;

    private Path weights = Path.of("");
    private Path site = Path.of("");
    private Path job = Path.of("");

    @BeforeEach
    void writeAModel() throws IOException {
        Path model = directory.resolve("models/tiny");
        TinyModel.write(model, 5);
        weights = model.resolve("transformer.safetensors");
        site = Files.writeString(
                directory.resolve("site.conf"), "handscroll.cli.models = [\"" + directory.resolve("models") + "\"]\n");
        job = Files.writeString(
                directory.resolve("sky.conf"),
                "task = unconditional, model = tiny, canvas { width = 192, height = 128 }, direction = omega");
    }

    @Test
    void isRefusedWithTheFileBothHashesAndWhatToDo() throws IOException {
        String trained = ModelCard.fileHash(weights);
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length / 2] ^= 1;
        Files.write(weights, bytes);

        Run run = Run.of(
                LocalFarm.opener(TorchRenderers::from),
                "render",
                job.toString(),
                "--out",
                directory.resolve("picture").toString(),
                "--port",
                "0",
                "--config",
                site.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err())
                .contains(weights.getFileName().toString(), trained, ModelCard.fileHash(weights))
                .contains("copy the model directory again");
        assertThat(directory.resolve("picture/manifest.json")).doesNotExist();
    }
}
