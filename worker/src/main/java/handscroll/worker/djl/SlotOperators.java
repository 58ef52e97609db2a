package handscroll.worker.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model's operators on PyTorch for one slot. Confined to the thread that opened it. */
public final class SlotOperators implements PatchOperators {

    private static final int SIDE = TransformerShape.PATCH_SIDE;
    private static final int TOKENS = TransformerShape.PATCH_TOKENS;
    private static final int LAYOUT_SIDE = TransformerShape.LAYOUT_SIDE;
    private static final int FEATURES = TransformerShape.HEIGHT_FEATURES;

    private static final short UNKNOWN = -1;

    private final LoadedModel model;
    private final NDManager slot;
    private final NDArray emptyNear; // [layers, 64, 2d], stands where a slot has no patch
    private final NDArray emptyFar; // [layers, 16, 2d]

    SlotOperators(LoadedModel model) {
        LibTorch.forbidGradients();
        this.model = model;
        this.slot = model.newSlotManager();
        NDList nothing = model.transformer().script().call(slot, "no_states", model.transformerWeights());
        emptyNear = nothing.get(0);
        emptyFar = nothing.get(1);
    }

    @Override
    public List<short[]> sample(RenderSettings settings, List<Task.Sample> tasks) {
        return sample(settings, tasks, List.of());
    }

    @Override
    public List<short[]> fill(RenderSettings settings, List<Task.Fill> tasks) {
        return sample(
                settings,
                tasks.stream().map(Task.Fill::sample).toList(),
                tasks.stream().map(this::known).toList());
    }

    /** The patch's tokens as far as they are known, {@link #UNKNOWN} elsewhere. */
    private short[] known(Task.Fill task) {
        short[] encoded = encode(task.window());
        short[] known = new short[TOKENS];
        Arrays.fill(known, UNKNOWN);
        for (int r = task.top(); r < task.bottom(); r++) {
            System.arraycopy(
                    encoded, r * SIDE + task.left(), known, r * SIDE + task.left(), task.right() - task.left());
        }
        return known;
    }

    /** @param known tokens of each patch, or empty where nothing is known of any */
    private List<short[]> sample(RenderSettings settings, List<Task.Sample> tasks, List<short[]> known) {
        List<NearbyContextPool.States> used = new ArrayList<>();
        try (NDManager batch = slot.newSubManager()) {
            Map<PatchId, NearbyContextPool.States> context = select(batch, settings.job(), tasks, used);
            NDArray drawn = draw(batch, settings, tasks, known, context); // [B, 64]
            List<short[]> tokens = rows(drawn).subList(0, tasks.size());
            List<PatchId> patches = tasks.stream().map(Task.Sample::patch).toList();
            used.addAll(add(batch, settings.job(), patches, tokens));
            return tokens;
        } finally {
            model.pool().giveBack(used);
        }
    }

    /** Finds the states of all context patches, making those that the pool does not have. */
    private Map<PatchId, NearbyContextPool.States> select(
            NDManager batch, JobId job, List<Task.Sample> tasks, List<NearbyContextPool.States> used) {
        Map<PatchId, NearbyContextPool.States> found = new LinkedHashMap<>();
        Map<PatchId, short[]> missing = new LinkedHashMap<>();
        for (Task.Sample task : tasks) {
            for (ContextPatch seen : task.context()) {
                PatchId patch = place(task, seen);
                if (found.containsKey(patch) || missing.containsKey(patch)) {
                    continue;
                }
                Optional<NearbyContextPool.States> pooled = model.pool().select(job, patch, seen.tokens());
                pooled.ifPresentOrElse(
                        states -> {
                            found.put(patch, states);
                            used.add(states);
                        },
                        () -> missing.put(patch, seen.tokens()));
            }
        }
        List<PatchId> patches = List.copyOf(missing.keySet());
        List<NearbyContextPool.States> made = add(batch, job, patches, List.copyOf(missing.values()));
        used.addAll(made);
        for (int i = 0; i < patches.size(); i++) {
            found.put(patches.get(i), made.get(i));
        }
        return found;
    }

    /**
     * Where a patch lies that another one sees. On a canvas that wraps, a place beyond the seam is another name
     * for a patch on its other side: the pool makes its states once more, from the same tokens.
     */
    private static PatchId place(Task.Sample task, ContextPatch seen) {
        PatchId at = task.patch();
        return new PatchId(
                at.stage(),
                at.column() + seen.columnOffset(),
                at.row() + seen.rowOffset(),
                at.frame() + seen.frameOffset());
    }

    /** Encodes finished patches and hands their states to the pool, selected for this slot. */
    private List<NearbyContextPool.States> add(
            NDManager batch, JobId job, List<PatchId> patches, List<short[]> tokens) {
        if (patches.isEmpty()) {
            return List.of();
        }
        NDList states = states(batch, tokens.toArray(short[][]::new));
        List<NearbyContextPool.States> added = new ArrayList<>();
        for (int i = 0; i < patches.size(); i++) {
            // Copies, so that a patch's memory can be freed without that of its batch.
            NDArray near = states.get(0).get(i).duplicate();
            NDArray far = states.get(1).get(i).duplicate();
            model.keep(near);
            model.keep(far);
            added.add(model.pool()
                    .add(
                            job,
                            patches.get(i),
                            new NearbyContextPool.States(tokens.get(i), near, far, model.statesBytes())));
        }
        return added;
    }

    /** Near [n, layers, 64, 2d] and far [n, layers, 16, 2d] states of n patches. */
    private NDList states(NDManager owner, short[][] patches) {
        long[] flat = new long[patches.length * TOKENS];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = patches[i / TOKENS][i % TOKENS];
        }
        NDArray tokens = owner.create(flat, new Shape(patches.length, TOKENS));
        return model.transformer().script().call(owner, "states", model.transformerWeights(), tokens);
    }

    private NDArray draw(
            NDManager batch,
            RenderSettings settings,
            List<Task.Sample> tasks,
            List<short[]> known,
            Map<PatchId, NearbyContextPool.States> context) {
        int count = Math.max(tasks.size(), smallestBatch());
        int codes = model.transformer().shape().codes();
        Slots near = new Slots(count, settings.nearSlots());
        Slots far = new Slots(count, settings.farSlots());
        long[] window = new long[count * (SIDE + 2) * (SIDE + 2)];
        float[] heights = new float[count * SIDE * FEATURES];
        float[] noise = new float[count * TOKENS * codes];
        long[] layouts = new long[count * LAYOUT_SIDE * LAYOUT_SIDE];
        for (int i = 0; i < count; i++) {
            Task.Sample task = tasks.get(Math.min(i, tasks.size() - 1));
            for (ContextPatch seen : task.context()) {
                NearbyContextPool.States states = context.get(place(task, seen));
                if (states == null) {
                    throw new IllegalStateException("context patch was not selected");
                }
                boolean isNear = Math.max(Math.abs(seen.columnOffset()), Math.abs(seen.rowOffset())) <= 1;
                (isNear ? near : far).fill(i, seen, isNear ? states.near() : states.far());
            }
            near.pad(i, emptyNear);
            far.pad(i, emptyFar);
            surround(task, codes, window, i * (SIDE + 2) * (SIDE + 2));
            for (int r = 0; r < SIDE; r++) {
                double share = (r + 0.5) / SIDE;
                double height = task.topPosition() + share * (task.bottomPosition() - task.topPosition());
                TransformerShape.heightFeatures(height, heights, (i * SIDE + r) * FEATURES);
            }
            lay(task, codes, layouts, i * LAYOUT_SIDE * LAYOUT_SIDE);
            PatchId at = task.patch();
            long cell = ((long) at.frame() * settings.gridRows() + at.row()) * settings.gridColumns() + at.column();
            GumbelNoise.fill(noise, i * TOKENS * codes, settings.seed(), at.stage(), cell, TOKENS, codes);
            if (!known.isEmpty()) {
                keep(known.get(Math.min(i, tasks.size() - 1)), codes, window, noise, i);
            }
        }
        return model.transformer()
                .script()
                .call(
                        batch,
                        "sample",
                        model.transformerWeights(),
                        near.states,
                        near.offsets(batch),
                        near.bias(batch),
                        far.states,
                        far.offsets(batch),
                        far.bias(batch),
                        batch.create(window, new Shape(count, SIDE + 2, SIDE + 2)),
                        batch.create(heights, new Shape(count, SIDE, FEATURES)),
                        batch.create(layouts, new Shape(count, LAYOUT_SIDE * LAYOUT_SIDE)),
                        batch.create(noise, new Shape(count, TOKENS, codes)),
                        settings.temperature(),
                        (long) Math.min(settings.topK(), codes))
                .singletonOrThrow();
    }

    /** Known tokens are seen by those around them from the start, and noise without end decides for them. */
    private static void keep(short[] known, int codes, long[] window, float[] noise, int patch) {
        for (int m = 0; m < TOKENS; m++) {
            if (known[m] != UNKNOWN) {
                window[(patch * (SIDE + 2) + m / SIDE + 1) * (SIDE + 2) + m % SIDE + 1] = known[m];
                noise[(patch * TOKENS + m) * codes + known[m]] = Float.POSITIVE_INFINITY;
            }
        }
    }

    /** fp32 products depend on whether they have less than four rows; bf16 ones on nothing. */
    private int smallestBatch() {
        return model.numberType() == LoadedModel.BFLOAT16 ? 1 : 4;
    }

    /** Writes the tokens around a patch from its context: [10, 10] with {@code codes} where nothing is known. */
    private static void surround(Task.Sample task, int codes, long[] window, int at) {
        Arrays.fill(window, at, at + (SIDE + 2) * (SIDE + 2), codes);
        for (ContextPatch seen : task.context()) {
            if (Math.max(Math.abs(seen.columnOffset()), Math.abs(seen.rowOffset())) != 1) {
                continue;
            }
            for (int r = 0; r < SIDE; r++) {
                for (int c = 0; c < SIDE; c++) {
                    int y = seen.rowOffset() * SIDE + r + 1;
                    int x = seen.columnOffset() * SIDE + c + 1;
                    if (y >= 0 && y < SIDE + 2 && x >= 0 && x < SIDE + 2) {
                        window[at + y * (SIDE + 2) + x] = seen.tokens()[r * SIDE + c];
                    }
                }
            }
        }
    }

    /** Writes what the patch sees of its layout: [4, 4] with {@code codes} where there is none. */
    private static void lay(Task.Sample task, int codes, long[] layouts, int at) {
        TokenBlock layout = task.layout();
        if (layout.tokens().length == 0) {
            Arrays.fill(layouts, at, at + LAYOUT_SIDE * LAYOUT_SIDE, codes);
            return;
        }
        if (layout.columns() != LAYOUT_SIDE || layout.rows() != LAYOUT_SIDE) {
            throw new IllegalArgumentException("a patch came with " + layout.columns() + " x " + layout.rows()
                    + " tokens of its layout, not " + LAYOUT_SIDE + " x " + LAYOUT_SIDE);
        }
        for (int k = 0; k < LAYOUT_SIDE * LAYOUT_SIDE; k++) {
            layouts[at + k] = layout.tokens()[k];
        }
    }

    private static List<short[]> rows(NDArray tokens) {
        long[] flat = tokens.toLongArray();
        List<short[]> rows = new ArrayList<>();
        for (int i = 0; i < flat.length; i += TOKENS) {
            short[] row = new short[TOKENS];
            for (int m = 0; m < TOKENS; m++) {
                row[m] = (short) flat[i + m];
            }
            rows.add(row);
        }
        return rows;
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
    public PixelBlock decode(TokenBlock window) {
        try (NDManager tile = slot.newSubManager()) {
            long[] wide = new long[window.tokens().length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = window.tokens()[i];
            }
            NDArray pixels = model.tokenizer()
                    .script()
                    .call(
                            tile,
                            "window_to_pixels",
                            model.tokenizerWeights(),
                            model.codebook(),
                            tile.create(wide, new Shape(window.rows(), window.columns())),
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
    public void close() {
        slot.close();
    }

    /** The context of a batch at one distance: the same number of slots for each patch, filled or not. */
    private static final class Slots {
        private final int perPatch;
        private final NDList states = new NDList();
        private final long[] offsets;
        private final float[] bias;

        Slots(int patches, int perPatch) {
            this.perPatch = perPatch;
            offsets = new long[patches * perPatch];
            bias = new float[patches * perPatch];
        }

        void fill(int patch, ContextPatch seen, NDArray seenStates) {
            if (states.size() == (patch + 1) * perPatch) {
                throw new IllegalArgumentException(
                        "a patch has more context than the " + perPatch + " slots of its job");
            }
            offsets[states.size()] = TransformerShape.offsetRow(seen.columnOffset(), seen.rowOffset());
            states.add(seenStates);
        }

        void pad(int patch, NDArray empty) {
            while (states.size() < (patch + 1) * perPatch) {
                bias[states.size()] = Float.NEGATIVE_INFINITY;
                states.add(empty);
            }
        }

        NDArray offsets(NDManager owner) {
            return owner.create(offsets, new Shape(offsets.length / perPatch, perPatch));
        }

        NDArray bias(NDManager owner) {
            return owner.create(bias, new Shape(bias.length / perPatch, perPatch));
        }
    }
}
