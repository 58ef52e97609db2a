package handscroll.coordinator.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a finished picture or video can be turned into. */
public enum ExportFormat {
    DEEP_ZOOM("picture-deep-zoom.zip"),
    IIIF("iiif"),
    TIFF("picture.tif"),
    PNG("picture.png"),
    ZARR("picture.ome.zarr"),

    /** Of a video, not of a picture. */
    WEBM("video.webm");

    private final String fileName;

    ExportFormat(String fileName) {
        this.fileName = fileName;
    }

    /** Where it goes, below the picture's directory, unless said otherwise. */
    public String fileName() {
        return fileName;
    }

    public String configName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<ExportFormat> named(String name) {
        return Arrays.stream(values())
                .filter(format -> format.configName().equals(name))
                .findFirst();
    }

    public static String names() {
        return Arrays.stream(values()).map(ExportFormat::configName).collect(Collectors.joining(", "));
    }
}
