package handscroll.coordinator.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the parts of a video lie.
 *
 * <pre>
 *   DIR/frames/NUMBER/COLUMN_ROW.jpg   the tiles of each frame, from 000000 on
 *   DIR/video.m3u8                     HLS playlist of what is there, which only grows
 *   DIR/video/start.mp4                what comes before any segment
 *   DIR/video/NUMBER.m4s               segments of some seconds
 *   DIR/video.mp4                      all of it, once it is whole
 * </pre>
 */
public record VideoFiles(Path directory, String extension) {

    public static final String FRAMES = "frames";
    public static final String SEGMENTS = "video";
    public static final String PLAYLIST = "video.m3u8";
    public static final String WHOLE = "video.mp4";
    static final String START = "start.mp4";

    static String number(int number) {
        return String.format(Locale.ROOT, "%06d", number);
    }

    Path frame(int frame) {
        return directory.resolve(FRAMES).resolve(number(frame));
    }

    public Path tile(int frame, int column, int row) {
        return directory.resolve(name(frame, column, row));
    }

    /** A tile below the directory. */
    public String name(int frame, int column, int row) {
        return FRAMES + "/" + number(frame) + "/" + column + "_" + row + "." + extension;
    }

    /** The bytes of a tile; empty when it is not there. Blocks on the disk. */
    public Optional<byte[]> read(int frame, int column, int row) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(tile(frame, column, row)));
        } catch (NoSuchFileException notYet) {
            return Optional.empty();
        }
    }

    Path start() {
        return directory.resolve(SEGMENTS).resolve(START);
    }

    Path segment(int segment) {
        return directory.resolve(SEGMENTS).resolve(number(segment) + ".m4s");
    }

    Path playlist() {
        return directory.resolve(PLAYLIST);
    }

    Path whole() {
        return directory.resolve(WHOLE);
    }
}
