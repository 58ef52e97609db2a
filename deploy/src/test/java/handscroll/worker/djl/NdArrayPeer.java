package handscroll.worker.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's mathematics in operations on NDArrays, called from Java one after the other: one patch at a time, one token
 * at a time, with the same cached states of the patches around. What a farm is measured against that batches patches
 * and has the whole loop in one native call.
 *
 * <p>The weights are those of the renders, rounded to bf16 as there. Products are fp32 here, because DJL has no bf16
 * arrays: tokens whose two likeliest codes are close come out different now and then, and with them what follows.
 */
public final class NdArrayPeer implements AutoCloseable {

    private static final int SIDE = TransformerShape.PATCH_SIDE;
    private static final int TOKENS = TransformerShape.PATCH_TOKENS;
    private static final float EPSILON = 1e-5f;

    private final NDManager process;
    private final Map<String, NDArray> weights = new HashMap<>();
    private final NDArray codebook;
    private final NDArray head; // [codes, d]
    private final TransformerShape shape;
    private final int width;
    private final int heads;
    private final Map<PatchId, States> pool = new HashMap<>();

    /** @param keys of each layer for each token [n, d], {@code values} likewise */
    private record States(
            List<NDArray> nearKeys, List<NDArray> nearValues, List<NDArray> farKeys, List<NDArray> farValues) {}

    public NdArrayPeer(ModelCard card) {
        ModelDirectory model = ModelDirectory.load(card);
        process = LibTorch.newManager(Device.cpu());
        LibTorch.forbidGradients();
        shape = model.transformer();
        width = shape.width();
        heads = shape.heads();
        take(shape.layout(), model.transformerWeights());
        take(model.tokenizer().layout(), model.tokenizerWeights());
        codebook = process.create(
                model.codebook(),
                new Shape(model.tokenizer().codes(), model.tokenizer().dim()));
        NDArray codes = weight("code").get(new NDIndex("0:{}", shape.codes()));
        head = weight("head.own").add(codes.matMul(weight("head.shared")));
    }

    private void take(ParameterLayout layout, float[] flat) {
        Map<String, float[]> pieces = layout.cut(flat);
        for (ParameterLayout.Parameter parameter : layout.parameters()) {
            float[] piece = pieces.get(parameter.name());
            for (int i = 0; i < piece.length; i++) {
                piece[i] = bfloat16(piece[i]);
            }
            long[] dimensions =
                    parameter.shape().stream().mapToLong(Integer::longValue).toArray();
            weights.put(parameter.name(), process.create(piece, new Shape(dimensions)));
        }
    }

    /** To the nearest number with eight bits of mantissa, ties to the even one. */
    private static float bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat(bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000);
    }

    /** Draws one patch. Its context must have been {@linkplain #add added}. */
    public short[] sample(RenderSettings settings, Task.Sample task) {
        try (NDManager patch = process.newSubManager()) {
            int codes = shape.codes();
            List<NDArray> keys = new ArrayList<>();
            List<NDArray> values = new ArrayList<>();
            int known = context(patch, task, keys, values);
            long[] window = new long[(SIDE + 2) * (SIDE + 2)];
            surround(task, codes, window);
            float[] heights = new float[SIDE * TransformerShape.HEIGHT_FEATURES];
            for (int row = 0; row < SIDE; row++) {
                double share = (row + 0.5) / SIDE;
                TransformerShape.heightFeatures(
                        task.topPosition() + share * (task.bottomPosition() - task.topPosition()),
                        heights,
                        row * TransformerShape.HEIGHT_FEATURES);
            }
            NDArray height =
                    linear("vertical", patch.create(heights, new Shape(SIDE, TransformerShape.HEIGHT_FEATURES)));
            NDArray position = overLayout(patch, task.layout(), codes).add(weight("position")); // [64, d]
            float[] noise = new float[TOKENS * codes];
            PatchId at = task.patch();
            long cell = ((long) at.frame() * settings.gridRows() + at.row()) * settings.gridColumns() + at.column();
            GumbelNoise.fill(noise, 0, settings.seed(), at.stage(), cell, TOKENS, codes);

            short[] tokens = new short[TOKENS];
            for (int m = 0; m < TOKENS; m++) {
                try (NDManager step = patch.newSubManager()) {
                    int row = m / SIDE;
                    int column = m % SIDE;
                    NDArray x = linear(
                                    "around",
                                    embed(step.create(around(window, row, column)))
                                            .reshape(1, -1))
                            .add(position.get(m))
                            .add(height.get(row)); // [1, d]
                    for (int layer = 0; layer < shape.layers(); layer++) {
                        x = decode("decoder." + layer, x, keys.get(layer), values.get(layer), known + m);
                    }
                    NDArray logits = norm("head.norm", x)
                            .matMul(head.transpose())
                            .add(weight("head.bias"))
                            .reshape(codes);
                    NDArray floor = logits.topK(settings.sampling().topK(), 0)
                            .get(0)
                            .get(settings.sampling().topK() - 1L);
                    float[] own = Arrays.copyOfRange(noise, m * codes, (m + 1) * codes);
                    NDArray drawn =
                            logits.div(settings.sampling().temperature()).add(step.create(own));
                    NDArray nothing = step.full(new Shape(codes), Float.NEGATIVE_INFINITY, DataType.FLOAT32);
                    long token = NDArrays.where(logits.gte(floor), drawn, nothing)
                            .argMax()
                            .getLong();
                    tokens[m] = (short) token;
                    window[(row + 1) * (SIDE + 2) + column + 1] = token;
                }
            }
            return tokens;
        }
    }

    /** Keys and values of the context for each layer, with room for the patch's own; how many there are. */
    private int context(NDManager patch, Task.Sample task, List<NDArray> keys, List<NDArray> values) {
        int known = 0;
        for (int layer = 0; layer < shape.layers(); layer++) {
            NDArray empty = weight("decoder." + layer + ".empty").get(0); // [2, d]
            NDArray offsets = weight("decoder." + layer + ".offset");
            NDList layerKeys = new NDList(empty.get(new NDIndex("0:1")));
            NDList layerValues = new NDList(empty.get(new NDIndex("1:2")));
            for (ContextPatch seen : task.context()) {
                PatchId at = task.patch();
                States states = pool.get(new PatchId(
                        at.stage(), at.column() + seen.columnOffset(), at.row() + seen.rowOffset(), at.frame()));
                if (states == null) {
                    throw new IllegalStateException("a patch of the context was not added");
                }
                boolean isNear = Math.max(Math.abs(seen.columnOffset()), Math.abs(seen.rowOffset())) <= 1;
                NDArray moved = offsets.get(shape.offsetRow(seen.columnOffset(), seen.rowOffset()));
                layerKeys.add((isNear ? states.nearKeys() : states.farKeys())
                        .get(layer)
                        .add(moved));
                layerValues.add((isNear ? states.nearValues() : states.farValues()).get(layer));
            }
            NDArray room = patch.zeros(new Shape(TOKENS, width));
            known = (int)
                    layerKeys.stream().mapToLong(each -> each.getShape().get(0)).sum();
            layerKeys.add(room);
            layerValues.add(room);
            keys.add(splitHeads(NDArrays.concat(layerKeys)).duplicate());
            values.add(splitHeads(NDArrays.concat(layerValues)).duplicate());
            keys.get(layer).attach(patch);
            values.get(layer).attach(patch);
        }
        return known;
    }

    /** One layer for one token; its key and value go to the place after the {@code known} ones. */
    private NDArray decode(String name, NDArray x, NDArray keys, NDArray values, int known) {
        NDArray qkv = linear(name + ".qkv", norm(name + ".norm1", x)).reshape(3, heads, width / heads);
        keys.set(new NDIndex(":, {}", known), qkv.get(1));
        values.set(new NDIndex(":, {}", known), qkv.get(2));
        NDArray query = qkv.get(0).mul(scale()).reshape(heads, 1, width / heads);
        NDArray shares = query.matMul(
                        keys.get(new NDIndex(":, 0:{}", known + 1)).transpose(0, 2, 1))
                .softmax(-1);
        NDArray seen = shares.matMul(values.get(new NDIndex(":, 0:{}", known + 1)));
        return feedForward(name, x.add(linear(name + ".out", seen.reshape(1, width))));
    }

    /** Makes the states of a finished patch and keeps them for those that will read it. */
    public void add(PatchId patch, short[] tokens) {
        try (NDManager made = process.newSubManager()) {
            NDArray x = linear("encoder.code", embed(made.create(wide(tokens)))).add(weight("encoder.position"));
            for (int layer = 0; layer < shape.encoderLayers(); layer++) {
                String name = "encoder." + layer;
                NDArray qkv = linear(name + ".qkv", norm(name + ".norm1", x)); // [64, 3d]
                NDArray q = splitHeads(qkv.get(new NDIndex(":, 0:{}", width))).mul(scale());
                NDArray k = splitHeads(qkv.get(new NDIndex(":, {}:{}", width, 2 * width)));
                NDArray v = splitHeads(qkv.get(new NDIndex(":, {}:{}", 2 * width, 3 * width)));
                NDArray seen = q.matMul(k.transpose(0, 2, 1)).softmax(-1).matMul(v);
                NDArray joined = seen.transpose(1, 0, 2).reshape(TOKENS, width);
                x = feedForward(name, x.add(linear(name + ".out", joined)));
            }
            NDArray near = norm("encoder.norm", x);
            NDArray far = near.reshape(4, 2, 4, 2, width)
                    .mean(new int[] {3})
                    .mean(new int[] {1})
                    .reshape(16, width);
            States states = new States(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int layer = 0; layer < shape.layers(); layer++) {
                String name = "decoder." + layer + ".context";
                keep(linear(name, near), states.nearKeys(), states.nearValues());
                keep(linear(name, far), states.farKeys(), states.farValues());
            }
            pool.put(patch, states);
        }
    }

    private void keep(NDArray both, List<NDArray> keys, List<NDArray> values) {
        keys.add(both.get(new NDIndex(":, 0:{}", width)).duplicate());
        values.add(both.get(new NDIndex(":, {}:{}", width, 2 * width)).duplicate());
        keys.get(keys.size() - 1).attach(process);
        values.get(values.size() - 1).attach(process);
    }

    /** The pixels of a window of tokens without its margins, [height, width, 3] in 0..255. */
    public byte[] decode(TokenBlock window) {
        try (NDManager tile = process.newSubManager()) {
            NDArray rows = Embedding.embedding(tile.create(wide(window.tokens())), codebook, SparseFormat.DENSE)
                    .singletonOrThrow();
            NDArray z = rows.reshape(1, window.rows(), window.columns(), -1).transpose(0, 3, 1, 2);
            NDArray h = residual("decoder.eighth.residual", convolve("decoder.eighth", z));
            h = residual("decoder.quarter.residual", convolve("decoder.quarter", twice(h)));
            h = residual("decoder.half.residual", convolve("decoder.half", twice(h)));
            h = convolve("decoder.full", Activation.swish(h, 1));
            long channels = h.getShape().get(1) / 4;
            long high = h.getShape().get(2);
            long broad = h.getShape().get(3);
            h = h.reshape(1, channels, 2, 2, high, broad)
                    .transpose(0, 1, 4, 2, 5, 3)
                    .reshape(1, channels, 2 * high, 2 * broad);
            NDArray y = convolve("decoder.out", Activation.swish(h, 1));
            int margin = 8 * TokenizerShape.DECODER_MARGIN_TOKENS;
            NDArray inner =
                    y.get(0).get(new NDIndex(":, {}:{}, {}:{}", margin, 2 * high - margin, margin, 2 * broad - margin));
            return inner.add(1)
                    .mul(127.5)
                    .round()
                    .clip(0, 255)
                    .transpose(1, 2, 0)
                    .toType(DataType.UINT8, true)
                    .toByteArray();
        }
    }

    private NDArray overLayout(NDManager patch, TokenBlock layout, int codes) {
        if (!shape.knowsLayouts()) {
            return patch.zeros(new Shape(TOKENS, width));
        }
        int side = TransformerShape.LAYOUT_SIDE;
        long[] tokens = new long[side * side];
        Arrays.fill(tokens, codes);
        for (int i = 0; i < layout.tokens().length; i++) {
            tokens[i] = layout.tokens()[i];
        }
        NDArray looked = embed(patch.create(tokens)).reshape(side, side, -1);
        NDList around = new NDList();
        for (int dy = 0; dy < 3; dy++) {
            for (int dx = 0; dx < 3; dx++) {
                around.add(looked.get(new NDIndex("{}:{}, {}:{}", dy, dy + 2, dx, dx + 2)));
            }
        }
        return linear("layout", NDArrays.concat(around, 2))
                .reshape(2, 2, 2, 2, width)
                .transpose(0, 2, 1, 3, 4)
                .reshape(4, 4, width)
                .repeat(0, 2)
                .repeat(1, 2)
                .reshape(TOKENS, width);
    }

    private static void surround(Task.Sample task, int codes, long[] window) {
        Arrays.fill(window, codes);
        for (ContextPatch seen : task.context()) {
            for (int token = 0; token < TOKENS; token++) {
                int y = seen.rowOffset() * SIDE + token / SIDE + 1;
                int x = seen.columnOffset() * SIDE + token % SIDE + 1;
                if (y >= 0 && y < SIDE + 2 && x >= 0 && x < SIDE + 2) {
                    window[y * (SIDE + 2) + x] = seen.tokens()[token];
                }
            }
        }
    }

    /** The eight tokens around one. */
    private static long[] around(long[] window, int row, int column) {
        long[] eight = new long[8];
        int count = 0;
        for (int i = 0; i < 9; i++) {
            if (i != 4) {
                eight[count++] = window[(row + i / 3) * (SIDE + 2) + column + i % 3];
            }
        }
        return eight;
    }

    private NDArray feedForward(String name, NDArray x) {
        NDArray wide = Activation.gelu(linear(name + ".widen", norm(name + ".norm2", x)));
        return x.add(linear(name + ".narrow", wide));
    }

    /** [t, d] to [heads, t, d / heads]. */
    private NDArray splitHeads(NDArray x) {
        return x.reshape(x.getShape().get(0), heads, width / heads).transpose(1, 0, 2);
    }

    private NDArray embed(NDArray tokens) {
        return Embedding.embedding(tokens, weight("code"), SparseFormat.DENSE).singletonOrThrow();
    }

    private NDArray linear(String name, NDArray x) {
        return Linear.linear(x, weight(name + ".weight"), weight(name + ".bias"))
                .singletonOrThrow();
    }

    private NDArray norm(String name, NDArray x) {
        return LayerNorm.layerNorm(x, new Shape(width), weight(name + ".weight"), weight(name + ".bias"), EPSILON)
                .singletonOrThrow();
    }

    private NDArray residual(String name, NDArray x) {
        NDArray h = convolve(name + ".1", Activation.swish(x, 1));
        return x.add(convolve(name + ".2", Activation.swish(h, 1)));
    }

    private NDArray convolve(String name, NDArray x) {
        return Conv2d.conv2d(
                        x,
                        weight(name + ".weight"),
                        weight(name + ".bias"),
                        new Shape(1, 1),
                        new Shape(1, 1),
                        new Shape(1, 1))
                .singletonOrThrow();
    }

    private static NDArray twice(NDArray x) {
        return x.repeat(2, 2).repeat(3, 2);
    }

    private double scale() {
        return 1 / Math.sqrt(width / (double) heads);
    }

    private NDArray weight(String name) {
        NDArray found = weights.get(name);
        if (found == null) {
            throw new IllegalStateException("no parameter " + name);
        }
        return found;
    }

    private static long[] wide(short[] tokens) {
        long[] wide = new long[tokens.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = tokens[i];
        }
        return wide;
    }

    @Override
    public void close() {
        process.close();
    }
}
