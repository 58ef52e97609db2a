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
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Half-size pixels of tiles whose parent is not there yet, in one file of places of the same size that are used again: a file each
 * would cost more than encoding the tile. A place says whose pixels it has, with a checksum over all; one that was torn is free.
 * Safe for many threads.
 */
final class HalfFile implements Closeable {

    private static final int HEADER_BYTES = 16;

    private final Disk disk;
    private final Pyramid pyramid;
    private final FileChannel file;
    private final GroupForce group;
    private final int placeBytes;
    private final Map<TileId, Integer> places = new HashMap<>();
    private final BitSet taken = new BitSet();

    /** Opens it, or begins one; what is whole in it is there again. */
    HalfFile(Disk disk, Path path, Pyramid pyramid) throws IOException {
        this.disk = disk;
        this.pyramid = pyramid;
        int side = pyramid.tilePixels() / 2;
        this.placeBytes = HEADER_BYTES + 3 * side * side;
        this.file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        this.group = new GroupForce(() -> disk.force(file));
        takeUp();
    }

    synchronized Set<TileId> stored() {
        return Set.copyOf(places.keySet());
    }

    /** Durable when it returns. */
    void add(TileId tile, PixelBlock half) throws IOException {
        byte[] rgb = half.rgb();
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + rgb.length);
        content.putInt(tile.level() + 1)
                .putInt(tile.column())
                .putInt(tile.row())
                .putInt(checksum(tile, rgb));
        content.put(rgb).flip();
        int place = take(tile);
        disk.writeAt(file, content, (long) place * placeBytes);
        group.force();
    }

    Optional<PixelBlock> get(TileId tile) throws IOException {
        Integer place;
        synchronized (this) {
            place = places.get(tile);
        }
        return place == null ? Optional.empty() : read(tile, place);
    }

    /** Its place is free for another one; what it held stays until then, and does no harm. */
    synchronized void remove(TileId tile) {
        Integer place = places.remove(tile);
        if (place != null) {
            taken.clear(place);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private synchronized int take(TileId tile) {
        Integer same = places.get(tile);
        if (same != null) {
            return same;
        }
        int place = taken.nextClearBit(0);
        taken.set(place);
        places.put(tile, place);
        return place;
    }

    private void takeUp() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        for (int place = 0; (long) place * placeBytes < file.size(); place++) {
            header.clear();
            if (!readFully(header, (long) place * placeBytes)) {
                return;
            }
            header.flip();
            TileId tile = new TileId(header.getInt() - 1, header.getInt(), header.getInt());
            if (pyramid.contains(tile)
                    && pyramid.hasParent(tile)
                    && !places.containsKey(tile)
                    && read(tile, place).isPresent()) {
                places.put(tile, place);
                taken.set(place);
            }
        }
    }

    /** Empty when the place has not what it should. */
    private Optional<PixelBlock> read(TileId tile, int place) throws IOException {
        int width = pyramid.halfWidth(tile);
        int height = pyramid.halfHeight(tile);
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + 3 * width * height);
        if (!readFully(content, (long) place * placeBytes)) {
            return Optional.empty();
        }
        content.flip().position(HEADER_BYTES - Integer.BYTES);
        int expected = content.getInt();
        byte[] rgb = new byte[content.remaining()];
        content.get(rgb);
        return checksum(tile, rgb) == expected ? Optional.of(new PixelBlock(width, height, rgb)) : Optional.empty();
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

    private static int checksum(TileId tile, byte[] rgb) {
        var crc = new CRC32();
        crc.update(ByteBuffer.allocate(3 * Integer.BYTES)
                .putInt(tile.level() + 1)
                .putInt(tile.column())
                .putInt(tile.row())
                .flip());
        crc.update(rgb);
        return (int) crc.getValue();
    }
}
