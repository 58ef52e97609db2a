package handscroll.worker.features;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import handscroll.protocol.task.PixelBlock;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.Script;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A convolutional network of TensorFlow.js ("layers model") on libtorch, up to its last feature map: what
 * pictures are compared with. Reads {@code model.json} and {@code weights.bin}; one thread at a time.
 *
 * <p>A layer is a line of TorchScript. Batch normalisation is folded into the convolution before it; kernels
 * become height, width last. Layers after the wanted one are left out.
 */
public final class FeatureNetwork implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final NDManager owner;
    private final Script script;
    private final NDList weights = new NDList();

    private FeatureNetwork(Path directory, String lastLayer, int side) throws IOException {
        LibTorch.forbidGradients();
        owner = LibTorch.newManager(Device.cpu());
        JsonNode model = JSON.readTree(Files.readAllBytes(directory.resolve("model.json")));
        Map<String, float[]> stored =
                dequantized(model.path("weightsManifest").path(0), directory.resolve("weights.bin"));
        script = Script.of("Features", source(model, lastLayer, side, stored));
    }

    /**
     * Loads the network.
     *
     * @param lastLayer whose feature map is averaged over its pixels
     * @param side that blocks are brought to, in pixels
     * @throws IOException in a sentence, when files are missing or hold a layer of another kind
     */
    public static FeatureNetwork load(Path directory, String lastLayer, int side) throws IOException {
        return new FeatureNetwork(directory, lastLayer, side);
    }

    /** The features of one block of pixels of any size. */
    public float[] of(PixelBlock block) {
        LibTorch.forbidGradients();
        try (NDManager call = owner.newSubManager()) {
            NDArray pixels = call.create(
                    ByteBuffer.wrap(block.rgb()),
                    new Shape(1, block.heightPixels(), block.widthPixels(), 3),
                    DataType.UINT8);
            return script.call(call, "features", pixels, weights)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    @Override
    public void close() {
        script.close();
        owner.close();
    }

    private String source(JsonNode model, String lastLayer, int side, Map<String, float[]> stored) throws IOException {
        StringBuilder source = new StringBuilder("""
                class Features(Module):
                  __parameters__ = []
                  __buffers__ = []
                  training : bool
                  def features(self: __torch__.Features, pixels: Tensor, w: List[Tensor]) -> Tensor:
                    x = torch.div(torch.to(torch.permute(pixels, [0, 3, 1, 2]), 6), 255.)
                """);
        Map<String, String> made = new LinkedHashMap<>(); // variables by layer
        Map<String, JsonNode> convolutions = new LinkedHashMap<>(); // that wait for their normalisation
        for (JsonNode layer :
                model.path("modelTopology").path("model_config").path("config").path("layers")) {
            String name = layer.path("name").asText();
            JsonNode config = layer.path("config");
            String kind = layer.path("class_name").asText();
            JsonNode inbound = layer.path("inbound_nodes").path(0);
            String first = inbound.path(0).path(0).asText();
            String input = made.getOrDefault(first, "");
            if (kind.equals("Conv2D") && !config.path("use_bias").asBoolean() && isLinear(config)) {
                convolutions.put(name, layer);
                made.put(name, input);
                continue;
            }
            String expression = switch (kind) {
                case "InputLayer" -> "torch.upsample_bilinear2d(x, [" + side + ", " + side + "], False)";
                case "BatchNormalization" -> {
                    JsonNode convolution = convolutions.get(first);
                    if (convolution == null) {
                        throw new IOException(name + " normalises " + first + ", which is no convolution");
                    }
                    yield folded(convolution, layer, stored, input);
                }
                case "Activation" -> {
                    if (!config.path("activation").asText().equals("relu")) {
                        throw new IOException(name + " is no relu");
                    }
                    yield "torch.relu(" + input + ")";
                }
                case "MaxPooling2D" ->
                    "torch.max_pool2d(" + input + ", " + pair(config, "pool_size") + ", " + pair(config, "strides")
                            + ", " + padding(name, config, "pool_size") + ", [1, 1], False)";
                case "AveragePooling2D" ->
                    // Padding is not counted, as in TensorFlow.
                    "torch.avg_pool2d(" + input + ", " + pair(config, "pool_size") + ", " + pair(config, "strides")
                            + ", " + padding(name, config, "pool_size") + ", False, False)";
                case "Concatenate" -> {
                    StringBuilder all = new StringBuilder("torch.cat([");
                    for (JsonNode part : inbound) {
                        all.append(all.charAt(all.length() - 1) == '[' ? "" : ", ")
                                .append(made.get(part.path(0).asText()));
                    }
                    yield all + "], 1)";
                }
                default -> throw new IOException(name + " is a " + kind + ", a layer that is not known here");
            };
            String variable = "x" + made.size();
            source.append("    ")
                    .append(variable)
                    .append(" = ")
                    .append(expression)
                    .append('\n');
            made.put(name, variable);
            if (name.equals(lastLayer)) {
                return source + "    return torch.mean(" + variable + ", [2, 3])\n";
            }
        }
        throw new IOException("there is no layer " + lastLayer);
    }

    private static boolean isLinear(JsonNode config) {
        return config.path("activation").asText().equals("linear");
    }

    /** The convolution with its normalisation: two more weights and the call. */
    private String folded(JsonNode convolution, JsonNode normal, Map<String, float[]> stored, String input)
            throws IOException {
        String name = convolution.path("name").asText();
        JsonNode config = convolution.path("config");
        int height = config.path("kernel_size").path(0).asInt();
        int width = config.path("kernel_size").path(1).asInt();
        int out = config.path("filters").asInt();
        float[] kernel = weight(stored, name + "/kernel"); // height, width, in, out
        int in = kernel.length / (height * width * out);
        String norm = normal.path("name").asText();
        float[] mean = weight(stored, norm + "/moving_mean");
        float[] variance = weight(stored, norm + "/moving_variance");
        float[] beta = weight(stored, norm + "/beta");
        float[] gamma =
                normal.path("config").path("scale").asBoolean() ? weight(stored, norm + "/gamma") : new float[0];
        double epsilon = normal.path("config").path("epsilon").asDouble();
        float[] weight = new float[kernel.length]; // out, in, height, width
        float[] bias = new float[out];
        for (int o = 0; o < out; o++) {
            double scale = (gamma.length == 0 ? 1 : gamma[o]) / Math.sqrt(variance[o] + epsilon);
            bias[o] = (float) (beta[o] - mean[o] * scale);
            for (int i = 0; i < in; i++) {
                for (int at = 0; at < height * width; at++) {
                    weight[(o * in + i) * height * width + at] = (float) (kernel[(at * in + i) * out + o] * scale);
                }
            }
        }
        int index = weights.size();
        weights.add(owner.create(weight, new Shape(out, in, height, width)));
        weights.add(owner.create(bias, new Shape(out)));
        return "torch.conv2d(" + input + ", w[" + index + "], w[" + (index + 1) + "], " + pair(config, "strides") + ", "
                + padding(name, config, "kernel_size") + ", [1, 1], 1)";
    }

    private static String pair(JsonNode config, String key) {
        return "[" + config.path(key).path(0).asInt() + ", "
                + config.path(key).path(1).asInt() + "]";
    }

    /** "same" with a step of one is the same on both sides; other steps would not be. */
    private static String padding(String name, JsonNode config, String window) throws IOException {
        if (config.path("padding").asText().equals("valid")) {
            return "[0, 0]";
        }
        int height = config.path(window).path(0).asInt();
        int width = config.path(window).path(1).asInt();
        JsonNode strides = config.path("strides");
        if (strides.path(0).asInt() != 1 || strides.path(1).asInt() != 1 || height % 2 == 0 || width % 2 == 0) {
            throw new IOException(name + " is padded unevenly");
        }
        return "[" + height / 2 + ", " + width / 2 + "]";
    }

    private static float[] weight(Map<String, float[]> stored, String name) throws IOException {
        float[] values = stored.get(name);
        if (values == null) {
            throw new IOException("the weights have no " + name);
        }
        return values;
    }

    /** Eight bits a weight, each group on a scale of its own. */
    private static Map<String, float[]> dequantized(JsonNode manifest, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Map<String, float[]> stored = new LinkedHashMap<>();
        int at = 0;
        for (JsonNode entry : manifest.path("weights")) {
            String name = entry.path("name").asText();
            int count = 1;
            for (JsonNode length : entry.path("shape")) {
                count *= length.asInt();
            }
            JsonNode quantization = entry.path("quantization");
            if (!quantization.path("dtype").asText().equals("uint8") || at + count > bytes.length) {
                throw new IOException(file + " has no eight-bit weights for " + name);
            }
            float scale = (float) quantization.path("scale").asDouble();
            float least = (float) quantization.path("min").asDouble();
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (bytes[at + i] & 255) * scale + least;
            }
            stored.put(name, values);
            at += count;
        }
        return stored;
    }
}
