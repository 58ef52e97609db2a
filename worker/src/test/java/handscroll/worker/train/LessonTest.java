package handscroll.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.RelativePositions;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.TransformerNetwork;
import handscroll.worker.djl.TransformerShape;
import handscroll.worker.train.Lesson.Disturbance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LessonTest {

    private static final TransformerShape SHAPE = TransformerShape.STANDARD;
    private static final int CODES = SHAPE.codes();
    private static final int EAST = 4; // place of the right neighbour among the eight
    private static final int WEST = 3;
    private static final int NORTH = 1;
    private static final int OWN = 11;
    private static final int LEVELS = 12;

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
                NDArray[] tensors = new Lesson(grid, SHAPE, Disturbance.TO_LEARN, new Random(seed)).tensors(manager);
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

    @Test
    void asksInRoundsForWhatIsNotKnownAndShowsTheRest() {
        TransformerShape parallel = SHAPE.as(2, ContextStates.ENCODED, Decoding.PARALLEL, true);
        try (NDManager manager = LibTorch.newManager(Device.cpu())) {
            int asked = 0;
            int all = 0;
            for (int seed = 0; seed < 20; seed++) {
                NDArray[] tensors = lesson(seed, parallel, Disturbance.NONE).tensors(manager);
                long[] inputs = tensors[0].toLongArray();
                long[] targets = tensors[1].toLongArray();
                long[] neighbours = tensors[2].toLongArray();
                long[] own = tensors[OWN].toLongArray();
                for (int i = 0; i < targets.length; i++) {
                    boolean isAsked = targets[i] >= 0;
                    assertThat(own[i]).isEqualTo(isAsked ? CODES : inputs[i]);
                    if (i % 8 < 7) { // what its right neighbour is asked for, a token must not see
                        assertThat(neighbours[i * 8 + EAST]).isEqualTo(targets[i + 1] >= 0 ? CODES : inputs[i + 1]);
                    }
                    asked += isAsked ? 1 : 0;
                    all++;
                }
            }
            assertThat((double) asked / all).isBetween(0.45, 0.56);
        }
    }

    @Test
    void listsThePatchesOfARecurrentModelLevelByLevel() {
        TransformerShape recurrent = SHAPE.as(2, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE, false);
        try (NDManager manager = LibTorch.newManager(Device.cpu())) {
            for (int seed = 0; seed < 20; seed++) {
                NDArray[] tensors =
                        lesson(seed, recurrent, Disturbance.TO_LEARN).tensors(manager);
                long[] levels = tensors[LEVELS].toLongArray();
                int patches = (int) tensors[0].getShape().get(0);
                assertThat(LongStream.of(levels).sum()).isEqualTo(patches);
                for (int distance = 0; distance < 2; distance++) {
                    long[] numbers = tensors[5 + 3 * distance].toLongArray();
                    float[] bias = tensors[7 + 3 * distance].toFloatArray();
                    int slots = numbers.length / patches;
                    int patch = 0;
                    for (long size : levels) {
                        int firstOfLevel = patch;
                        for (int end = patch + (int) size; patch < end; patch++) {
                            for (int slot = patch * slots; slot < (patch + 1) * slots; slot++) {
                                if (bias[slot] == 0) { // number 0 is nobody
                                    assertThat(numbers[slot]).isBetween(1L, (long) firstOfLevel);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void showsNothingBeyondTheExtent() {
        try (NDManager manager = LibTorch.newManager(Device.cpu())) {
            TransformerShape blind = SHAPE.as(0, ContextStates.ENCODED, Decoding.AUTOREGRESSIVE, false);
            NDArray[] tensors = lesson(3, blind, Disturbance.NONE).tensors(manager);
            assertThat(tensors[5].getShape().get(1)).isZero();
            assertThat(tensors[8].getShape().get(1)).isZero();
            long[] neighbours = tensors[2].toLongArray();
            for (int token = 0; token < neighbours.length / 8; token += 8) {
                assertThat(neighbours[token * 8 + WEST]).isEqualTo(CODES); // at the left edge of its patch
            }
        }
    }

    @Test
    void patchesOneByOneWeighAsMuchAsTheirLesson() {
        TransformerShape keys = new TransformerShape(CODES, 32, 2, 2, 1, false);
        for (TransformerShape shape : List.of(
                keys,
                keys.withPositions(RelativePositions.MAP),
                keys.as(1, ContextStates.ENCODED, Decoding.PARALLEL, false))) {
            Lesson lesson = lesson(4, shape, Disturbance.TO_LEARN);
            try (NDManager manager = LibTorch.newManager(Device.cpu());
                    TransformerNetwork network = new TransformerNetwork(shape)) {
                float[] strong = shape.initial(new Random(1), new float[CODES], new long[CODES]);
                for (int i = 0; i < strong.length; i++) {
                    strong[i] *= 4;
                }
                NDArray weights = manager.create(strong);
                double sum = 0;
                int[] patches = lesson.inOrder();
                for (int patch : patches) {
                    sum += nats(network, manager, weights, lesson.tensors(manager, patch));
                }
                assertThat(sum / patches.length)
                        .isCloseTo(nats(network, manager, weights, lesson.tensors(manager)), withinPercentage(0.02));
            }
        }
    }

    private static double nats(TransformerNetwork network, NDManager manager, NDArray weights, NDArray[] tensors) {
        List<Object> arguments = new ArrayList<>(List.of(weights));
        arguments.addAll(List.of(tensors));
        return network.script()
                .call(manager, "weigh", arguments.toArray())
                .singletonOrThrow()
                .getFloat();
    }

    @Test
    void learnsThePatchesOfALessonInTheirOrderAndThenTheNextLesson() {
        List<Lesson> lessons = List.of(lesson(4), lesson(5));
        var left = lessons.iterator();
        var patches = new PatchByPatch(left::next);
        try (NDManager manager = LibTorch.newManager(Device.cpu())) {
            for (Lesson lesson : lessons) {
                Set<Integer> sooner = new HashSet<>();
                for (int patch : lesson.inOrder()) {
                    assertThat(patches.next().tensors(manager)).containsExactly(lesson.tensors(manager, patch));
                    assertThat(sooner)
                            .containsAll(lesson.seenFrom(patch).boxed().toList());
                    sooner.add(patch);
                }
            }
        }
    }

    private static Lesson lesson(int seed) {
        return lesson(seed, SHAPE, Disturbance.TO_LEARN);
    }

    private static Lesson lesson(int seed, TransformerShape shape, Disturbance disturbance) {
        Random random = new Random(seed);
        short[] tokens = new short[70 * 60];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (short) random.nextInt(CODES);
        }
        return new Lesson(new TokenGrid(70, 60, tokens, 0, 1 / 60.0), shape, disturbance, random);
    }
}
