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
                    long[] indices = tensors[5 + 3 * distance].toLongArray();
                    float[] bias = tensors[7 + 3 * distance].toFloatArray();
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

    @Test
    void showsEachPatchTheLayoutBeneathIt() {
        // The picture's tokens name the token of the layout that they lie over.
        int columns = 68;
        int rows = 60;
        short[] tokens = new short[columns * rows];
        short[] layout = new short[columns / 4 * rows / 4];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (short) (i / columns / 4 * (columns / 4) + i % columns / 4);
        }
        for (int i = 0; i < layout.length; i++) {
            layout[i] = (short) i;
        }
        TokenGrid grid = new TokenGrid(columns, rows, tokens, 0, 1.0 / rows)
                .over(new TokenGrid(columns / 4, rows / 4, layout, 0, 4.0 / rows));
        int wrong = 0;
        int seen = 0;
        try (NDManager manager = LibTorch.newManager(Device.cpu())) {
            for (int seed = 0; seed < 20; seed++) {
                NDArray[] tensors = new Lesson(grid, CODES, new Random(seed)).tensors(manager);
                long[] targets = tensors[1].toLongArray(); // [P, 64]
                long[] windows = tensors[4].toLongArray(); // [P, 16]
                for (int patch = 0; patch < targets.length / 64; patch++) {
                    for (int m = 0; m < 64; m++) {
                        int beneath = (m / 8 / 4 + 1) * 4 + m % 8 / 4 + 1;
                        wrong += windows[patch * 16 + beneath] == targets[patch * 64 + m] ? 0 : 1;
                        seen++;
                    }
                }
            }
        }
        assertThat((double) wrong / seen).isBetween(0.04, 0.12); // those that were made wrong on purpose
    }

    @Test
    void showsNoLayoutWhereThereIsNone() {
        try (NDManager manager = LibTorch.newManager(Device.cpu())) {
            assertThat(lesson(1).tensors(manager)[4].toLongArray()).containsOnly(CODES);
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
