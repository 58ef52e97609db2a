package handscroll.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import handscroll.worker.djl.LibTorch;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LessonTest {

    private static final int CODES = 512;
    private static final int EAST = 4; // place of the right neighbour among the eight
    private static final int NORTH = 1;

    @Test
    void showsNoTokenThatIsNotDrawnYet() {
        try (NDManager manager = LibTorch.newManager(Device.cpu())) {
            for (int seed = 0; seed < 20; seed++) {
                NDArray[] tensors = lesson(seed).tensors(manager);
                long[] neighbours = tensors[2].toLongArray(); // [P, 64, 8]
                for (int token = 0; token < neighbours.length / 8; token++) {
                    int column = token % 8;
                    int row = token % 64 / 8;
                    if (column < 7) {
                        assertThat(neighbours[token * 8 + EAST])
                                .as("seed %d", seed)
                                .isEqualTo(CODES);
                    }
                    if (row > 0) {
                        assertThat(neighbours[token * 8 + NORTH])
                                .as("seed %d", seed)
                                .isLessThan(CODES);
                    }
                }
            }
        }
    }

    @Test
    void fillsASlotForEachPatchThatMayBeSeen() {
        try (NDManager manager = LibTorch.newManager(Device.cpu())) {
            for (int seed = 0; seed < 20; seed++) {
                NDArray[] tensors = lesson(seed).tensors(manager);
                long patches = tensors[0].getShape().get(0);
                for (int distance = 0; distance < 2; distance++) {
                    long[] indices = tensors[4 + 3 * distance].toLongArray();
                    float[] bias = tensors[6 + 3 * distance].toFloatArray();
                    assertThat(indices).hasSameSizeAs(bias);
                    for (int i = 0; i < bias.length; i++) {
                        assertThat(indices[i]).as("seed %d", seed).isBetween(0L, patches - 1);
                        if (bias[i] == 0) {
                            assertThat(indices[i]).isNotEqualTo(i / (bias.length / patches));
                        }
                    }
                }
            }
        }
    }

    private static Lesson lesson(int seed) {
        Random random = new Random(seed);
        short[] tokens = new short[70 * 60];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (short) random.nextInt(CODES);
        }
        return new Lesson(new TokenGrid(70, 60, tokens, 0, 1 / 60.0), CODES, random);
    }
}
