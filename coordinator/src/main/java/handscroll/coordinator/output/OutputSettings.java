package handscroll.coordinator.output;

import com.typesafe.config.Config;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.JobSpec.TileEncoding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The bounds of the output; {@code reference.conf} says what they are for.
 *
 * @param root below which pictures must lie; empty for anywhere
 */
public record OutputSettings(
        int maxPendingTiles,
        long halvesInMemoryBytes,
        long filesAtMost,
        boolean flushesTogether,
        Optional<Path> root,
        Map<TileEncoding, Double> estimatedBytesPerPixel) {

    /** The dispatcher for encoding and for the disk. */
    public static final String DISPATCHER = "handscroll.coordinator.output.dispatcher";

    public OutputSettings {
        estimatedBytesPerPixel = Map.copyOf(estimatedBytesPerPixel);
    }

    public static OutputSettings from(Config config) {
        Config block = config.getConfig("handscroll.coordinator.output");
        Map<TileEncoding, Double> estimates = new EnumMap<>(TileEncoding.class);
        Arrays.stream(TileEncoding.values())
                .forEach(encoding ->
                        estimates.put(encoding, block.getDouble("estimated-bytes-per-pixel." + encoding.configName())));
        return new OutputSettings(
                block.getInt("max-pending-tiles"),
                block.getBytes("halves-in-memory"),
                block.getLong("files-at-most"),
                block.getBoolean("flush-together"),
                Optional.of(block.getString("root"))
                        .filter(root -> !root.isEmpty())
                        .map(Path::of),
                estimates);
    }

    /** What holds a picture's tiles: what it was begun with, else what the job asks for, else what suits their number. */
    public Container container(Path directory, JobSpec.Output output, Pyramid pyramid) {
        if (Files.exists(directory.resolve(TileArchive.FILE_NAME))) {
            return Container.ZIP;
        }
        if (Files.exists(directory.resolve(DeepZoomDescription.TILES))) {
            return Container.FILES;
        }
        return output.container().orElse(pyramid.tileCount() > filesAtMost ? Container.ZIP : Container.FILES);
    }
}
