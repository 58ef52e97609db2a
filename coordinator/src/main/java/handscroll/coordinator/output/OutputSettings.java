package handscroll.coordinator.output;

import com.typesafe.config.Config;

/** The bounds of the output; {@code reference.conf} says what they are for. */
public record OutputSettings(
        int maxPendingTiles,
        long halvesInMemoryBytes,
        long pngMaxPixels,
        double estimatedJpegBytesPerPixel,
        double estimatedPngBytesPerPixel) {

    /** The dispatcher for encoding and for the disk. */
    public static final String DISPATCHER = "handscroll.coordinator.output.dispatcher";

    public static OutputSettings from(Config config) {
        Config block = config.getConfig("handscroll.coordinator.output");
        return new OutputSettings(
                block.getInt("max-pending-tiles"),
                block.getBytes("halves-in-memory"),
                block.getLong("png-max-pixels"),
                block.getDouble("estimated-bytes-per-pixel.jpeg"),
                block.getDouble("estimated-bytes-per-pixel.png"));
    }
}
