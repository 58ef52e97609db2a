package handscroll.coordinator.output;

import handscroll.protocol.task.PixelBlock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Half-size pixels from the moment their tile arrives until their parent is durable: always on the
 * disk, and the latest of them in memory as well, up to a bound. Safe for many threads.
 */
final class HalfStore implements Closeable {

    private final HalfFile file;
    private final long maxBytes;
    private final Map<TileId, PixelBlock> inMemory = new LinkedHashMap<>();
    private long bytes;

    HalfStore(HalfFile file, long maxBytes) {
        this.file = file;
        this.maxBytes = maxBytes;
    }

    /**
     * Durable after {@link Disk#settle} of {@link #channel}.
     *
     * @param checksum of the tile, encoded: its half vouches for it
     */
    void add(TileId tile, int checksum, PixelBlock half) throws IOException {
        file.add(tile, checksum, half);
        remember(tile, half);
    }

    Optional<PixelBlock> get(TileId tile) throws IOException {
        Optional<PixelBlock> remembered = remembered(tile);
        return remembered.isPresent() ? remembered : file.get(tile);
    }

    void remove(TileId tile) {
        forget(tile);
        file.remove(tile);
    }

    FileChannel channel() {
        return file.channel();
    }

    /** On the disk, after a restart: the tiles, and the checksums of their content. */
    Map<TileId, Integer> stored() {
        return file.stored();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private synchronized Optional<PixelBlock> remembered(TileId tile) {
        return Optional.ofNullable(inMemory.get(tile));
    }

    private synchronized void forget(TileId tile) {
        PixelBlock half = inMemory.remove(tile);
        if (half != null) {
            bytes -= half.rgb().length;
        }
    }

    private synchronized void remember(TileId tile, PixelBlock half) {
        forget(tile);
        inMemory.put(tile, half);
        bytes += half.rgb().length;
        // The oldest go first: whoever comes row by row needs the latest row next.
        for (Iterator<PixelBlock> oldest = inMemory.values().iterator(); bytes > maxBytes && oldest.hasNext(); ) {
            bytes -= oldest.next().rgb().length;
            oldest.remove();
        }
    }
}
