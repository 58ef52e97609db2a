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
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.render.PatchOperators;
import handscroll.worker.text.TextEncoder;
import handscroll.worker.text.TextStates;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model's operators on PyTorch for one slot. Confined to the thread that opened it. */
public final class SlotOperators implements PatchOperators {

    private static final int SIDE = TransformerShape.PATCH_SIDE;
    private static final int TOKENS = TransformerShape.PATCH_TOKENS;
    private static final int WINDOW = SIDE + 2;
    /** Bounds the memory of one pass; no result depends on it. */
    private static final int MOST_REMEMBERED_AT_ONCE = 16;

    private static final int LAYOUT_SIDE = TransformerShape.LAYOUT_SIDE;
    private static final int FEATURES = TransformerShape.HEIGHT_FEATURES;

    private static final short UNKNOWN = -1;

    private final LoadedModel model;
    private final NDManager slot;
    private final NDArray emptyNear; // [layers, 64, 2d], stands where a slot has no patch
    private final NDArray emptyFar; // [layers, 16, 2d]
    private long statesFound;
    private long statesMade;

    SlotOperators(LoadedModel model) {
        LibTorch.forbidGradients();
        this.model = model;
        this.slot = model.newSlotManager();
        NDList nothing = model.transformer().script().call(slot, "no_states", model.transformerWeights());
        emptyNear = nothing.get(0);
        emptyFar = nothing.get(1);
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
    private List<short[]> sample(List<Patch> patches, List<short[]> known) {
        List<NearbyContextPool.States> used = new ArrayList<>();
        try (NDManager batch = slot.newSubManager()) {
            boolean recurrent = model.transformer().shape().isRecurrent();
            Map<RenderSettings, List<Integer>> jobs = byJob(patches);
            Map<JobId, Map<PatchId, NearbyContextPool.States>> contexts = new HashMap<>();
            jobs.forEach((settings, positions) -> {
                List<Task.Sample> tasks =
                        positions.stream().map(i -> patches.get(i).task()).toList();
                contexts.put(
                        settings.job(),
                        recurrent
                                ? remember(batch, settings, tasks, used)
                                : select(batch, settings.job(), tasks, used));
            });
            NDArray drawn = draw(batch, patches, known, contexts); // [B, 64]
            List<short[]> tokens = rows(drawn).subList(0, patches.size());
            jobs.forEach((settings, positions) -> {
                List<Task.Sample> tasks =
                        positions.stream().map(i -> patches.get(i).task()).toList();
                List<short[]> own = positions.stream().map(tokens::get).toList();
                List<PatchId> places = tasks.stream().map(Task.Sample::patch).toList();
                used.addAll(
                        recurrent
                                ? handOver(
                                        settings.job(),
                                        places,
                                        own,
                                        recurrentStates(
                                                batch, settings, drawn(tasks, own), contextOf(contexts, settings)))
                                : add(batch, settings.job(), places, own));
            });
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

    private static Map<PatchId, NearbyContextPool.States> contextOf(
            Map<JobId, Map<PatchId, NearbyContextPool.States>> contexts, RenderSettings settings) {
        return contexts.getOrDefault(settings.job(), Map.of());
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
        statesFound += found.size();
        statesMade += missing.size();
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
        return place(task.patch(), seen.columnOffset(), seen.rowOffset(), seen.frameOffset());
    }

    private static PatchId place(PatchId at, int columns, int rows, int frames) {
        return new PatchId(at.stage(), at.column() + columns, at.row() + rows, at.frame() + frames);
    }

    /** A patch whose recurrent states are wanted, and those whose states these are made from. */
    private record Remembered(PatchId patch, RememberedPatch what, List<PatchId> seen) {
        Remembered {
            // Sums depend on the order of their parts: it is that of the canvas, however the task came by it.
            seen = seen.stream()
                    .sorted(Comparator.comparingInt(PatchId::row).thenComparingInt(PatchId::column))
                    .toList();
        }
    }

    /**
     * Finds the recurrent states of all context patches. Those that the pool does not have are made anew, and so
     * are those that they are made from, back to what the pool has or to the edge of their block. Each pass
     * computes the states of patches that do not see each other; what a patch sees in it, and therefore its
     * states to the last bit, does not depend on what the pool happened to hold.
     */
    private Map<PatchId, NearbyContextPool.States> remember(
            NDManager batch, RenderSettings settings, List<Task.Sample> tasks, List<NearbyContextPool.States> used) {
        Map<PatchId, Remembered> known = new LinkedHashMap<>();
        Deque<PatchId> wanted = new ArrayDeque<>();
        for (Task.Sample task : tasks) {
            List<PatchId> places = task.memory().stream()
                    .map(one -> place(task.patch(), one.columnOffset(), one.rowOffset(), one.frameOffset()))
                    .toList();
            for (int i = 0; i < places.size(); i++) {
                List<PatchId> seen = new ArrayList<>();
                for (short position : task.memory().get(i).seen()) {
                    seen.add(places.get(position));
                }
                known.putIfAbsent(
                        places.get(i),
                        new Remembered(places.get(i), task.memory().get(i), seen));
            }
            task.context().forEach(seen -> wanted.add(place(task, seen)));
        }
        Map<PatchId, NearbyContextPool.States> found = new LinkedHashMap<>();
        Map<PatchId, Remembered> missing = new LinkedHashMap<>();
        while (!wanted.isEmpty()) {
            PatchId patch = wanted.remove();
            Remembered one = known.get(patch);
            if (one == null) {
                throw new IllegalArgumentException(
                        "patch " + patch + " is context, and the task does not say what its states remember");
            }
            if (found.containsKey(patch) || missing.containsKey(patch)) {
                continue;
            }
            model.pool()
                    .select(settings.job(), patch, one.what().tokens())
                    .ifPresentOrElse(
                            states -> {
                                found.put(patch, states);
                                used.add(states);
                            },
                            () -> {
                                missing.put(patch, one);
                                wanted.addAll(one.seen());
                            });
        }
        statesFound += found.size();
        statesMade += missing.size();
        while (!missing.isEmpty()) {
            List<Remembered> now = missing.values().stream()
                    .filter(one -> found.keySet().containsAll(one.seen()))
                    .limit(MOST_REMEMBERED_AT_ONCE)
                    .toList();
            if (now.isEmpty()) {
                throw new IllegalArgumentException("patches that wait for each other's states: " + missing.keySet());
            }
            List<PatchId> patches = now.stream().map(Remembered::patch).toList();
            List<short[]> tokens = now.stream().map(one -> one.what().tokens()).toList();
            NDList states = recurrentStates(batch, settings, now, found);
            List<NearbyContextPool.States> made = handOver(settings.job(), patches, tokens, states);
            used.addAll(made);
            for (int i = 0; i < made.size(); i++) {
                found.put(patches.get(i), made.get(i));
                missing.remove(patches.get(i));
            }
        }
        return found;
    }

    /** Patches that were just drawn, while the states of all that they saw are at hand. */
    private static List<Remembered> drawn(List<Task.Sample> tasks, List<short[]> tokens) {
        List<Remembered> drawn = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            Task.Sample task = tasks.get(i);
            PatchId patch = task.patch();
            List<PatchId> seen = task.context().stream()
                    .map(context -> place(task, context))
                    .filter(other -> other.frame() == patch.frame()
                            && RememberedPatch.shareABlock(patch.column(), patch.row(), other.column(), other.row()))
                    .toList();
            var what = new RememberedPatch(
                    0, 0, 0, tokens.get(i), task.topPosition(), task.bottomPosition(), new short[0]);
            drawn.add(new Remembered(patch, what, seen));
        }
        return drawn;
    }

    /** Near and far states of patches, from those of what each saw inside its block. */
    private NDList recurrentStates(
            NDManager owner,
            RenderSettings settings,
            List<Remembered> patches,
            Map<PatchId, NearbyContextPool.States> states) {
        TransformerShape shape = model.transformer().shape();
        int count = patches.size();
        Slots near = new Slots(shape, count, settings.nearSlots());
        Slots far = new Slots(shape, count, settings.farSlots());
        long[] tokens = new long[count * TOKENS];
        long[] neighbours = new long[count * TOKENS * 8];
        float[] heights = new float[count * SIDE * FEATURES];
        long[] window = new long[WINDOW * WINDOW];
        for (int i = 0; i < count; i++) {
            Remembered one = patches.get(i);
            Arrays.fill(window, shape.codes());
            for (PatchId seen : one.seen()) {
                NearbyContextPool.States held = states.get(seen);
                if (held == null) {
                    throw new IllegalStateException("a patch was to be remembered before what it saw");
                }
                int columns = seen.column() - one.patch().column();
                int rows = seen.row() - one.patch().row();
                boolean isNear = Math.max(Math.abs(columns), Math.abs(rows)) <= 1;
                (isNear ? near : far)
                        .fill(i, new ContextPatch(columns, rows, 0, held.tokens()), isNear ? held.near() : held.far());
                surround(columns, rows, held.tokens(), window, 0);
            }
            near.pad(i, emptyNear);
            far.pad(i, emptyFar);
            short[] own = one.what().tokens();
            for (int m = 0; m < TOKENS; m++) {
                tokens[i * TOKENS + m] = own[m];
                lookAround(window, own, m, neighbours, (i * TOKENS + m) * 8);
            }
            heights(one.what().topPosition(), one.what().bottomPosition(), heights, i);
        }
        long[] layouts = new long[count * LAYOUT_SIDE * LAYOUT_SIDE];
        Arrays.fill(layouts, shape.codes());
        return model.transformer()
                .script()
                .call(
                        owner,
                        "recurrent_states",
                        model.transformerWeights(),
                        owner.create(tokens, new Shape(count, TOKENS)),
                        near.states,
                        near.offsets(owner),
                        near.bias(owner),
                        far.states,
                        far.offsets(owner),
                        far.bias(owner),
                        owner.create(neighbours, new Shape(count, TOKENS, 8)),
                        owner.create(heights, new Shape(count, SIDE, FEATURES)),
                        owner.create(layouts, new Shape(count, LAYOUT_SIDE * LAYOUT_SIDE)));
    }

    /** The eight tokens around token {@code m} that were known when it was drawn. */
    private static void lookAround(long[] window, short[] own, int m, long[] neighbours, int at) {
        for (int place = 0; place < 9; place++) {
            if (place == 4) {
                continue;
            }
            int r = m / SIDE + place / 3 - 1;
            int c = m % SIDE + place % 3 - 1;
            boolean inside = r >= 0 && r < SIDE && c >= 0 && c < SIDE;
            boolean earlier = inside && place < 4;
            neighbours[at + place - (place > 4 ? 1 : 0)] =
                    earlier ? own[r * SIDE + c] : window[(r + 1) * WINDOW + c + 1];
        }
    }

    /** Encodes finished patches and hands their states to the pool, selected for this slot. */
    private List<NearbyContextPool.States> add(
            NDManager batch, JobId job, List<PatchId> patches, List<short[]> tokens) {
        if (patches.isEmpty()) {
            return List.of();
        }
        return handOver(job, patches, tokens, states(batch, tokens.toArray(short[][]::new)));
    }

    /** Hands states to the pool, selected for this slot: near [n, layers, 64, 2d] and far [n, layers, 16, 2d]. */
    private List<NearbyContextPool.States> handOver(
            JobId job, List<PatchId> patches, List<short[]> tokens, NDList states) {
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
            List<Patch> patches,
            List<short[]> known,
            Map<JobId, Map<PatchId, NearbyContextPool.States>> contexts) {
        RenderSettings shape = patches.get(0).settings();
        int drawn = Math.max(patches.size(), smallestBatch());
        boolean guided = shape.guidance() != 1 && model.transformer().shape().knowsTexts();
        // Guided, each patch comes twice: as it shall be, and once more without its text.
        int count = guided ? 2 * drawn : drawn;
        int codes = model.transformer().shape().codes();
        Slots near = new Slots(model.transformer().shape(), count, shape.nearSlots());
        Slots far = new Slots(model.transformer().shape(), count, shape.farSlots());
        long[] window = new long[count * WINDOW * WINDOW];
        float[] heights = new float[count * SIDE * FEATURES];
        float[] noise = new float[drawn * TOKENS * codes];
        float[] texts = new float[count * TextStates.MOST * TextStates.WIDTH];
        float[] textBias = new float[count * TextStates.MOST];
        long[] layouts = new long[count * LAYOUT_SIDE * LAYOUT_SIDE];
        int framesBefore = model.transformer().shape().framesBefore();
        long[] before = new long[count * TOKENS * framesBefore * 9];
        for (int i = 0; i < count; i++) {
            Patch patch = patches.get(Math.min(i % drawn, patches.size() - 1));
            Task.Sample task = patch.task();
            RenderSettings settings = patch.settings();
            for (ContextPatch seen : task.context()) {
                NearbyContextPool.States states = contextOf(contexts, settings).get(place(task, seen));
                if (states == null) {
                    throw new IllegalStateException("context patch was not selected");
                }
                boolean isNear = distance(seen) <= 1;
                (isNear ? near : far).fill(i, seen, isNear ? states.near() : states.far());
            }
            near.pad(i, emptyNear);
            far.pad(i, emptyFar);
            surround(task, codes, window, i * WINDOW * WINDOW);
            heights(task.topPosition(), task.bottomPosition(), heights, i);
            lay(task, codes, layouts, i * LAYOUT_SIDE * LAYOUT_SIDE);
            lookBack(task, codes, framesBefore, before, i * TOKENS * framesBefore * 9);
            told(patch, i < drawn).fill(texts, textBias, i);
            if (i >= drawn) {
                if (!known.isEmpty()) {
                    show(known.get(Math.min(i % drawn, patches.size() - 1)), window, i);
                }
                continue;
            }
            PatchId at = task.patch();
            long cell = ((long) at.frame() * settings.gridRows() + at.row()) * settings.gridColumns() + at.column();
            GumbelNoise.fill(noise, i * TOKENS * codes, settings.seed(), at.stage(), cell, TOKENS, codes);
            if (!known.isEmpty()) {
                keep(known.get(Math.min(i, patches.size() - 1)), codes, window, noise, i);
            }
        }
        boolean inRounds = model.transformer().shape().isParallel();
        List<Object> arguments = new ArrayList<>(List.of(
                model.transformerWeights(),
                near.states,
                near.offsets(batch),
                near.bias(batch),
                far.states,
                far.offsets(batch),
                far.bias(batch),
                batch.create(window, new Shape(count, WINDOW, WINDOW)),
                batch.create(heights, new Shape(count, SIDE, FEATURES)),
                batch.create(layouts, new Shape(count, LAYOUT_SIDE * LAYOUT_SIDE)),
                batch.create(texts, new Shape(count, TextStates.MOST, TextStates.WIDTH)),
                batch.create(textBias, new Shape(count, TextStates.MOST)),
                batch.create(before, new Shape(count, TOKENS, framesBefore * 9L)),
                batch.create(noise, new Shape(drawn, TOKENS, codes))));
        long topK = Math.min(shape.topK(), codes);
        if (inRounds) {
            long[] counts = Rounds.counts(shape.rounds());
            arguments.addAll(List.of(
                    topK,
                    batch.create(Rounds.order()),
                    batch.create(counts),
                    batch.create(Rounds.temperatures(shape.temperature(), counts.length)),
                    shape.guidance()));
        } else {
            arguments.addAll(List.of(shape.temperature(), topK, shape.guidance()));
        }
        return model.transformer()
                .script()
                .call(batch, inRounds ? "sample_in_rounds" : "sample", arguments.toArray())
                .singletonOrThrow();
    }

    /** Known tokens are seen by those around them from the start, and noise without end decides for them. */
    private static void keep(short[] known, int codes, long[] window, float[] noise, int patch) {
        show(known, window, patch);
        for (int m = 0; m < TOKENS; m++) {
            if (known[m] != UNKNOWN) {
                noise[(patch * TOKENS + m) * codes + known[m]] = Float.POSITIVE_INFINITY;
            }
        }
    }

    private static void show(short[] known, long[] window, int patch) {
        for (int m = 0; m < TOKENS; m++) {
            if (known[m] != UNKNOWN) {
                window[(patch * WINDOW + m / SIDE + 1) * WINDOW + m % SIDE + 1] = known[m];
            }
        }
    }

    /** The states of what is said of a patch, if it is to be told. */
    private TextStates told(Patch patch, boolean tell) {
        int text = patch.task().text();
        if (!tell || text == Task.Sample.NO_TEXT || !model.transformer().shape().knowsTexts()) {
            return TextStates.NONE;
        }
        return TextEncoder.instance().encode(patch.settings().texts().get(text));
    }

    /** Writes the heights of the token rows of patch number {@code i}. */
    private static void heights(double top, double bottom, float[] heights, int i) {
        for (int r = 0; r < SIDE; r++) {
            double share = (r + 0.5) / SIDE;
            TransformerShape.heightFeatures(top + share * (bottom - top), heights, (i * SIDE + r) * FEATURES);
        }
    }

    /** fp32 products depend on whether they have less than four rows; bf16 ones on nothing. */
    private int smallestBatch() {
        return model.numberType() == LoadedModel.BFLOAT16 ? 1 : 4;
    }

    /** Writes the tokens around a patch from its context: [10, 10] with {@code codes} where nothing is known. */
    private static void surround(Task.Sample task, int codes, long[] window, int at) {
        Arrays.fill(window, at, at + WINDOW * WINDOW, codes);
        for (ContextPatch seen : task.context()) {
            if (seen.frameOffset() != 0 || distance(seen) != 1) {
                continue;
            }
            surround(seen.columnOffset(), seen.rowOffset(), seen.tokens(), window, at);
        }
    }

    /** How far away a patch is in space or in time, whichever is more. */
    private static int distance(ContextPatch seen) {
        int inFrame = Math.max(Math.abs(seen.columnOffset()), Math.abs(seen.rowOffset()));
        return Math.max(inFrame, -seen.frameOffset());
    }

    /** Writes what each token sees of the frames before: [64, frames * 9] with {@code codes} where nothing is known. */
    private static void lookBack(Task.Sample task, int codes, int frames, long[] before, int at) {
        long[] window = new long[WINDOW * WINDOW];
        for (int back = 1; back <= frames; back++) {
            Arrays.fill(window, codes);
            for (ContextPatch seen : task.context()) {
                boolean isThere = seen.frameOffset() == -back
                        && Math.abs(seen.columnOffset()) <= 1
                        && Math.abs(seen.rowOffset()) <= 1;
                if (isThere) {
                    surround(seen.columnOffset(), seen.rowOffset(), seen.tokens(), window, 0);
                }
            }
            for (int m = 0; m < TOKENS; m++) {
                int first = at + (m * frames + back - 1) * 9;
                for (int place = 0; place < 9; place++) {
                    before[first + place] = window[(m / SIDE + place / 3) * WINDOW + m % SIDE + place % 3];
                }
            }
        }
    }

    private static void surround(int columns, int rows, short[] tokens, long[] window, int at) {
        for (int r = 0; r < SIDE; r++) {
            for (int c = 0; c < SIDE; c++) {
                int y = rows * SIDE + r + 1;
                int x = columns * SIDE + c + 1;
                if (y >= 0 && y < WINDOW && x >= 0 && x < WINDOW) {
                    window[at + y * WINDOW + x] = tokens[r * SIDE + c];
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
    public StateUse takeStateUse() {
        StateUse use = new StateUse(statesFound, statesMade);
        statesFound = 0;
        statesMade = 0;
        return use;
    }

    @Override
    public void close() {
        slot.close();
    }

    /** The context of a batch at one distance: the same number of slots for each patch, filled or not. */
    private static final class Slots {
        private final TransformerShape shape;
        private final int patches;
        private final int perPatch;
        private final NDList states = new NDList();
        private final long[] offsets;
        private final float[] bias;

        Slots(TransformerShape shape, int patches, int perPatch) {
            this.shape = shape;
            this.patches = patches;
            this.perPatch = perPatch;
            offsets = new long[patches * perPatch];
            bias = new float[patches * perPatch];
        }

        void fill(int patch, ContextPatch seen, NDArray seenStates) {
            if (states.size() >= (patch + 1) * perPatch) {
                throw new IllegalArgumentException(
                        "a patch has more context than the " + perPatch + " slots of its job");
            }
            offsets[states.size()] = shape.offsetRow(seen.columnOffset(), seen.rowOffset(), seen.frameOffset());
            states.add(seenStates);
        }

        void pad(int patch, NDArray empty) {
            while (states.size() < (patch + 1) * perPatch) {
                bias[states.size()] = Float.NEGATIVE_INFINITY;
                states.add(empty);
            }
        }

        NDArray offsets(NDManager owner) {
            return owner.create(offsets, new Shape(patches, perPatch));
        }

        NDArray bias(NDManager owner) {
            return owner.create(bias, new Shape(patches, perPatch));
        }
    }
}
