package handscroll.worker.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** States that follow from a patch's own tokens alone. */
final class EncodedStates extends PooledStates {

    EncodedStates(LoadedModel model, NDManager slot) {
        super(model, slot);
    }

    @Override
    Map<PatchId, NearbyContextPool.States> select(
            NDManager batch, RenderSettings settings, List<Task.Sample> tasks, List<NearbyContextPool.States> used) {
        Map<PatchId, NearbyContextPool.States> found = new LinkedHashMap<>();
        Map<PatchId, short[]> missing = new LinkedHashMap<>();
        for (Task.Sample task : tasks) {
            for (ContextPatch seen : task.context()) {
                PatchId patch = place(task, seen);
                if (found.containsKey(patch) || missing.containsKey(patch)) {
                    continue;
                }
                Optional<NearbyContextPool.States> pooled = model().pool().select(settings.job(), patch, seen.tokens());
                pooled.ifPresentOrElse(
                        states -> {
                            found.put(patch, states);
                            used.add(states);
                        },
                        () -> missing.put(patch, seen.tokens()));
            }
        }
        count(found.size(), missing.size());
        List<PatchId> patches = List.copyOf(missing.keySet());
        List<NearbyContextPool.States> made = encode(batch, settings.job(), patches, List.copyOf(missing.values()));
        used.addAll(made);
        for (int i = 0; i < patches.size(); i++) {
            found.put(patches.get(i), made.get(i));
        }
        return found;
    }

    @Override
    List<NearbyContextPool.States> add(
            NDManager batch,
            RenderSettings settings,
            List<Task.Sample> tasks,
            List<short[]> tokens,
            Map<PatchId, NearbyContextPool.States> seen) {
        return encode(
                batch, settings.job(), tasks.stream().map(Task.Sample::patch).toList(), tokens);
    }

    private List<NearbyContextPool.States> encode(
            NDManager batch, JobId job, List<PatchId> patches, List<short[]> tokens) {
        if (patches.isEmpty()) {
            return List.of();
        }
        int each = TransformerShape.PATCH_TOKENS;
        long[] flat = new long[patches.size() * each];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = tokens.get(i / each)[i % each];
        }
        NDList states = model().transformer()
                .script()
                .call(
                        batch,
                        "states",
                        model().transformerWeights(),
                        batch.create(flat, new Shape(patches.size(), each)));
        return handOver(job, patches, tokens, states);
    }
}
