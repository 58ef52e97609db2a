package handscroll.worker.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.render.PatchOperators;
import handscroll.worker.text.TextEncoder;
import handscroll.worker.text.TextStates;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model's operators on PyTorch for one slot. Confined to the thread that opened it. */
public final class SlotOperators implements PatchOperators {

    private static final int SIDE = TransformerShape.PATCH_SIDE;
    private static final int TOKENS = TransformerShape.PATCH_TOKENS;

    private final LoadedModel model;
    private final NDManager slot;
    private final PooledStates states;

    SlotOperators(LoadedModel model) {
        LibTorch.forbidGradients();
        this.model = model;
        this.slot = model.newSlotManager();
        this.states = PooledStates.of(model, slot);
    }

    @Override
    public List<short[]> sample(List<Patch> patches) {
        return sample(patches, List.of());
    }

    @Override
    public List<short[]> fill(RenderSettings settings, List<Task.Fill> tasks) {
        return sample(
                tasks.stream().map(task -> new Patch(settings, task.sample())).toList(),
                tasks.stream().map(this::known).toList());
    }

    /** The patch's tokens as far as they are known, {@link PatchInputs#UNKNOWN} elsewhere. */
    private short[] known(Task.Fill task) {
        short[] encoded = encode(task.window());
        short[] known = new short[TOKENS];
        Arrays.fill(known, PatchInputs.UNKNOWN);
        for (int r = task.top(); r < task.bottom(); r++) {
            System.arraycopy(
                    encoded, r * SIDE + task.left(), known, r * SIDE + task.left(), task.right() - task.left());
        }
        return known;
    }

    /** @param known tokens of each patch, or empty where nothing is known of any */
    private List<short[]> sample(List<Patch> patches, List<short[]> known) {
        List<NearbyContextPool.States> used = new ArrayList<>();
        try (NDManager batch = slot.newSubManager()) {
            Map<RenderSettings, List<Integer>> jobs = byJob(patches);
            Map<JobId, Map<PatchId, NearbyContextPool.States>> contexts = new HashMap<>();
            jobs.forEach((settings, positions) ->
                    contexts.put(settings.job(), states.select(batch, settings, tasks(patches, positions), used)));
            List<short[]> tokens = rows(draw(batch, patches, known, contexts)).subList(0, patches.size());
            jobs.forEach((settings, positions) -> used.addAll(states.add(
                    batch,
                    settings,
                    tasks(patches, positions),
                    positions.stream().map(tokens::get).toList(),
                    contextOf(contexts, settings))));
            return tokens;
        } finally {
            model.pool().giveBack(used);
        }
    }

    /** Positions of each job's patches; states are never shared between jobs. */
    private static Map<RenderSettings, List<Integer>> byJob(List<Patch> patches) {
        Map<RenderSettings, List<Integer>> jobs = new LinkedHashMap<>();
        for (int i = 0; i < patches.size(); i++) {
            jobs.computeIfAbsent(patches.get(i).settings(), settings -> new ArrayList<>())
                    .add(i);
        }
        return jobs;
    }

    private static List<Task.Sample> tasks(List<Patch> patches, List<Integer> positions) {
        return positions.stream().map(i -> patches.get(i).task()).toList();
    }

    private static Map<PatchId, NearbyContextPool.States> contextOf(
            Map<JobId, Map<PatchId, NearbyContextPool.States>> contexts, RenderSettings settings) {
        return contexts.getOrDefault(settings.job(), Map.of());
    }

    /** The tokens of a batch, [B, 64], with B at least the number of patches. */
    private NDArray draw(
            NDManager batch,
            List<Patch> patches,
            List<short[]> known,
            Map<JobId, Map<PatchId, NearbyContextPool.States>> contexts) {
        TransformerShape shape = model.transformer().shape();
        RenderSettings common = patches.get(0).settings();
        int drawn = Math.max(patches.size(), smallestBatch());
        boolean guided = common.sampling().isGuided() && shape.knowsTexts();
        // Guided, each patch comes twice: as it shall be, and once more without its text.
        int count = guided ? 2 * drawn : drawn;
        ContextSlots slots = states.slots(count, common);
        var inputs = new PatchInputs(shape, count);
        float[] noise = new float[drawn * TOKENS * shape.codes()];
        for (int i = 0; i < count; i++) {
            int from = Math.min(i % drawn, patches.size() - 1);
            Patch patch = patches.get(from);
            fill(slots, i, patch.task(), contextOf(contexts, patch.settings()));
            inputs.put(i, patch.task(), i < drawn ? text(patch) : TextStates.NONE);
            if (i < drawn) {
                makeNoise(noise, i, patch);
            }
            if (!known.isEmpty()) {
                inputs.show(i, known.get(from));
                if (i < drawn) {
                    keep(known.get(from), noise, i);
                }
            }
        }
        List<Object> arguments = new ArrayList<>();
        arguments.add(model.transformerWeights());
        arguments.addAll(slots.arrays(batch));
        arguments.addAll(inputs.arrays(batch));
        arguments.add(batch.create(noise, new Shape(drawn, TOKENS, shape.codes())));
        arguments.addAll(howToDraw(batch, common.sampling()));
        return model.transformer()
                .script()
                .call(batch, shape.isParallel() ? "sample_in_rounds" : "sample", arguments.toArray())
                .singletonOrThrow();
    }

    private static void fill(
            ContextSlots slots, int i, Task.Sample task, Map<PatchId, NearbyContextPool.States> context) {
        for (ContextPatch seen : task.context()) {
            NearbyContextPool.States held = context.get(PooledStates.place(task, seen));
            if (held == null) {
                throw new IllegalStateException("context patch was not selected");
            }
            slots.fill(i, seen, held);
        }
        slots.pad(i);
    }

    /** Noise is a function of the job's seed and of the patch's place on the canvas alone. */
    private void makeNoise(float[] noise, int i, Patch patch) {
        RenderSettings settings = patch.settings();
        PatchId at = patch.task().patch();
        int codes = model.transformer().shape().codes();
        long cell = ((long) at.frame() * settings.gridRows() + at.row()) * settings.gridColumns() + at.column();
        GumbelNoise.fill(noise, i * TOKENS * codes, settings.seed(), at.stage(), cell, TOKENS, codes);
    }

    /** Noise without end decides for known tokens. */
    private void keep(short[] known, float[] noise, int i) {
        int codes = model.transformer().shape().codes();
        for (int m = 0; m < TOKENS; m++) {
            if (known[m] != PatchInputs.UNKNOWN) {
                noise[(i * TOKENS + m) * codes + known[m]] = Float.POSITIVE_INFINITY;
            }
        }
    }

    /** The last arguments of the network's method that draws. */
    private List<Object> howToDraw(NDManager batch, RenderSettings.Sampling sampling) {
        long topK = Math.min(sampling.topK(), model.transformer().shape().codes());
        // Logits differ by this from the likeliest one's where a code is so many times as likely.
        double floor = StrictMath.log(sampling.minP());
        if (!model.transformer().shape().isParallel()) {
            long lag = sampling.lag() == 0 ? SIDE : sampling.lag();
            return List.of(lag, sampling.temperature(), topK, floor, sampling.guidance());
        }
        long[] counts = Rounds.counts(sampling.rounds());
        return List.of(
                topK,
                floor,
                batch.create(Rounds.order()),
                batch.create(counts),
                batch.create(Rounds.temperatures(sampling.temperature(), counts.length)),
                sampling.guidance());
    }

    /** The states of what is said of a patch. */
    private TextStates text(Patch patch) {
        int text = patch.task().text();
        if (text == Task.Sample.NO_TEXT || !model.transformer().shape().knowsTexts()) {
            return TextStates.NONE;
        }
        return TextEncoder.instance().encode(patch.settings().texts().get(text));
    }

    /** fp32 products depend on whether they have less than four rows; bf16 ones on nothing. */
    private int smallestBatch() {
        return model.numberType() == LoadedModel.BFLOAT16 ? 1 : 4;
    }

    private static List<short[]> rows(NDArray tokens) {
        long[] flat = tokens.toLongArray();
        List<short[]> rows = new ArrayList<>();
        for (int i = 0; i < flat.length; i += TOKENS) {
            if (flat[i] < 0) {
                // An ordinary failure: others try the patch, and who alone cannot draw it is blocked.
                throw new ArithmeticException("what the network computed is not finite (NaN or infinite); if others"
                        + " can draw the patch look at this machine's memory and device, else at the model");
            }
            short[] row = new short[TOKENS];
            for (int m = 0; m < TOKENS; m++) {
                row[m] = (short) flat[i + m];
            }
            rows.add(row);
        }
        return rows;
    }

    @Override
    public int patchPixels() {
        return TransformerShape.PATCH_SIDE * TokenizerShape.FACTOR;
    }

    @Override
    public short[] encode(PixelBlock window) {
        try (NDManager patch = slot.newSubManager()) {
            NDArray pixels = patch.create(
                    ByteBuffer.wrap(window.rgb()),
                    new Shape(window.heightPixels(), window.widthPixels(), 3),
                    DataType.UINT8);
            long[] tokens = model.tokenizer()
                    .script()
                    .call(
                            patch,
                            "window_to_tokens",
                            model.tokenizerWeights(),
                            model.codebook(),
                            pixels,
                            (long) TokenizerShape.ENCODER_MARGIN_PIXELS / TokenizerShape.FACTOR,
                            model.numberType())
                    .singletonOrThrow()
                    .toLongArray(); // [8, 8]
            short[] narrow = new short[tokens.length];
            for (int i = 0; i < tokens.length; i++) {
                narrow[i] = (short) tokens[i];
            }
            return narrow;
        }
    }

    @Override
    public PixelBlock decode(TokenBlock window, List<TokenBlock> before) {
        try (NDManager tile = slot.newSubManager()) {
            int frames = 1 + model.tokenizer().shape().framesBefore();
            int size = window.tokens().length;
            long[] wide = new long[frames * size];
            TokenBlock shown = window;
            for (int frame = 0; frame < frames; frame++) {
                shown = frame > 0 && frame <= before.size() ? before.get(frame - 1) : shown;
                for (int i = 0; i < size; i++) {
                    wide[frame * size + i] = shown.tokens()[i];
                }
            }
            NDArray pixels = model.tokenizer()
                    .script()
                    .call(
                            tile,
                            "window_to_pixels",
                            model.tokenizerWeights(),
                            model.codebook(),
                            tile.create(wide, new Shape(frames, window.rows(), window.columns())),
                            (long) TokenizerShape.DECODER_MARGIN_TOKENS,
                            model.numberType())
                    .singletonOrThrow(); // [height, width, 3]
            Shape shape = pixels.getShape();
            return new PixelBlock((int) shape.get(1), (int) shape.get(0), pixels.toByteArray());
        }
    }

    @Override
    public void release(JobId job, List<PatchId> patches) {
        model.pool().remove(job, patches);
    }

    @Override
    public StateUse takeStateUse() {
        return states.takeUse();
    }

    @Override
    public void close() {
        slot.close();
    }
}
