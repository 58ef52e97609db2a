package handscroll.coordinator.output;

import handscroll.protocol.task.PixelBlock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Half-size pixels of tiles whose parent is not there yet, in one file of places of the same size that are used again: a file each
 * would cost more than encoding the tile. A place says whose pixels it has and which checksum the tile itself has, with a checksum
 * over all; one that was torn is free. Safe for many threads.
 */
final class HalfFile implements Closeable {

    private static final int HEADER_BYTES = 20;

    private final Disk disk;
    private final Pyramid pyramid;
    private final FileChannel file;
    private final long placeBytes;
    private final Map<TileId, Place> places = new HashMap<>();
    private final BitSet taken = new BitSet();

    /** Opens it, or begins one; what is whole in it is there again. */
    HalfFile(Disk disk, Path path, Pyramid pyramid) throws IOException {
        this.disk = disk;
        this.pyramid = pyramid;
        int side = pyramid.tilePixels() / 2;
        this.placeBytes = HEADER_BYTES + 3 * side * side;
        this.file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        takeUp();
    }

    FileChannel channel() {
        return file;
    }

    /** The tiles whose halves it has, and the checksum of each. */
    synchronized Map<TileId, Integer> stored() {
        Map<TileId, Integer> stored = new HashMap<>();
        places.forEach((tile, place) -> stored.put(tile, place.tileChecksum()));
        return stored;
    }

    /**
     * Durable after {@link Disk#settle} of {@link #channel}.
     *
     * @param tileChecksum of the encoded tile
     */
    void add(TileId tile, int tileChecksum, PixelBlock half) throws IOException {
        byte[] rgb = half.rgb();
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + rgb.length);
        content.put(header(tile, tileChecksum))
                .putInt(checksum(tile, tileChecksum, rgb))
                .put(rgb)
                .flip();
        disk.writeAt(file, content, take(tile, tileChecksum) * placeBytes);
    }

    Optional<PixelBlock> get(TileId tile) throws IOException {
        Place place;
        synchronized (this) {
            place = places.get(tile);
        }
        return place == null ? Optional.empty() : read(tile, place);
    }

    /** Its place is free for another one; what it held stays until then, and does no harm. */
    synchronized void remove(TileId tile) {
        Place place = places.remove(tile);
        if (place != null) {
            taken.clear(place.number());
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** What a tile's half lies in. */
    private record Place(int number, int tileChecksum) {}

    /** The number of its place. */
    private synchronized long take(TileId tile, int tileChecksum) {
        Place same = places.get(tile);
        int number = same == null ? taken.nextClearBit(0) : same.number();
        taken.set(number);
        places.put(tile, new Place(number, tileChecksum));
        return number;
    }

    private void takeUp() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        for (int number = 0; number * placeBytes < file.size(); number++) {
            header.clear();
            if (!readFully(header, number * placeBytes)) {
                return;
            }
            header.flip();
            TileId tile = new TileId(header.getInt() - 1, header.getInt(), header.getInt());
            var place = new Place(number, header.getInt());
            if (pyramid.contains(tile)
                    && pyramid.hasParent(tile)
                    && !places.containsKey(tile)
                    && read(tile, place).isPresent()) {
                places.put(tile, place);
                taken.set(number);
            }
        }
    }

    /** Empty when the place has not what it should. */
    private Optional<PixelBlock> read(TileId tile, Place place) throws IOException {
        int width = pyramid.halfWidth(tile);
        int height = pyramid.halfHeight(tile);
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + 3 * width * height);
        if (!readFully(content, place.number() * placeBytes)) {
            return Optional.empty();
        }
        content.flip().position(HEADER_BYTES - Integer.BYTES);
        int expected = content.getInt();
        byte[] rgb = new byte[content.remaining()];
        content.get(rgb);
        return checksum(tile, place.tileChecksum(), rgb) == expected
                ? Optional.of(new PixelBlock(width, height, rgb))
                : Optional.empty();
    }

    private boolean readFully(ByteBuffer target, long position) throws IOException {
        for (long at = position; target.hasRemaining(); ) {
            int count = file.read(target, at);
            if (count < 0) {
                return false;
            }
            at += count;
        }
        return true;
    }

    /** All of it but its own checksum. */
    private static byte[] header(TileId tile, int tileChecksum) {
        return ByteBuffer.allocate(HEADER_BYTES - Integer.BYTES)
                .putInt(tile.level() + 1)
                .putInt(tile.column())
                .putInt(tile.row())
                .putInt(tileChecksum)
                .array();
    }

    private static int checksum(TileId tile, int tileChecksum, byte[] rgb) {
        var crc = new CRC32();
        crc.update(header(tile, tileChecksum));
        crc.update(rgb);
        return (int) crc.getValue();
    }
}
