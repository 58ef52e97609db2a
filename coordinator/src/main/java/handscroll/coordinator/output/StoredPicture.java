package handscroll.coordinator.output;

import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The tiles of a picture that lie on the disk, whatever holds them, for whoever shows or exports them; also while it grows.
 * Nothing of it is kept in memory. Safe for many threads.
 */
public final class StoredPicture implements Closeable {

    private final Manifest manifest;
    private final TileReader tiles;

    private StoredPicture(Manifest manifest, TileReader tiles) {
        this.manifest = manifest;
        this.tiles = tiles;
    }

    /**
     * Empty when there is no manifest. Blocks on the disk.
     *
     * @throws Refusal for a video
     */
    public static Optional<StoredPicture> open(Path directory) throws IOException {
        Optional<Manifest> manifest = Manifest.read(directory);
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        if (Files.isDirectory(directory.resolve(VideoFiles.FRAMES))) {
            throw new Refusal(
                    directory + " holds no picture:",
                    List.of(new Problem(
                            directory.toString(),
                            "is a video",
                            "take its " + VideoFiles.WHOLE + ", export it to webm, or take the files in "
                                    + VideoFiles.FRAMES)));
        }
        Manifest.Tiles tiles = manifest.get().tiles();
        return Optional.of(new StoredPicture(
                manifest.get(),
                reader(directory, tiles.pyramid(), tiles.encoding().extension())));
    }

    /**
     * One tile of a picture, for whoever is asked for one now and then. Empty when it is not there, or not yet. Blocks on the disk.
     *
     * @param extension of the tiles' encoding
     */
    public static Optional<byte[]> tile(Path directory, TileId tile, String extension) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(directory.resolve(DeepZoomDescription.tileName(tile, extension))));
        } catch (NoSuchFileException noFile) {
            Optional<Pyramid> pyramid = TileArchive.pyramidOf(directory);
            if (pyramid.isEmpty() || !pyramid.get().contains(tile)) {
                return Optional.empty();
            }
            try (TileReader reader = reader(directory, pyramid.get(), extension)) {
                return reader.read(tile);
            }
        }
    }

    private static TileReader reader(Path directory, Pyramid pyramid, String extension) throws IOException {
        Optional<TileArchive> archive = TileArchive.reader(directory, pyramid, extension);
        return archive.isPresent() ? archive.get() : new TileFiles(new Disk(), directory, pyramid, extension);
    }

    public Manifest manifest() {
        return manifest;
    }

    public Pyramid pyramid() {
        return manifest.tiles().pyramid();
    }

    /** The bytes of its file; empty when it is not there yet. Blocks on the disk. */
    public Optional<byte[]> tile(TileId tile) throws IOException {
        return tiles.read(tile);
    }

    /** How many tiles are not there yet, in all levels. Blocks on the disk. */
    public long missingCount() throws IOException {
        long missing = 0;
        Pyramid pyramid = pyramid();
        for (int level = 0; level < pyramid.levelCount(); level++) {
            missing += pyramid.grid(level).cellCount() - tiles.stored(level).cardinality();
        }
        return missing;
    }

    @Override
    public void close() throws IOException {
        tiles.close();
    }

    /** What a container of tiles lets be read. */
    interface TileReader extends Closeable {

        Optional<byte[]> read(TileId tile) throws IOException;

        /** The tiles of a level that are there, numbered as its grid numbers them. */
        BitSet stored(int level) throws IOException;
    }
}
