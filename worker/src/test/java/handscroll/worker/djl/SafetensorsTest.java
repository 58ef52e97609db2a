package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.worker.djl.Safetensors.Precision;
import handscroll.worker.djl.Safetensors.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {

    private static final float[] VALUES = {1, -2.5f, 0, 3e-5f, 65504, 0.1f};

    @TempDir
    private Path directory;

    @Test
    void floatsComeBackAsTheyWere() throws IOException {
        Safetensors content = write(Precision.F32);
        assertThat(content.tensors().get("a").values()).isEqualTo(VALUES);
        assertThat(content.tensors().get("a").shape()).containsExactly(2, 3);
        assertThat(content.metadata()).containsEntry("steps", "7");
    }

    @Test
    void halvesComeBackRoundedToElevenBits() throws IOException {
        float[] read = write(Precision.F16).tensors().get("a").values();
        for (int i = 0; i < VALUES.length; i++) {
            assertThat(Math.abs(read[i] - VALUES[i]))
                    .isLessThanOrEqualTo(Math.max(Math.abs(VALUES[i]) / 2048, 0x1p-25f));
        }
    }

    @Test
    void everyHalfSurvivesTheWayThroughFloat() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = Safetensors.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(Safetensors.toHalf(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void headerIsTheOneOfTheFormat() throws IOException {
        write(Precision.F16);
        byte[] file = Files.readAllBytes(directory.resolve("x"));
        int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertThat(new String(file, 8, length, StandardCharsets.UTF_8))
                .contains("\"a\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,12]}");
    }

    @Test
    void refusesAFileThatIsCutShort() throws IOException {
        write(Precision.F32);
        Path file = directory.resolve("x");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) - 1));
        assertThatThrownBy(() -> Safetensors.read(file)).hasMessageContaining("a is cut short");
    }

    @Test
    void refusesWhatIsNoSafetensorsFile() throws IOException {
        Path file = Files.writeString(directory.resolve("x"), "something else entirely");
        assertThatThrownBy(() -> Safetensors.read(file)).hasMessageContaining("is no safetensors file");
    }

    private Safetensors write(Precision precision) throws IOException {
        Path file = directory.resolve("x");
        new Safetensors(Map.of("a", new Tensor(List.of(2, 3), VALUES)), Map.of("steps", "7")).write(file, precision);
        return Safetensors.read(file);
    }
}
