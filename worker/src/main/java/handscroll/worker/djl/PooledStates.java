package handscroll.worker.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.worker.render.PatchOperators.StateUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The states of context patches as one slot sees them: found in the nearby context pool or made. What they are made
 * from is the kind of the model. Confined to the slot's thread.
 */
abstract sealed class PooledStates permits EncodedStates, RecurrentStates {

    private final LoadedModel model;
    private final NDList nothing; // [layers, 64, 2d] and [layers, 16, 2d], stand where a slot has no patch
    private StateUse use = StateUse.NONE;

    PooledStates(LoadedModel model, NDManager slot) {
        this.model = model;
        nothing = model.transformer().script().call(slot, "no_states", model.transformerWeights());
    }

    static PooledStates of(LoadedModel model, NDManager slot) {
        return model.transformer().shape().isRecurrent()
                ? new RecurrentStates(model, slot)
                : new EncodedStates(model, slot);
    }

    /**
     * Finds the states of all context patches, making those that the pool does not have.
     *
     * @param used gets all states that were selected, to be given back
     */
    abstract Map<PatchId, NearbyContextPool.States> select(
            NDManager batch, RenderSettings settings, List<Task.Sample> tasks, List<NearbyContextPool.States> used);

    /**
     * Makes the states of patches that were just drawn and hands them to the pool, selected for this slot.
     *
     * @param seen the states that they were drawn with
     */
    abstract List<NearbyContextPool.States> add(
            NDManager batch,
            RenderSettings settings,
            List<Task.Sample> tasks,
            List<short[]> tokens,
            Map<PatchId, NearbyContextPool.States> seen);

    /** Room for the context of so many patches. */
    final ContextSlots slots(int patches, RenderSettings settings) {
        return new ContextSlots(model.transformer().shape(), patches, settings, nothing);
    }

    /** Hands states to the pool, selected for this slot: near [n, layers, 64, 2d] and far [n, layers, 16, 2d]. */
    final List<NearbyContextPool.States> handOver(
            JobId job, List<PatchId> patches, List<short[]> tokens, NDList states) {
        List<NearbyContextPool.States> added = new ArrayList<>();
        for (int i = 0; i < patches.size(); i++) {
            // Copies, so that a patch's memory can be freed without that of its batch.
            NDArray near = states.get(0).get(i).duplicate();
            NDArray far = states.get(1).get(i).duplicate();
            model.keep(near);
            model.keep(far);
            var kept = new NearbyContextPool.States(tokens.get(i), near, far, model.statesBytes());
            added.add(model.pool().add(job, patches.get(i), kept));
        }
        return added;
    }

    final LoadedModel model() {
        return model;
    }

    final void count(int found, int made) {
        use = new StateUse(use.found() + found, use.made() + made);
    }

    /** States found and made since this was last asked. */
    final StateUse takeUse() {
        StateUse taken = use;
        use = StateUse.NONE;
        return taken;
    }

    /**
     * Where a patch lies that another one sees. On a canvas that wraps, a place beyond the seam is another name
     * for a patch on its other side: the pool makes its states once more, from the same tokens.
     */
    static PatchId place(Task.Sample task, ContextPatch seen) {
        return place(task.patch(), seen.columnOffset(), seen.rowOffset(), seen.frameOffset());
    }

    static PatchId place(PatchId at, int columns, int rows, int frames) {
        return new PatchId(at.stage(), at.column() + columns, at.row() + rows, at.frame() + frames);
    }
}
