package handscroll.coordinator.output;

import handscroll.protocol.task.PixelBlock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a Deep Zoom pyramid: each appears at once and whole under its name, or not at all.
 *
 * <pre>
 *   DIR/picture.dzi
 *   DIR/picture_files/LEVEL/COLUMN_ROW.jpg    tiles
 *   DIR/work/halves/LEVEL_COLUMN_ROW          half-size pixels of tiles whose parent is not there yet
 *   DIR/work/incoming/NUMBER                  files that are being written
 * </pre>
 */
class TileFiles {

    static final String DESCRIPTION = "picture.dzi";
    static final String TILES = "picture_files";
    static final String WORK = "work";

    private static final Pattern TILE_NAME = Pattern.compile("(\\d{1,9})_(\\d{1,9})\\.(jpg|png)");
    private static final Pattern HALF_NAME = Pattern.compile("(\\d{1,2})_(\\d{1,9})_(\\d{1,9})");

    private final Path directory;
    private final String extension;
    private final Path halves;
    private final Path incoming;
    private final AtomicLong number = new AtomicLong();

    TileFiles(Path directory, String extension) {
        this.directory = directory;
        this.extension = extension;
        this.halves = directory.resolve(WORK).resolve("halves");
        this.incoming = directory.resolve(WORK).resolve("incoming");
    }

    /** Makes the directories and the description, and throws away what was being written when a process died. */
    void prepare(Pyramid pyramid) throws IOException {
        Files.createDirectories(halves);
        Files.createDirectories(incoming);
        for (Path torn : list(incoming)) {
            delete(torn);
        }
        for (int level = 0; level < pyramid.levelCount(); level++) {
            Files.createDirectories(levelDirectory(level));
        }
        DurableFile.forceNames(directory.resolve(TILES));
        DurableFile.forceNames(directory.resolve(WORK));
        DurableFile.forceNames(directory);
        String description = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" Format=\"" + extension
                + "\" Overlap=\"0\" TileSize=\"" + pyramid.tilePixels() + "\"><Size Width=\"" + pyramid.widthPixels()
                + "\" Height=\"" + pyramid.heightPixels() + "\"/></Image>\n";
        writeAtOnce(directory.resolve(DESCRIPTION), description.getBytes(StandardCharsets.UTF_8));
    }

    List<TileId> storedTiles(Pyramid pyramid) throws IOException {
        List<TileId> found = new ArrayList<>();
        for (int level = 0; level < pyramid.levelCount(); level++) {
            for (Path file : list(levelDirectory(level))) {
                Matcher name = TILE_NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches() && name.group(3).equals(extension)) {
                    found.add(new TileId(level, Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2))));
                }
            }
        }
        return found;
    }

    /** Of tiles that have a parent, and of the right size. */
    List<TileId> storedHalves(Pyramid pyramid) throws IOException {
        List<TileId> found = new ArrayList<>();
        for (Path file : list(halves)) {
            Matcher name = HALF_NAME.matcher(String.valueOf(file.getFileName()));
            if (!name.matches()) {
                continue;
            }
            TileId tile = new TileId(
                    Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2)), Integer.parseInt(name.group(3)));
            if (pyramid.contains(tile)
                    && pyramid.hasParent(tile)
                    && Files.size(file) == 3L * pyramid.halfWidth(tile) * pyramid.halfHeight(tile)) {
                found.add(tile);
            }
        }
        return found;
    }

    /** Durable when it returns. */
    void writeTile(TileId tile, byte[] encoded) throws IOException {
        writeAtOnce(tilePath(tile), encoded);
    }

    /** Durable when it returns. */
    void writeHalf(TileId tile, PixelBlock half) throws IOException {
        writeAtOnce(halfPath(tile), half.rgb());
    }

    /** Empty if it is not there or not of this size. */
    Optional<PixelBlock> readHalf(TileId tile, int widthPixels, int heightPixels) throws IOException {
        try {
            byte[] rgb = Files.readAllBytes(halfPath(tile));
            return rgb.length == 3L * widthPixels * heightPixels
                    ? Optional.of(new PixelBlock(widthPixels, heightPixels, rgb))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void deleteHalf(TileId tile) throws IOException {
        delete(halfPath(tile));
    }

    /** Nothing of the work is left over in a finished picture. */
    void deleteWork() throws IOException {
        for (Path folder : List.of(halves, incoming)) {
            for (Path file : list(folder)) {
                delete(file);
            }
            delete(folder);
        }
        delete(directory.resolve(WORK));
    }

    Path tilePath(TileId tile) {
        return levelDirectory(tile.level()).resolve(tile.column() + "_" + tile.row() + "." + extension);
    }

    /** An I/O failure told with what helps: the directory and the room that is left in it. */
    IOException failure(String what, Exception cause) {
        String room;
        try {
            room = Files.getFileStore(directory).getUsableSpace() + " bytes are free there";
        } catch (IOException e) {
            room = "its free space cannot be told";
        }
        return new IOException(
                what + " cannot be stored in " + directory + ": " + cause.getMessage() + "; " + room, cause);
    }

    private void writeAtOnce(Path target, byte[] content) throws IOException {
        Path temporary = incoming.resolve(Long.toString(number.getAndIncrement()));
        write(temporary, content);
        rename(temporary, target);
    }

    /** With {@link #rename} and {@link #delete} all that this class does to files: what a test lets fail. */
    void write(Path file, byte[] content) throws IOException {
        DurableFile.writeContent(file, content);
    }

    void rename(Path from, Path to) throws IOException {
        DurableFile.rename(from, to);
    }

    void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    private Path levelDirectory(int level) {
        return directory.resolve(TILES).resolve(Integer.toString(level));
    }

    private Path halfPath(TileId tile) {
        return halves.resolve(tile.level() + "_" + tile.column() + "_" + tile.row());
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }
}
