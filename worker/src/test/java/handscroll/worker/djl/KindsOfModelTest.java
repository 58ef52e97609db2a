package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.RelativePositions;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kinds of models other than the shipped one: what a patch is made of is its task and nothing else with each. */
class KindsOfModelTest {

    private static final int COLUMNS = 8;
    private static final int ROWS = 3;
    private static final long AMPLE = 64L << 20;

    @TempDir
    private Path directory;

    @Test
    void parallelModelsDrawTheSameTokensInBatchesOfAnySize() {
        drawsTheSameInAnyBatch(TinyModel.of(3, 2, ContextStates.ENCODED, Decoding.PARALLEL));
    }

    @Test
    void recurrentModelsDrawTheSameTokensInBatchesOfAnySize() {
        drawsTheSameInAnyBatch(TinyModel.of(3, 2, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE));
    }

    @Test
    void modelsThatSeeLessDrawTheSameTokensInBatchesOfAnySize() {
        drawsTheSameInAnyBatch(TinyModel.of(3, 1, ContextStates.ENCODED, Decoding.AUTOREGRESSIVE));
        drawsTheSameInAnyBatch(TinyModel.of(3, 0, ContextStates.ENCODED, Decoding.AUTOREGRESSIVE));
        drawsTheSameInAnyBatch(TinyModel.of(3, 0, ContextStates.ENCODED, Decoding.PARALLEL));
        drawsTheSameInAnyBatch(TinyModel.of(3, 1, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE));
    }

    @Test
    void modelsWithPositionsOnTheMapDrawTheSameTokensInBatchesOfAnySize() {
        drawsTheSameInAnyBatch(TinyModel.onMap(3, ContextStates.ENCODED, Decoding.AUTOREGRESSIVE, 1));
        drawsTheSameInAnyBatch(TinyModel.onMap(3, ContextStates.ENCODED, Decoding.PARALLEL, 1));
        drawsTheSameInAnyBatch(TinyModel.onMap(3, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE, 1));
    }

    @Test
    void positionsOnTheMapDecideWhatIsDrawn() {
        for (Decoding decoding : Decoding.values()) {
            Map<Integer, short[]> some =
                    new Canvas(TinyModel.onMap(3, ContextStates.ENCODED, decoding, 1), 10).draw(3, AMPLE);
            Map<Integer, short[]> strong =
                    new Canvas(TinyModel.onMap(3, ContextStates.ENCODED, decoding, 1000), 10).draw(3, AMPLE);
            assertThat(strong).usingRecursiveComparison().isNotEqualTo(some);
        }
    }

    private void drawsTheSameInAnyBatch(ModelDirectory model) {
        Map<Integer, short[]> alone = new Canvas(model, 10).draw(1, AMPLE);
        assertThat(new Canvas(model, 10).draw(3, AMPLE))
                .usingRecursiveComparison()
                .isEqualTo(alone);
        // A pool of one byte keeps nothing: all states are made again for every batch.
        assertThat(new Canvas(model, 10).draw(2, 1)).usingRecursiveComparison().isEqualTo(alone);
    }

    @Test
    void anotherNumberOfRoundsDrawsOtherTokens() {
        ModelDirectory model = TinyModel.of(3, 2, ContextStates.ENCODED, Decoding.PARALLEL);
        Map<Integer, short[]> ten = new Canvas(model, 10).draw(3, AMPLE);
        assertThat(ten.get(12)).isNotEqualTo(new Canvas(model, 4).draw(3, AMPLE).get(12));
    }

    @Test
    void recurrentStatesHoldWhatAPatchSawInsideItsBlockAndNothingBeyond() {
        ModelDirectory model = TinyModel.of(3, 1, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE);
        Canvas canvas = new Canvas(model, 0);
        Map<Integer, short[]> tokens = canvas.draw(3, AMPLE);
        // Patch (2, 0) saw (1, 0), in its own block, and (6, 0), the first of its block, saw (5, 0), of another one.
        float[] inside = canvas.states(tokens, 2);
        float[] first = canvas.states(tokens, 6);
        Map<Integer, short[]> changed = new TreeMap<>(tokens);
        changed.put(1, tokens.get(10));
        changed.put(5, tokens.get(11));
        changed.put(COLUMNS + 5, tokens.get(12));
        assertThat(canvas.states(changed, 2)).isNotEqualTo(inside);
        assertThat(canvas.states(changed, 6)).isEqualTo(first);
    }

    @Test
    void aTaskWithoutMemoryIsRefusedByARecurrentModel() {
        ModelDirectory model = TinyModel.of(3, 2, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE);
        Canvas canvas = new Canvas(model, 0);
        canvas.draw(3, AMPLE);
        Task.Sample task = canvas.task(2, 2);
        Task.Sample forgetful = new Task.Sample(task.patch(), task.context(), 0, 1, TokenBlock.EMPTY);
        assertThatThrownBy(() -> canvas.draw(forgetful)).hasMessageContaining("does not say what its states remember");
    }

    @Test
    void eachKindIsLoadedFromItsDirectoryAsItWasWritten() throws Exception {
        ModelCard card =
                TinyModel.write(directory.resolve("a"), 3, 1, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE);
        assertThat(card.context().states()).isEqualTo(ContextStates.RECURRENT);
        assertThat(card.context().columns()).isEqualTo(1);
        assertThat(ModelDirectory.load(card).transformer())
                .isEqualTo(TinyModel.of(3, 1, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE)
                        .transformer());

        card = TinyModel.write(directory.resolve("b"), 3, 2, ContextStates.ENCODED, Decoding.PARALLEL);
        assertThat(card.sampling().decoding()).isEqualTo(Decoding.PARALLEL);
        assertThat(card.sampling().rounds()).isEqualTo(Rounds.DEFAULT);
        assertThat(card.context().positions()).isEqualTo(RelativePositions.KEYS);
        assertThat(ModelDirectory.load(card).transformer().isParallel()).isTrue();

        card = TinyModel.writeOnMap(directory.resolve("c"), 3);
        assertThat(card.context().positions()).isEqualTo(RelativePositions.MAP);
        assertThat(ModelDirectory.load(card).transformer().placesOnMap()).isTrue();
    }

    /** A canvas drawn from left to right by one slot, with pools of any size. */
    private static final class Canvas {
        private final ModelDirectory model;
        private final RenderSettings settings;
        private final Map<Integer, short[]> tokens = new TreeMap<>();

        Canvas(ModelDirectory model, int rounds) {
            this.model = model;
            TransformerShape shape = model.transformer();
            settings = new RenderSettings(
                    new JobId("test"),
                    "tiny",
                    "",
                    7,
                    RenderSettings.Sampling.of(1, 32).inRounds(rounds),
                    COLUMNS,
                    ROWS,
                    shape.slots(1, false),
                    shape.slots(2, false),
                    TileEncoding.PNG,
                    100,
                    List.of());
        }

        Map<Integer, short[]> draw(int batchSize, long poolBytes) {
            try (LoadedModel loaded = new LoadedModel(model, Device.cpu(), poolBytes);
                    SlotOperators operators = loaded.open()) {
                for (int wave = 0; wave <= 3 * (COLUMNS - 1) + ROWS - 1; wave++) {
                    List<Task.Sample> ready = new ArrayList<>();
                    for (int row = 0; row < ROWS; row++) {
                        int column = Math.floorDiv(wave - row, 3);
                        if (column * 3 + row == wave && column >= 0 && column < COLUMNS) {
                            ready.add(task(column, row));
                        }
                    }
                    for (int at = 0; at < ready.size(); at += batchSize) {
                        List<Task.Sample> batch = ready.subList(at, Math.min(ready.size(), at + batchSize));
                        List<short[]> drawn = operators.sample(settings, batch);
                        for (int i = 0; i < drawn.size(); i++) {
                            PatchId patch = batch.get(i).patch();
                            tokens.put(patch.row() * COLUMNS + patch.column(), drawn.get(i));
                        }
                    }
                }
            }
            return new TreeMap<>(tokens);
        }

        /** What the patch to the right of (column, 0) attends to of it. */
        float[] states(Map<Integer, short[]> drawn, int column) {
            tokens.putAll(drawn);
            try (LoadedModel loaded = new LoadedModel(model, Device.cpu(), AMPLE);
                    SlotOperators operators = loaded.open();
                    NDManager reading = loaded.newSlotManager()) {
                operators.sample(settings, List.of(task(column + 1, 0)));
                NearbyContextPool.States states = loaded.pool()
                        .select(settings.job(), new PatchId(0, column, 0, 0), drawn.get(column))
                        .orElseThrow();
                float[] near = loaded.transformer()
                        .script()
                        .call(reading, "cast", states.near(), 6L)
                        .singletonOrThrow()
                        .toFloatArray();
                loaded.pool().giveBack(List.of(states));
                return near;
            }
        }

        short[] draw(Task.Sample task) {
            try (LoadedModel loaded = new LoadedModel(model, Device.cpu(), AMPLE);
                    SlotOperators operators = loaded.open()) {
                return operators.sample(settings, List.of(task)).get(0);
            }
        }

        /** With all that comes before it, column by column, as memory: more than its states need. */
        Task.Sample task(int column, int row) {
            int extent = model.transformer().extent();
            List<ContextPatch> context = new ArrayList<>();
            List<RememberedPatch> memory = new ArrayList<>();
            for (int c = 0; c <= column; c++) {
                for (int r = 0; r < ROWS; r++) {
                    boolean sooner = c < column || r < row;
                    if (sooner && tokens.containsKey(r * COLUMNS + c)) {
                        int columns = c - column;
                        int rows = r - row;
                        if (Math.max(Math.abs(columns), Math.abs(rows)) <= extent) {
                            context.add(new ContextPatch(columns, rows, 0, tokens.get(r * COLUMNS + c)));
                        }
                        memory.add(remembered(memory, column, row, c, r, extent));
                    }
                }
            }
            boolean recurrent = model.transformer().isRecurrent();
            return new Task.Sample(
                    new PatchId(0, column, row, 0),
                    context,
                    (double) row / ROWS,
                    (row + 1.0) / ROWS,
                    TokenBlock.EMPTY,
                    recurrent ? memory : List.of());
        }

        private RememberedPatch remembered(
                List<RememberedPatch> before, int column, int row, int c, int r, int extent) {
            List<Integer> seen = new ArrayList<>();
            for (int i = 0; i < before.size(); i++) {
                int otherColumn = column + before.get(i).columnOffset();
                int otherRow = row + before.get(i).rowOffset();
                if (Math.max(Math.abs(otherColumn - c), Math.abs(otherRow - r)) <= extent
                        && RememberedPatch.shareABlock(c, r, otherColumn, otherRow)) {
                    seen.add(i);
                }
            }
            short[] positions = new short[seen.size()];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = seen.get(i).shortValue();
            }
            return new RememberedPatch(
                    c - column,
                    r - row,
                    0,
                    tokens.get(r * COLUMNS + c),
                    (double) r / ROWS,
                    (r + 1.0) / ROWS,
                    positions);
        }
    }
}
