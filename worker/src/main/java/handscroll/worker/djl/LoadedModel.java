package handscroll.worker.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * The weights of one model on one device, and the pool of states made with them: what all slots of a
 * process share. Any thread may read; whoever loaded it closes it after the last slot.
 */
public final class LoadedModel implements AutoCloseable {

    /** How TorchScript numbers bf16. */
    static final long BFLOAT16 = 15;

    private final TokenizerNetwork tokenizer;
    private final TransformerNetwork transformer;
    private final NDManager process; // of everything below
    private final NDManager states; // of what the pool holds
    private final long numberType;
    private final NDArray tokenizerWeights;
    private final NDArray codebook; // [codes, dim]
    private final NDArray transformerWeights; // flat, in the number type
    private final NearbyContextPool pool;

    /** @param poolBytes of native memory for states of rendered patches */
    public LoadedModel(ModelDirectory model, Device device, long poolBytes) {
        process = LibTorch.newManager(device);
        states = process.newSubManager();
        LibTorch.forbidGradients();
        tokenizer = new TokenizerNetwork(model.tokenizer());
        transformer = new TransformerNetwork(model.transformer());
        numberType = LibTorch.numberType(device);
        NDManager weights = process.newSubManager();
        tokenizerWeights = weights.create(model.tokenizerWeights());
        codebook = weights.create(
                model.codebook(),
                new Shape(model.tokenizer().codes(), model.tokenizer().dim()));
        try (NDManager loading = process.newSubManager()) {
            NDArray full = loading.create(model.transformerWeights());
            transformerWeights =
                    transformer.script().call(weights, "cast", full, numberType).singletonOrThrow();
        }
        weights.cap(); // from here on, whatever would leak into the weights' scope throws
        pool = new NearbyContextPool(poolBytes);
    }

    /** The operators of one slot; opened and used by that slot's thread. */
    public SlotOperators open() {
        return new SlotOperators(this);
    }

    TokenizerNetwork tokenizer() {
        return tokenizer;
    }

    TransformerNetwork transformer() {
        return transformer;
    }

    /** A scope for the life of one slot. */
    NDManager newSlotManager() {
        return process.newSubManager();
    }

    /** Hands an array over to the pool's scope. */
    void keep(NDArray array) {
        array.attach(states);
    }

    long numberType() {
        return numberType;
    }

    NDArray tokenizerWeights() {
        return tokenizerWeights;
    }

    NDArray codebook() {
        return codebook;
    }

    NDArray transformerWeights() {
        return transformerWeights;
    }

    /** Native memory that the states of one patch take: DJL cannot be asked for the size of a bf16. */
    long statesBytes() {
        TransformerShape shape = transformer.shape();
        long rows = TransformerShape.PATCH_TOKENS + TransformerShape.PATCH_TOKENS / 4;
        return shape.layers() * rows * 2 * shape.width() * (numberType == BFLOAT16 ? 2 : 4);
    }

    NearbyContextPool pool() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
        process.close();
        tokenizer.close();
        transformer.close();
    }
}
