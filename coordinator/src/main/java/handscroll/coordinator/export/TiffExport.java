package handscroll.coordinator.export;

import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.TileId;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.TileCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A tiled pyramid in one BigTIFF file: a directory for each level, the largest first, then the tiles, the smallest level first.
 * With all directories in front, a reader over a network finds every tile with its first request. JPEG tiles are copied as they
 * are, but for those that stick out of the canvas, which TIFF wants whole.
 *
 * <pre>
 *   header ─ directory, offsets, lengths of level 0 ─ … of level n ─ tiles of level n ─ … ─ tiles of level 0
 * </pre>
 */
final class TiffExport {

    private static final int HEADER_BYTES = 16;
    private static final int ENTRY_BYTES = 20;
    private static final int BUFFER_BYTES = 1 << 22;
    private static final int READ_AHEAD = 64;

    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int LONG8 = 16;

    private static final int COMPRESSION_JPEG = 7;
    private static final int COMPRESSION_DEFLATE = 8;
    private static final int PHOTOMETRIC_RGB = 2;
    private static final int PHOTOMETRIC_YCBCR = 6;
    private static final int PREDICTOR_HORIZONTAL = 2;

    /** One tag of a directory; what does not fit into eight bytes lies at an offset. */
    private record Tag(int number, int type, long count, long value) {}

    /** Where a level's directory lies, and behind it the places of its tiles. */
    private record Directory(int level, long at, long offsetsAt, long lengthsAt, long end) {}

    static void write(
            TileSource source, Path target, Export.Compression compression, int level, ExportSettings settings)
            throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".part");
        try {
            try (FileChannel file = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE)) {
                new TiffExport(source, file, compression, level).write();
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private final TileSource source;
    private final Pyramid pyramid;
    private final FileChannel file;
    private final Export.Compression compression;
    private final int deflateLevel;
    private final TileCodec codec;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long end;

    private TiffExport(TileSource source, FileChannel file, Export.Compression compression, int deflateLevel) {
        this.source = source;
        this.pyramid = source.pyramid();
        this.file = file;
        this.compression = compression;
        this.deflateLevel = deflateLevel;
        this.codec = new TileCodec(TileEncoding.JPEG, source.tiles().quality());
    }

    private void write() throws IOException {
        List<Directory> directories = layOut();
        long expected = 0;
        for (Directory directory : directories) {
            expected += pyramid.grid(directory.level()).cellCount();
        }
        source.expect(expected);
        file.write(
                little(HEADER_BYTES)
                        .put((byte) 'I')
                        .put((byte) 'I')
                        .putShort((short) 43)
                        .putShort((short) 8)
                        .putShort((short) 0)
                        .putLong(HEADER_BYTES)
                        .flip(),
                0);
        end = directories.get(directories.size() - 1).end();
        for (int i = directories.size() - 1; i >= 0; i--) {
            writeTiles(directories.get(i));
        }
        for (int i = 0; i < directories.size(); i++) {
            long next = i + 1 < directories.size() ? directories.get(i + 1).at() : 0;
            writeDirectory(directories.get(i), i > 0, next);
        }
        source.tell();
    }

    /** Sizes depend on the number of tiles only, so all is placed before the first tile is read. */
    private List<Directory> layOut() {
        List<Directory> directories = new ArrayList<>();
        long at = HEADER_BYTES;
        for (int level = pyramid.topLevel(); level >= TileTrees.smallestTiledLevel(pyramid); level--) {
            long count = pyramid.grid(level).cellCount();
            long offsetsAt =
                    at + 8 + (long) ENTRY_BYTES * tags(level, false, 0, 0).size() + 8;
            long lengthsAt = offsetsAt + 8 * count;
            directories.add(new Directory(level, at, offsetsAt, lengthsAt, lengthsAt + 8 * count));
            at = lengthsAt + 8 * count;
        }
        return directories;
    }

    private void writeTiles(Directory directory) throws IOException {
        Grid grid = pyramid.grid(directory.level());
        var places = new Places(directory, grid.columns());
        try (var tiles = new Ordered<byte[]>(READ_AHEAD, places::append)) {
            for (int index = 0; index < grid.cellCount(); index++) {
                TileId tile = new TileId(directory.level(), grid.columnOf(index), grid.rowOf(index));
                tiles.give(() -> compressed(tile));
                source.tell();
            }
            tiles.drain();
        }
        flush();
    }

    /** Appends tiles, and writes down where a row of them lies when it is full. */
    private final class Places {
        private final Directory directory;
        private final ByteBuffer offsets;
        private final ByteBuffer lengths;
        private long written;

        Places(Directory directory, int columns) {
            this.directory = directory;
            this.offsets = little(8 * columns);
            this.lengths = little(8 * columns);
        }

        void append(byte[] tile) throws IOException {
            offsets.putLong(end);
            lengths.putLong(tile.length);
            TiffExport.this.append(tile);
            if (!offsets.hasRemaining()) {
                long bytes = offsets.flip().remaining();
                writeFully(offsets, directory.offsetsAt() + written);
                writeFully(lengths.flip(), directory.lengthsAt() + written);
                written += bytes;
                offsets.clear();
                lengths.clear();
            }
        }
    }

    private void append(byte[] bytes) throws IOException {
        if (bytes.length > buffer.remaining()) {
            flush();
        }
        if (bytes.length > buffer.remaining()) {
            writeFully(ByteBuffer.wrap(bytes), end);
            end += bytes.length;
            return;
        }
        buffer.put(bytes);
        end += bytes.length;
    }

    private void flush() throws IOException {
        buffer.flip();
        writeFully(buffer, end - buffer.remaining());
        buffer.clear();
    }

    private void writeFully(ByteBuffer bytes, long at) throws IOException {
        for (long to = at; bytes.hasRemaining(); ) {
            to += file.write(bytes, to);
        }
    }

    private byte[] compressed(TileId tile) throws IOException {
        boolean whole =
                pyramid.tileWidth(tile) == pyramid.tilePixels() && pyramid.tileHeight(tile) == pyramid.tilePixels();
        if (compression == Export.Compression.JPEG) {
            return whole ? source.encoded(tile) : codec.encode(padded(source.pixels(tile)));
        }
        PixelBlock pixels = source.pixels(tile);
        return deflated((whole ? pixels : padded(pixels)).rgb());
    }

    /** To a whole tile, with its last column and row going on. */
    private PixelBlock padded(PixelBlock tile) {
        int side = pyramid.tilePixels();
        byte[] rgb = new byte[3 * side * side];
        for (int y = 0; y < side; y++) {
            int from = 3 * tile.widthPixels() * Math.min(y, tile.heightPixels() - 1);
            int to = 3 * side * y;
            System.arraycopy(tile.rgb(), from, rgb, to, 3 * tile.widthPixels());
            for (int i = to + 3 * tile.widthPixels(); i < to + 3 * side; i++) {
                rgb[i] = rgb[i - 3];
            }
        }
        return new PixelBlock(side, side, rgb);
    }

    private byte[] deflated(byte[] rgb) {
        int rowBytes = 3 * pyramid.tilePixels();
        byte[] differences = new byte[rgb.length];
        for (int row = 0; row < rgb.length; row += rowBytes) {
            System.arraycopy(rgb, row, differences, row, 3);
            for (int i = row + 3; i < row + rowBytes; i++) {
                differences[i] = (byte) (rgb[i] - rgb[i - 3]);
            }
        }
        return Zlib.compress(differences, deflateLevel);
    }

    private void writeDirectory(Directory directory, boolean reduced, long next) throws IOException {
        List<Tag> tags = tags(directory.level(), reduced, directory.offsetsAt(), directory.lengthsAt());
        ByteBuffer bytes = little(8 + ENTRY_BYTES * tags.size() + 8);
        bytes.putLong(tags.size());
        for (Tag tag : tags) {
            bytes.putShort((short) tag.number())
                    .putShort((short) tag.type())
                    .putLong(tag.count())
                    .putLong(tag.value());
        }
        bytes.putLong(next);
        writeFully(bytes.flip(), directory.at());
        // One place fits into the tag itself, and belongs there.
        if (pyramid.grid(directory.level()).cellCount() == 1) {
            for (int i = 0; i < tags.size(); i++) {
                if (tags.get(i).number() == 324 || tags.get(i).number() == 325) {
                    moveInline(tags.get(i).value(), directory.at() + 8 + (long) ENTRY_BYTES * i + 12);
                }
            }
        }
    }

    private void moveInline(long from, long to) throws IOException {
        ByteBuffer place = little(8);
        while (place.hasRemaining()) {
            if (file.read(place, from + place.position()) < 0) {
                throw new IOException("the file ended where a tile's place was written");
            }
        }
        writeFully(place.flip(), to);
    }

    private List<Tag> tags(int level, boolean reduced, long offsetsAt, long lengthsAt) {
        boolean jpeg = compression == Export.Compression.JPEG;
        long count = pyramid.grid(level).cellCount();
        List<Tag> tags = new ArrayList<>();
        tags.add(new Tag(254, LONG, 1, reduced ? 1 : 0)); // NewSubfileType
        tags.add(new Tag(256, LONG, 1, pyramid.widthPixels(level)));
        tags.add(new Tag(257, LONG, 1, pyramid.heightPixels(level)));
        tags.add(new Tag(258, SHORT, 3, 8L | 8L << 16 | 8L << 32)); // BitsPerSample
        tags.add(new Tag(259, SHORT, 1, jpeg ? COMPRESSION_JPEG : COMPRESSION_DEFLATE));
        tags.add(new Tag(262, SHORT, 1, jpeg ? PHOTOMETRIC_YCBCR : PHOTOMETRIC_RGB));
        tags.add(new Tag(277, SHORT, 1, 3)); // SamplesPerPixel
        tags.add(new Tag(284, SHORT, 1, 1)); // PlanarConfiguration: interleaved
        if (!jpeg) {
            tags.add(new Tag(317, SHORT, 1, PREDICTOR_HORIZONTAL));
        }
        tags.add(new Tag(322, LONG, 1, pyramid.tilePixels()));
        tags.add(new Tag(323, LONG, 1, pyramid.tilePixels()));
        tags.add(new Tag(324, LONG8, count, offsetsAt));
        tags.add(new Tag(325, LONG8, count, lengthsAt));
        if (jpeg) {
            tags.add(new Tag(530, SHORT, 2, 2L | 2L << 16)); // YCbCrSubSampling: both encoders make 4:2:0
        }
        return tags;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
