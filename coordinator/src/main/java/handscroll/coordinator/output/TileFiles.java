package handscroll.coordinator.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file for each tile, as any Deep Zoom viewer wants them: each appears at once and whole under its name, or not at all. After a
 * power cut there may be names without their content, of tiles for which somebody vouches.
 *
 * <pre>
 *   DIR/picture.dzi
 *   DIR/picture_files/LEVEL/COLUMN_ROW.jpg    tiles
 *   DIR/work/incoming/NUMBER                  files that are being written
 * </pre>
 */
final class TileFiles implements TileContainer {

    static final String INCOMING = "incoming";

    private static final Pattern TILE_NAME = Pattern.compile("(\\d{1,9})_(\\d{1,9})\\.(jpg|png|webp)");

    private final Disk disk;
    private final Path directory;
    private final Pyramid pyramid;
    private final String extension;
    private final Path incoming;
    private final AtomicLong number = new AtomicLong();

    TileFiles(Disk disk, Path directory, Pyramid pyramid, String extension) {
        this.disk = disk;
        this.directory = directory;
        this.pyramid = pyramid;
        this.extension = extension;
        this.incoming = directory.resolve(DeepZoomOutput.WORK).resolve(INCOMING);
    }

    @Override
    public void prepare() throws IOException {
        Files.createDirectories(incoming);
        for (Path torn : list(incoming)) {
            disk.delete(torn);
        }
        for (int level = 0; level < pyramid.levelCount(); level++) {
            Files.createDirectories(levelDirectory(level));
        }
        DurableFile.forceNames(directory.resolve(DeepZoomDescription.TILES));
        DurableFile.forceNames(directory.resolve(DeepZoomOutput.WORK));
        DurableFile.forceNames(directory);
        writeAtOnce(
                directory.resolve(DeepZoomDescription.FILE_NAME),
                DeepZoomDescription.of(pyramid, extension).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public BitSet stored(int level) throws IOException {
        BitSet found = new BitSet();
        for (Path file : list(levelDirectory(level))) {
            Matcher name = TILE_NAME.matcher(String.valueOf(file.getFileName()));
            if (name.matches() && name.group(3).equals(extension)) {
                TileId tile = new TileId(level, Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2)));
                if (pyramid.contains(tile)) {
                    found.set(pyramid.grid(level).index(tile.column(), tile.row(), 0));
                }
            }
        }
        return found;
    }

    @Override
    public Optional<byte[]> read(TileId tile) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(tilePath(tile)));
        } catch (NoSuchFileException notYet) {
            return Optional.empty();
        }
    }

    @Override
    public void write(TileId tile, byte[] encoded, boolean isVouchedFor) throws IOException {
        if (isVouchedFor) {
            disk.put(temporary(), tilePath(tile), encoded);
        } else {
            writeAtOnce(tilePath(tile), encoded);
        }
    }

    @Override
    public List<FileChannel> files() {
        return List.of();
    }

    @Override
    public boolean holds(TileId tile, int checksum) throws IOException {
        Optional<byte[]> content = read(tile);
        return content.isPresent() && ZipRecords.checksum(content.get()) == checksum;
    }

    @Override
    public void finish() throws IOException {
        for (Path file : list(incoming)) {
            disk.delete(file);
        }
        disk.delete(incoming);
    }

    @Override
    public void close() {}

    private Path tilePath(TileId tile) {
        return directory.resolve(DeepZoomDescription.tileName(tile, extension));
    }

    private Path levelDirectory(int level) {
        return directory.resolve(DeepZoomDescription.TILES).resolve(Integer.toString(level));
    }

    private void writeAtOnce(Path target, byte[] content) throws IOException {
        Path temporary = temporary();
        disk.write(temporary, content);
        disk.rename(temporary, target);
    }

    private Path temporary() {
        return incoming.resolve(Long.toString(number.getAndIncrement()));
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
