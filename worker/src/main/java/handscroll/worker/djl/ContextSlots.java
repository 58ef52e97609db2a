package handscroll.worker.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RenderSettings;
import java.util.List;

/**
 * The states of a batch's context, near and far: the same number of slots for each patch, filled or not, so that a
 * patch's shape and therefore its bits depend on its job alone.
 */
final class ContextSlots {

    private final Slots near;
    private final Slots far;

    /** @param nothing what stands in an empty slot, near and far */
    ContextSlots(TransformerShape shape, int patches, RenderSettings settings, NDList nothing) {
        near = new Slots(shape, patches, settings.nearSlots(), nothing.get(0));
        far = new Slots(shape, patches, settings.farSlots(), nothing.get(1));
    }

    /** Adds a patch to the context of patch number {@code i}; patches come in the order of their numbers. */
    void fill(int i, ContextPatch seen, NearbyContextPool.States states) {
        if (TokenWindow.distance(seen) <= 1) {
            near.fill(i, seen, states.near());
        } else {
            far.fill(i, seen, states.far());
        }
    }

    /** Leaves the rest of the slots of patch number {@code i} empty. */
    void pad(int i) {
        near.pad(i);
        far.pad(i);
    }

    /** States, offsets and bias of the near slots, then of the far ones: the arguments of the network. */
    List<Object> arrays(NDManager owner) {
        return List.of(
                near.states, near.offsets(owner), near.bias(owner), far.states, far.offsets(owner), far.bias(owner));
    }

    /** Those at one distance. */
    private static final class Slots {
        private final TransformerShape shape;
        private final int patches;
        private final int perPatch;
        private final NDArray empty;
        private final NDList states = new NDList();
        private final long[] offsets;
        private final float[] bias;

        Slots(TransformerShape shape, int patches, int perPatch, NDArray empty) {
            this.shape = shape;
            this.patches = patches;
            this.perPatch = perPatch;
            this.empty = empty;
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

        void pad(int patch) {
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
