package handscroll.coordinator.plan;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * How a camera was held, as its file says (EXIF in JPEG, the same tag in TIFF): what turns the stored
 * pixels upright. In the order of the tag's numbers, named after where the first stored row and column belong.
 */
enum Orientation {
    TOP_LEFT,
    TOP_RIGHT,
    BOTTOM_RIGHT,
    BOTTOM_LEFT,
    LEFT_TOP,
    RIGHT_TOP,
    RIGHT_BOTTOM,
    LEFT_BOTTOM;

    /** Of a reader's first picture; upright where the file does not say, or says nonsense. */
    static Orientation of(ImageReader reader) throws IOException {
        int number = switch (reader.getFormatName().toLowerCase(Locale.ROOT)) {
            case "jpeg", "jpg" -> inExif((ImageInputStream) reader.getInput());
            case "tif", "tiff" -> inTiff(reader.getImageMetadata(0));
            default -> 1;
        };
        return number >= 1 && number <= values().length ? values()[number - 1] : TOP_LEFT;
    }

    private static int inExif(ImageInputStream file) throws IOException {
        long position = file.getStreamPosition();
        file.seek(0);
        try {
            for (JPEGSegment segment : JPEGSegmentUtil.readSegments(file, JPEG.APP1, "Exif")) {
                InputStream content = segment.data();
                content.skipNBytes(1); // the identifier ends with two zeros, one of which is left
                try (ImageInputStream data = new MemoryCacheImageInputStream(content)) {
                    Entry entry = new TIFFReader().read(data).getEntryById(TIFF.TAG_ORIENTATION);
                    if (entry != null && entry.getValue() instanceof Number number) {
                        return number.intValue();
                    }
                }
            }
            return 1;
        } finally {
            file.seek(position);
        }
    }

    private static int inTiff(IIOMetadata metadata) throws IOException {
        TIFFField field = TIFFDirectory.createFromMetadata(metadata).getTIFFField(BaselineTIFFTagSet.TAG_ORIENTATION);
        return field == null ? 1 : field.getAsInt(0);
    }

    boolean swapsSides() {
        return ordinal() >= LEFT_TOP.ordinal();
    }

    /** The stored column of the upright pixel (x, y) of a picture that is stored {@code width} wide. */
    int storedX(int x, int y, int width) {
        return switch (this) {
            case TOP_LEFT, BOTTOM_LEFT -> x;
            case TOP_RIGHT, BOTTOM_RIGHT -> width - 1 - x;
            case LEFT_TOP, RIGHT_TOP -> y;
            case RIGHT_BOTTOM, LEFT_BOTTOM -> width - 1 - y;
        };
    }

    int storedY(int x, int y, int height) {
        return switch (this) {
            case TOP_LEFT, TOP_RIGHT -> y;
            case BOTTOM_RIGHT, BOTTOM_LEFT -> height - 1 - y;
            case LEFT_TOP, LEFT_BOTTOM -> x;
            case RIGHT_TOP, RIGHT_BOTTOM -> height - 1 - x;
        };
    }
}
