package handscroll.worker.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * States that follow from a patch's tokens and from the states of what it saw inside its block (the cached layer
 * inputs of NUWA-Infinity, PAPERS 1.4).
 */
final class RecurrentStates extends PooledStates {

    /** Bounds the memory of one pass; no result depends on it. */
    private static final int MOST_AT_ONCE = 16;

    /** A patch whose recurrent states are wanted, and those whose states these are made from. */
    private record Remembered(PatchId patch, RememberedPatch what, List<PatchId> seen) {
        Remembered {
            // Sums depend on the order of their parts: it is that of the canvas, however the task came by it.
            seen = seen.stream()
                    .sorted(Comparator.comparingInt(PatchId::row).thenComparingInt(PatchId::column))
                    .toList();
        }
    }

    RecurrentStates(LoadedModel model, NDManager slot) {
        super(model, slot);
    }

    /**
     * Those that the pool does not have are made anew, and so are those that they are made from, back to what the
     * pool has or to the edge of their block. Each pass computes the states of patches that do not see each other;
     * what a patch sees in it, and therefore its states to the last bit, does not depend on what the pool happened
     * to hold.
     */
    @Override
    Map<PatchId, NearbyContextPool.States> select(
            NDManager batch, RenderSettings settings, List<Task.Sample> tasks, List<NearbyContextPool.States> used) {
        Map<PatchId, Remembered> known = told(tasks);
        Deque<PatchId> wanted = new ArrayDeque<>();
        tasks.forEach(task -> task.context().forEach(seen -> wanted.add(place(task, seen))));
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
            model().pool()
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
        count(found.size(), missing.size());
        while (!missing.isEmpty()) {
            List<Remembered> now = missing.values().stream()
                    .filter(one -> found.keySet().containsAll(one.seen()))
                    .limit(MOST_AT_ONCE)
                    .toList();
            if (now.isEmpty()) {
                throw new IllegalArgumentException("patches that wait for each other's states: " + missing.keySet());
            }
            List<NearbyContextPool.States> made = make(batch, settings, now, found);
            used.addAll(made);
            for (int i = 0; i < made.size(); i++) {
                found.put(now.get(i).patch(), made.get(i));
                missing.remove(now.get(i).patch());
            }
        }
        return found;
    }

    /** What tasks say of the patches that they remember. */
    private static Map<PatchId, Remembered> told(List<Task.Sample> tasks) {
        Map<PatchId, Remembered> known = new LinkedHashMap<>();
        for (Task.Sample task : tasks) {
            List<PatchId> places = task.memory().stream()
                    .map(one -> place(task.patch(), one.columnOffset(), one.rowOffset(), one.frameOffset()))
                    .toList();
            for (int i = 0; i < places.size(); i++) {
                RememberedPatch what = task.memory().get(i);
                List<PatchId> seen = new ArrayList<>();
                for (short position : what.seen()) {
                    seen.add(places.get(position));
                }
                known.putIfAbsent(places.get(i), new Remembered(places.get(i), what, seen));
            }
        }
        return known;
    }

    @Override
    List<NearbyContextPool.States> add(
            NDManager batch,
            RenderSettings settings,
            List<Task.Sample> tasks,
            List<short[]> tokens,
            Map<PatchId, NearbyContextPool.States> seen) {
        List<Remembered> drawn = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            Task.Sample task = tasks.get(i);
            PatchId patch = task.patch();
            List<PatchId> inBlock = task.context().stream()
                    .map(context -> place(task, context))
                    .filter(other -> other.frame() == patch.frame()
                            && RememberedPatch.shareABlock(patch.column(), patch.row(), other.column(), other.row()))
                    .toList();
            var what = new RememberedPatch(
                    0, 0, 0, tokens.get(i), task.topPosition(), task.bottomPosition(), new short[0]);
            drawn.add(new Remembered(patch, what, inBlock));
        }
        return make(batch, settings, drawn, seen);
    }

    /** Makes the states of patches from those of what each saw inside its block, and hands them to the pool. */
    private List<NearbyContextPool.States> make(
            NDManager batch,
            RenderSettings settings,
            List<Remembered> patches,
            Map<PatchId, NearbyContextPool.States> states) {
        TransformerShape shape = model().transformer().shape();
        int each = TransformerShape.PATCH_TOKENS;
        int count = patches.size();
        ContextSlots context = slots(count, settings);
        long[] tokens = new long[count * each];
        long[] neighbours = new long[count * each * 8];
        float[] heights = new float[count * PatchInputs.HEIGHTS];
        long[] window = new long[TokenWindow.TOKENS];
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
                context.fill(i, new ContextPatch(columns, rows, 0, held.tokens()), held);
                TokenWindow.surround(columns, rows, held.tokens(), window, 0);
            }
            context.pad(i);
            short[] own = one.what().tokens();
            for (int m = 0; m < each; m++) {
                tokens[i * each + m] = own[m];
                TokenWindow.lookAround(window, own, m, neighbours, (i * each + m) * 8);
            }
            PatchInputs.heights(one.what().topPosition(), one.what().bottomPosition(), heights, i);
        }
        long[] layouts = new long[count * PatchInputs.LAYOUT];
        Arrays.fill(layouts, shape.codes());
        List<Object> arguments = new ArrayList<>();
        arguments.add(model().transformerWeights());
        arguments.add(batch.create(tokens, new Shape(count, each)));
        arguments.addAll(context.arrays(batch));
        arguments.add(batch.create(neighbours, new Shape(count, each, 8)));
        arguments.add(PatchInputs.heights(batch, heights, count));
        arguments.add(batch.create(layouts, new Shape(count, PatchInputs.LAYOUT)));
        NDList made = model().transformer().script().call(batch, "recurrent_states", arguments.toArray());
        return handOver(
                settings.job(),
                patches.stream().map(Remembered::patch).toList(),
                patches.stream().map(one -> one.what().tokens()).toList(),
                made);
    }
}
