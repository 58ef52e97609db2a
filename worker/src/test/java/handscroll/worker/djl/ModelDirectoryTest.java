package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDirectoryTest {

    @TempDir
    private Path directory;

    @Test
    void comesBackAsItWasButForTheRoundingToHalves() throws IOException {
        ModelDirectory written = TinyModel.of(1);
        ModelDirectory read = ModelDirectory.load(TinyModel.write(directory, 1));
        assertThat(read.tokenizer()).isEqualTo(written.tokenizer());
        assertThat(read.transformer()).isEqualTo(written.transformer());
        assertThat(read.transformerWeights()).hasSameSizeAs(written.transformerWeights());
        for (int i = 0; i < written.transformerWeights().length; i++) {
            float before = written.transformerWeights()[i];
            assertThat(Math.abs(read.transformerWeights()[i] - before))
                    .isLessThanOrEqualTo(Math.abs(before) / 1000 + 1e-6f);
        }
    }

    @Test
    void isTheSameForTheSameSeed(@TempDir Path second) throws IOException {
        TinyModel.write(directory, 1);
        TinyModel.write(second, 1);
        for (String file : new String[] {"model.conf", "tokenizer.safetensors", "transformer.safetensors"}) {
            assertThat(second.resolve(file)).hasSameBinaryContentAs(directory.resolve(file));
        }
    }

    @Test
    void saysWhatAPlanMustKnow() throws IOException {
        ModelCard card = TinyModel.write(directory, 1);
        assertThat(card.patchPixels()).isEqualTo(64);
        assertThat(card.tokenPixels()).isEqualTo(8);
        assertThat(card.tokenizer().decodeMarginTokens()).isEqualTo(6);
        assertThat(card.tokenizer().encodeMarginPixels()).isEqualTo(48);
        assertThat(card.context().columns()).isEqualTo(2);
        assertThat(card.learned().horizon()).isEqualTo(0.6);
    }

    @Test
    void refusesWeightsThatAreNotWhatWasTrained() throws IOException {
        TinyModel.write(directory, 1);
        Path weights = directory.resolve("transformer.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1]++;
        Files.write(weights, bytes);
        assertThatThrownBy(() -> ModelCard.read(directory))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("transformer.safetensors");
    }

    @Test
    void refusesWeightsOfAnotherShape() throws IOException {
        ModelCard card = TinyModel.write(directory, 1);
        Path conf = directory.resolve("model.conf");
        Files.writeString(conf, Files.readString(conf).replace("width = 32", "width = 64"));
        assertThatThrownBy(() -> ModelDirectory.load(card))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("position has the shape [64, 32], model.conf asks for [64, 64]");
    }
}
