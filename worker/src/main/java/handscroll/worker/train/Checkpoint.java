package handscroll.worker.train;

import handscroll.worker.djl.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an interrupted training goes on from: vectors and numbers by name, in one file that is replaced whole.
 */
final class Checkpoint {

    private static final String FILE = "checkpoint.safetensors";

    private final Map<String, Safetensors.Tensor> vectors = new LinkedHashMap<>();
    private final Map<String, String> numbers = new LinkedHashMap<>();

    /** The checkpoint of a directory; empty where there is none yet. */
    static Checkpoint read(Path directory) throws IOException {
        Checkpoint checkpoint = new Checkpoint();
        Path file = directory.resolve(FILE);
        if (Files.exists(file)) {
            Safetensors content = Safetensors.read(file);
            checkpoint.vectors.putAll(content.tensors());
            checkpoint.numbers.putAll(content.metadata());
        }
        return checkpoint;
    }

    void write(Path directory) throws IOException {
        new Safetensors(vectors, numbers).write(directory.resolve(FILE), Safetensors.Precision.F32);
    }

    boolean has(String vector) {
        return vectors.containsKey(vector);
    }

    void put(String name, float[] values) {
        vectors.put(name, Safetensors.Tensor.vector(values));
    }

    float[] vector(String name) {
        Safetensors.Tensor tensor = vectors.get(name);
        if (tensor == null) {
            throw new IllegalStateException("the checkpoint has no " + name);
        }
        return tensor.values();
    }

    void put(String name, double number) {
        numbers.put(name, Double.toString(number));
    }

    double number(String name, double otherwise) {
        String text = numbers.get(name);
        return text == null ? otherwise : Double.parseDouble(text);
    }

    /** Drops the vectors whose names start so: what only an earlier stage needed. */
    void forget(String prefix) {
        vectors.keySet().removeIf(name -> name.startsWith(prefix));
    }
}
