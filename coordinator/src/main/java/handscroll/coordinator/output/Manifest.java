package handscroll.coordinator.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.JobSpec.TileEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Says of an output what it is and how to make it again, bit for bit: {@code manifest.json}.
 *
 * @param handscroll the version that made it
 * @param spec the whole job spec, as HOCON or JSON; in the file it is JSON
 * @param contentHash over all that tokens depend on, as in the token log
 * @param libtorch the version that the workers ran, when it is known
 * @param deviceClass of the workers; empty until the first one came
 * @param finished empty while the picture grows
 * @param figures whatever the job measured, by name
 */
public record Manifest(
        String handscroll,
        JobId job,
        String spec,
        long seed,
        String contentHash,
        Model model,
        Optional<String> libtorch,
        Optional<String> deviceClass,
        Optional<String> dtype,
        Tiles tiles,
        Instant started,
        Optional<Instant> finished,
        Map<String, Double> figures) {

    public static final String FILE_NAME = "manifest.json";

    /** @param patchPixels side of a patch, on whose grid seams would show; 0 in manifests that did not say */
    public record Model(String name, String hash, String licence, int patchPixels) {}

    /**
     * The tile grid, and what encoded it: other encoders make other bytes of the same pixels.
     *
     * @param encoder as {@code TileCodec} describes it
     * @param container absent in manifests before there were archives
     */
    public record Tiles(
            TileEncoding encoding,
            int quality,
            String encoder,
            int tilePixels,
            int widthPixels,
            int heightPixels,
            Optional<Container> container) {

        /** One file a tile. */
        public Tiles(
                TileEncoding encoding, int quality, String encoder, int tilePixels, int widthPixels, int heightPixels) {
            this(encoding, quality, encoder, tilePixels, widthPixels, heightPixels, Optional.empty());
        }

        public Pyramid pyramid() {
            return new Pyramid(widthPixels, heightPixels, tilePixels);
        }
    }

    public Manifest {
        // Sorted, so that the same manifest is the same bytes.
        figures = java.util.Collections.unmodifiableMap(new TreeMap<>(figures));
    }

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public Manifest finished(Optional<String> renderedBy, Instant at, Map<String, Double> measured) {
        return new Manifest(
                handscroll,
                job,
                spec,
                seed,
                contentHash,
                model,
                libtorch,
                renderedBy,
                dtype,
                tiles,
                started,
                Optional.of(at),
                measured);
    }

    /** Durable when it returns; a reader sees the old one or the new one. Blocks on the disk. */
    public void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        DurableFile.write(directory.resolve(FILE_NAME), toJson());
    }

    /** Empty when there is none. Blocks on the disk. */
    public static Optional<Manifest> read(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            ObjectNode tree = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
            tree.put("spec", String.valueOf(tree.get("spec")));
            tree.set("job", JSON.createObjectNode().set("value", tree.get("job")));
            return Optional.of(JSON.treeToValue(tree, Manifest.class));
        } catch (JsonProcessingException | ClassCastException e) {
            throw new IOException(file + " is no manifest of Handscroll: " + e.getMessage(), e);
        }
    }

    private byte[] toJson() throws JsonProcessingException {
        ObjectNode tree = JSON.valueToTree(this);
        String specAsJson = ConfigFactory.parseString(spec).resolve().root().render(ConfigRenderOptions.concise());
        tree.set("spec", JSON.readTree(specAsJson));
        tree.put("job", job.value());
        return JSON.writeValueAsBytes(tree);
    }
}
