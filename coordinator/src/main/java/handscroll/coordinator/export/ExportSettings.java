package handscroll.coordinator.export;

import com.typesafe.config.Config;

/**
 * The bounds of an export; {@code handscroll.coordinator.export} in reference.conf explains each.
 *
 * @param filesAtMost in one directory tree
 */
public record ExportSettings(long memoryBytes, long pngMaxPixels, long filesAtMost) {

    public static ExportSettings from(Config config) {
        Config block = config.getConfig("handscroll.coordinator.export");
        return new ExportSettings(
                block.getBytes("memory"), block.getLong("png-max-pixels"), block.getLong("files-at-most"));
    }
}
