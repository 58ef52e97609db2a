package handscroll.worker.djl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Named tensors in one file that every machine learning framework reads: weights and checkpoints.
 *
 * <p>Eight bytes of header length, a JSON header of names, types, shapes and offsets, then the numbers,
 * little-endian. Sixteen-bit floats become floats when read.
 *
 * @param metadata free strings of the header
 */
public record Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {

    /** Headers beyond this are refused: real ones hold some kilobytes. */
    private static final long LONGEST_HEADER = 10_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The numbers of one tensor, row-major. */
    public record Tensor(List<Integer> shape, float[] values) {
        public Tensor {
            shape = List.copyOf(shape);
        }

        public static Tensor vector(float[] values) {
            return new Tensor(List.of(values.length), values);
        }
    }

    /** How numbers are stored. */
    public enum Precision {
        F32(4),
        F16(2);

        private final int bytes;

        Precision(int bytes) {
            this.bytes = bytes;
        }
    }

    /** Writes the file beside its place and renames it, so that a reader never sees half of it. */
    public void write(Path path, Precision precision) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        ObjectNode strings = header.putObject("__metadata__");
        metadata.forEach(strings::put);
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", precision.name());
            entry.getValue().shape().forEach(node.putArray("shape")::add);
            long end = offset + (long) precision.bytes * entry.getValue().values().length;
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = JSON.writeValueAsBytes(header);
        Path unfinished = path.resolveSibling(path.getFileName() + ".part");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished))) {
            out.write(littleEndian(8).putLong(json.length).array());
            out.write(json);
            for (Tensor tensor : tensors.values()) {
                out.write(encode(tensor.values(), precision));
            }
        }
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Reads a file whole; one that is cut short, overlong or not of this format is refused with a sentence. */
    public static Safetensors read(Path path) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        long length = file.remaining() < 8 ? -1 : file.getLong();
        if (length < 2 || length > Math.min(LONGEST_HEADER, file.remaining())) {
            throw new IOException(path + " is no safetensors file");
        }
        byte[] json = new byte[(int) length];
        file.get(json);
        ByteBuffer data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        Iterator<Map.Entry<String, JsonNode>> fields = JSON.readTree(json).fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            if (field.getKey().equals("__metadata__")) {
                field.getValue()
                        .fields()
                        .forEachRemaining(
                                e -> metadata.put(e.getKey(), e.getValue().asText()));
            } else {
                tensors.put(field.getKey(), decode(path, field.getKey(), field.getValue(), data));
            }
        }
        return new Safetensors(tensors, metadata);
    }

    private static Tensor decode(Path path, String name, JsonNode node, ByteBuffer data) throws IOException {
        int[] shape = new int[node.path("shape").size()];
        long count = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = node.path("shape").path(i).asInt();
            count *= shape[i];
        }
        int bytes = switch (node.path("dtype").asText()) {
            case "F32" -> 4;
            case "F16" -> 2;
            default -> throw new IOException(path + ": " + name + " is neither F32 nor F16");
        };
        long from = node.path("data_offsets").path(0).asLong(-1);
        long to = node.path("data_offsets").path(1).asLong(-1);
        if (from < 0 || to > data.limit() || to - from != count * bytes) {
            throw new IOException(path + ": " + name + " is cut short");
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            int at = (int) from + i * bytes;
            values[i] = bytes == 4 ? data.getFloat(at) : toFloat(data.getShort(at));
        }
        return new Tensor(java.util.Arrays.stream(shape).boxed().toList(), values);
    }

    private static byte[] encode(float[] values, Precision precision) {
        ByteBuffer buffer = littleEndian(precision.bytes * values.length);
        for (float value : values) {
            if (precision == Precision.F32) {
                buffer.putFloat(value);
            } else {
                buffer.putShort(toHalf(value));
            }
        }
        return buffer.array();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** IEEE 754 binary16, rounded to nearest even; what is too large becomes infinite. (In the JDK from 20 on.) */
    static short toHalf(float value) {
        int bits = Float.floatToIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7e00);
        } else if (magnitude >= 65520f) {
            return (short) (sign | 0x7c00);
        } else if (magnitude < 6.1035156e-5f) { // subnormal: a multiple of 2^-24
            return (short) (sign | (int) Math.rint(magnitude * 16777216.0));
        }
        int rounded = (bits & 0x7fffffff) + 0xfff + (bits >>> 13 & 1);
        return (short) (sign | (rounded >>> 13) - (112 << 10));
    }

    /** The float of a binary16. */
    static float toFloat(short half) {
        int exponent = half >>> 10 & 31;
        int fraction = half & 0x3ff;
        double magnitude = switch (exponent) {
            case 0 -> fraction * 0x1p-24;
            case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb(1 + fraction * 0x1p-10, exponent - 15);
        };
        return (float) (half < 0 ? -magnitude : magnitude);
    }
}
