package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.RenderSettings.Sampling;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.render.PatchOperators;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SlotOperatorsTest {

    private static final int CODES = 32;
    private static final int MARGIN = TokenizerShape.DECODER_MARGIN_TOKENS;
    private static final int ENCODER_MARGIN = TokenizerShape.ENCODER_MARGIN_PIXELS;

    private static LoadedModel model;
    private static SlotOperators operators;

    @BeforeAll
    static void load() {
        model = new LoadedModel(TinyModel.of(1), Device.cpu(), 1 << 20);
        operators = model.open();
    }

    @AfterAll
    static void close() {
        operators.close();
        model.close();
    }

    @Test
    void drawsTheSameTokensInBatchesOfAnySize() {
        List<Task.Sample> tasks = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            tasks.add(task(i, 12));
        }
        List<short[]> alone = new ArrayList<>();
        for (Task.Sample task : tasks) {
            alone.addAll(operators.sample(settings(4, 8), List.of(task)));
        }
        for (int size : new int[] {2, 3, 4, 7, 16}) {
            List<short[]> together = new ArrayList<>();
            for (int at = 0; at < tasks.size(); at += size) {
                together.addAll(operators.sample(settings(4, 8), tasks.subList(at, Math.min(at + size, tasks.size()))));
            }
            for (int i = 0; i < tasks.size(); i++) {
                assertThat(together.get(i))
                        .as("patch %d in batches of %d", i, size)
                        .isEqualTo(alone.get(i));
            }
        }
    }

    @Test
    void drawsTheSameTokensInBatchesOfAnySizeWithTheShippedSizes() {
        TokenizerShape tokenizer = TokenizerShape.STANDARD;
        TransformerShape transformer = TransformerShape.STANDARD;
        Random random = new Random(9);
        ModelDirectory large = new ModelDirectory(
                tokenizer,
                tokenizer.layout().initial(random),
                new float[tokenizer.codes() * tokenizer.dim()],
                transformer,
                transformer.layout().initial(random));
        List<Task.Sample> tasks = List.of(task(0, 12), task(1, 12), task(2, 5), task(3, 0), task(4, 12));
        // A pool of one byte keeps nothing: the states are made in batches of each size, too.
        try (LoadedModel loaded = new LoadedModel(large, Device.cpu(), 1);
                SlotOperators slot = loaded.open()) {
            for (int lag : new int[] {0, 2, 4}) {
                RenderSettings settings = drawnWith(new Sampling(1, 32, 0, 0, lag, 1));
                List<short[]> together = slot.sample(settings, tasks);
                for (int i = 0; i < tasks.size(); i++) {
                    assertThat(slot.sample(settings, List.of(tasks.get(i))).get(0))
                            .as("patch %d, lag %d", i, lag)
                            .isEqualTo(together.get(i));
                }
            }
        }
    }

    @Test
    void drawsTheSameTokensFromPooledStatesAndFromFreshOnes() {
        Task.Sample task = task(3, 12);
        short[] pooled = operators.sample(settings(4, 8), List.of(task)).get(0);
        try (LoadedModel other = new LoadedModel(TinyModel.of(1), Device.cpu(), 1);
                SlotOperators fresh = other.open()) {
            assertThat(fresh.sample(settings(4, 8), List.of(task)).get(0)).isEqualTo(pooled);
        }
    }

    @Test
    void drawsDifferentTokensForAnotherSeedCellOrContext() {
        short[] tokens = operators.sample(settings(4, 8), List.of(task(0, 12))).get(0);
        assertThat(operators.sample(settings(4, 8), List.of(task(1, 12))).get(0))
                .isNotEqualTo(tokens);
        assertThat(operators.sample(settings(4, 8), List.of(task(0, 0))).get(0)).isNotEqualTo(tokens);
        RenderSettings other = new RenderSettings(
                new JobId("other"),
                "tiny",
                "",
                8,
                Sampling.of(1, 32),
                100,
                100,
                4,
                8,
                TileEncoding.PNG,
                100,
                List.of());
        assertThat(operators.sample(other, List.of(task(0, 12))).get(0)).isNotEqualTo(tokens);
    }

    @Test
    void drawsTokensOfTheCodebook() {
        for (short token :
                operators.sample(settings(4, 8), List.of(task(5, 12))).get(0)) {
            assertThat(token).isBetween((short) 0, (short) (CODES - 1));
        }
    }

    @Test
    void drawsWithContextOnAllSides() {
        List<ContextPatch> context = new ArrayList<>();
        Random random = new Random(3);
        for (int dy = -2; dy <= 2; dy++) {
            for (int dx = -2; dx <= 2; dx++) {
                if (dx != 0 || dy != 0) {
                    context.add(new ContextPatch(dx, dy, 0, tokens(random)));
                }
            }
        }
        Task.Sample task = new Task.Sample(new PatchId(0, 9, 9, 0), context, 0.2, 0.3, TokenBlock.EMPTY);
        assertThat(operators.sample(settings(8, 16), List.of(task)).get(0)).hasSize(64);
    }

    @Test
    void drawsOtherTokensOverAnotherLayout() {
        short[] alone = operators.sample(settings(4, 8), List.of(task(0, 12))).get(0);
        Random random = new Random(11);
        List<Task.Sample> over = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Task.Sample task = task(0, 12);
            over.add(new Task.Sample(
                    task.patch(),
                    task.context(),
                    task.topPosition(),
                    task.bottomPosition(),
                    new TokenBlock(4, 4, Arrays.copyOf(tokens(random), 16))));
        }
        List<short[]> drawn = operators.sample(settings(4, 8), over);
        assertThat(drawn.get(0)).isNotEqualTo(alone).isNotEqualTo(drawn.get(1));
        assertThat(operators.sample(settings(4, 8), List.of(over.get(1))).get(0))
                .isEqualTo(drawn.get(1));
    }

    @Test
    void refusesALayoutOfAnotherSize() {
        Task.Sample task = task(0, 12);
        Task.Sample wrong = new Task.Sample(task.patch(), task.context(), 0, 1, new TokenBlock(3, 3, new short[9]));
        assertThatThrownBy(() -> operators.sample(settings(4, 8), List.of(wrong)))
                .hasMessageContaining("3 x 3 tokens of its layout, not 4 x 4");
    }

    @Test
    void refusesMoreContextThanTheJobHasRoomFor() {
        assertThatThrownBy(() -> operators.sample(settings(1, 8), List.of(task(0, 12))))
                .hasMessageContaining("more context than the 1 slots");
    }

    @Test
    void decodesATileAsPartOfALargerOne() {
        short[] canvas = new short[60 * 60];
        Random random = new Random(5);
        for (int i = 0; i < canvas.length; i++) {
            canvas[i] = (short) random.nextInt(CODES);
        }
        PixelBlock whole = operators.decode(new TokenBlock(60, 60, canvas)); // tokens 6..53 of each side
        int side = 8 + 2 * MARGIN;
        short[] window = new short[side * side];
        for (int y = 0; y < side; y++) {
            System.arraycopy(canvas, (20 + y) * 60 + 20, window, y * side, side);
        }
        PixelBlock part = operators.decode(new TokenBlock(side, side, window)); // tokens 26..33
        assertThat(part.widthPixels()).isEqualTo(64);
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 3 * 64; x++) {
                int there = whole.rgb()[(y + 160) * 3 * whole.widthPixels() + 3 * 160 + x] & 255;
                assertThat(Math.abs(there - (part.rgb()[y * 3 * 64 + x] & 255))).isLessThanOrEqualTo(2);
            }
        }
    }

    @Test
    void decodesAFrameOfAVideoFromThoseBeforeItToo() {
        int side = 8 + 2 * MARGIN;
        Random random = new Random(5);
        List<TokenBlock> frames = new ArrayList<>();
        for (int frame = 0; frame < 4; frame++) {
            short[] tokens = new short[side * side];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = (short) random.nextInt(CODES);
            }
            frames.add(new TokenBlock(side, side, tokens));
        }
        try (LoadedModel loaded = new LoadedModel(TinyModel.ofVideo(1), Device.cpu(), 1);
                SlotOperators slot = loaded.open()) {
            byte[] third = slot.decode(frames.get(2), List.of(frames.get(1), frames.get(0)))
                    .rgb();
            assertThat(slot.decode(frames.get(2), List.of(frames.get(1), frames.get(3)))
                            .rgb())
                    .isNotEqualTo(third);
            assertThat(slot.decode(frames.get(2), List.of(frames.get(3), frames.get(0)))
                            .rgb())
                    .isNotEqualTo(third);
            // Before the first frame there is nothing else.
            assertThat(slot.decode(frames.get(2)).rgb())
                    .isEqualTo(slot.decode(frames.get(2), List.of(frames.get(2), frames.get(2)))
                            .rgb());
        }
    }

    @Test
    void encodesThePixelsInTheMiddleOfAWindow() {
        int side = 64 + 2 * ENCODER_MARGIN;
        byte[] rgb = new byte[3 * side * side];
        new Random(7).nextBytes(rgb);
        short[] tokens = operators.encode(new PixelBlock(side, side, rgb));
        assertThat(tokens).hasSize(64);
        rgb[0] += 100; // the corner of the window is beyond what any token sees
        assertThat(operators.encode(new PixelBlock(side, side, rgb))).isEqualTo(tokens);
    }

    @Test
    void aModelThatComputesNoNumbersDrawsNothing() {
        ModelDirectory broken = TinyModel.of(1);
        float[] weights = broken.transformerWeights().clone();
        weights[broken.transformer().layout().offset("head.bias") + 3] = Float.NaN;
        var spoilt = new ModelDirectory(
                broken.tokenizer(), broken.tokenizerWeights(), broken.codebook(), broken.transformer(), weights);
        try (LoadedModel loaded = new LoadedModel(spoilt, Device.cpu(), 1 << 20);
                SlotOperators slot = loaded.open()) {
            List<Task.Sample> one = List.of(fill(2, 1).sample());
            assertThatThrownBy(() -> slot.sample(drawnWith(32, 0), one)).hasMessageContaining("not finite");
        }
    }

    @Test
    void onlyCodesAsLikelyAsIsAskedAreDrawn() {
        Task.Sample task = fill(2, 1).sample();
        List<short[]> theLikeliest = operators.sample(drawnWith(1, 0), List.of(task));
        assertThat(operators.sample(drawnWith(32, 1), List.of(task)).get(0)).isEqualTo(theLikeliest.get(0));
        assertThat(operators.sample(drawnWith(32, 0.5), List.of(task)).get(0)).isNotEqualTo(theLikeliest.get(0));
        assertThat(operators.sample(drawnWith(32, 1e-9), List.of(task)).get(0))
                .isEqualTo(operators.sample(drawnWith(32, 0), List.of(task)).get(0));
    }

    @Test
    void whatARowDoesNotWaitForItDoesNotSee() {
        List<Task.Sample> tasks =
                IntStream.range(0, 64).mapToObj(i -> task(i, 0)).toList();
        List<short[]> whole = operators.sample(drawnWith(32, 0), tasks);
        List<short[]> lagging = operators.sample(drawnWith(new Sampling(1, 32, 0, 0, 2, 1)), tasks);
        int side = TransformerShape.PATCH_SIDE;
        for (int i = 0; i < tasks.size(); i++) {
            assertThat(Arrays.copyOf(lagging.get(i), side))
                    .as("there is nothing above the first row")
                    .isEqualTo(Arrays.copyOf(whole.get(i), side));
        }
        assertThat(lagging.toArray()).isNotEqualTo(whole.toArray());
        assertThat(operators
                        .sample(drawnWith(new Sampling(1, 32, 0, 0, side, 1)), tasks)
                        .toArray())
                .as("rows that wait for all of the one above")
                .isEqualTo(whole.toArray());
    }

    private static RenderSettings drawnWith(int topK, double minP) {
        return drawnWith(new Sampling(1, topK, minP, 0, 0, 1));
    }

    private static RenderSettings drawnWith(Sampling sampling) {
        return new RenderSettings(
                new JobId("test"), "tiny", "", 7, sampling, 100, 100, 4, 8, TileEncoding.PNG, 100, List.of());
    }

    @Test
    void aPatchKeepsItsKnownTokensHoweverUnlikelyAndDrawsTheOthersAfterThem() {
        RenderSettings onlyTheLikeliest = new RenderSettings(
                new JobId("test"),
                "tiny",
                "",
                7,
                Sampling.of(0.01, 1),
                100,
                100,
                4,
                8,
                TileEncoding.PNG,
                100,
                List.of());
        Task.Fill fill = fill(2, 1);
        short[] encoded = operators.encode(fill.window());
        short[] filled = operators.fill(onlyTheLikeliest, List.of(fill)).get(0);
        short[] free =
                operators.sample(onlyTheLikeliest, List.of(fill.sample())).get(0);
        int knownThatWouldBeDrawnOtherwise = 0;
        for (int m = 0; m < 64; m++) {
            boolean known = m % 8 >= 5 && m / 8 < 6;
            if (known) {
                assertThat(filled[m]).isEqualTo(encoded[m]);
                knownThatWouldBeDrawnOtherwise += free[m] == encoded[m] ? 0 : 1;
            }
        }
        assertThat(knownThatWouldBeDrawnOtherwise).isPositive();
        assertThat(filled).isNotEqualTo(free);
    }

    @Test
    void fillsPatchesAlikeInBatchesOfAnySize() {
        List<Task.Fill> tasks = List.of(fill(0, 1), fill(1, 2), fill(2, 3));
        List<short[]> together = operators.fill(settings(4, 8), tasks);
        for (int i = 0; i < tasks.size(); i++) {
            assertThat(operators.fill(settings(4, 8), List.of(tasks.get(i))).get(0))
                    .isEqualTo(together.get(i));
        }
    }

    /** A patch whose right three columns of tokens are known, but for the last two rows. */
    private static Task.Fill fill(int column, int seed) {
        int side = 64 + 2 * ENCODER_MARGIN;
        byte[] rgb = new byte[3 * side * side];
        new Random(seed).nextBytes(rgb);
        return new Task.Fill(task(column, 12), new PixelBlock(side, side, rgb), 5, 0, 8, 6);
    }

    @Test
    void drawsTheSameTokensInABatchOfSeveralJobs() {
        RenderSettings sky = settings(4, 8);
        RenderSettings sea = new RenderSettings(
                new JobId("sea"), "tiny", "", 4711, Sampling.of(1, 32), 7, 9, 4, 8, TileEncoding.JPEG, 50, List.of());
        assertThat(sea.shape()).isEqualTo(sky.shape());
        List<PatchOperators.Patch> mixed = new ArrayList<>();
        List<short[]> alone = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            // The same cells of both, so that only their jobs tell them apart.
            for (RenderSettings job : List.of(sky, sea)) {
                Task.Sample task = task(i, 12);
                alone.addAll(operators.sample(job, List.of(task)));
                mixed.add(new PatchOperators.Patch(job, task));
            }
        }
        try (SlotOperators fresh = model.open()) {
            assertThat(fresh.sample(mixed)).usingRecursiveComparison().isEqualTo(alone);
        }
        assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
    }

    private static RenderSettings settings(int near, int far) {
        return new RenderSettings(
                new JobId("test"),
                "tiny",
                "",
                7,
                Sampling.of(1, 32),
                100,
                100,
                near,
                far,
                TileEncoding.PNG,
                100,
                List.of());
    }

    /** A patch in the order omega that sees so many patches of the twelve it may see. */
    private static Task.Sample task(int column, int contextCount) {
        List<ContextPatch> context = new ArrayList<>();
        for (int dx = -2; dx <= 0; dx++) {
            for (int dy = -2; dy <= 2; dy++) {
                if ((dx < 0 || dy < 0) && context.size() < contextCount) {
                    // A patch has the same tokens for all that see it.
                    Random random = new Random(1000L * (column + dx) + dy);
                    context.add(new ContextPatch(dx, dy, 0, tokens(random)));
                }
            }
        }
        return new Task.Sample(new PatchId(0, column, 5, 0), context, 0.5, 0.6, TokenBlock.EMPTY);
    }

    private static short[] tokens(Random random) {
        short[] tokens = new short[64];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (short) random.nextInt(CODES);
        }
        return tokens;
    }
}
