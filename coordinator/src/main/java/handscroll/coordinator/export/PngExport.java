package handscroll.coordinator.export;

import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.TileId;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.task.PixelBlock;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * One PNG file, a row of tiles at a time. Each row is compressed on a core of its own into a piece that ends on a byte border;
 * the pieces one after the other are one deflate stream, and its checksum is combined from theirs.
 */
final class PngExport {

    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int CHANNELS = 3;
    private static final int FILTER_SUB = 1;
    private static final int SAMPLES = 4;
    private static final int SAMPLE_BYTES = 1 << 15;
    private static final byte[] HEADER_REST = {8, 2, 0, 0, 0}; // 8 bits, RGB, deflate, filtered, not interlaced
    private static final byte[] DEFLATE_HEADER = {0x78, 0x01};
    private static final byte[] LAST_EMPTY_BLOCK = {3, 0};
    private static final int ADLER_BASE = 65521;

    /** A row of tiles, compressed. */
    private record Piece(byte[] deflated, long adler, long rawBytes) {}

    static void write(TileSource source, Path target, int level, ExportSettings settings) throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".part");
        try {
            try (var out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(temporary), BUFFER_BYTES))) {
                new PngExport(source, out, level).write(settings.memoryBytes());
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private final TileSource source;
    private final Pyramid pyramid;
    private final DataOutputStream out;
    private final int level;
    private long adler = 1;

    private PngExport(TileSource source, DataOutputStream out, int level) {
        this.source = source;
        this.pyramid = source.pyramid();
        this.out = out;
        this.level = level;
    }

    private void write(long memoryBytes) throws IOException {
        Grid grid = pyramid.grid(pyramid.topLevel());
        source.expect(grid.cellCount());
        // A row is there as pixels and, at worst as large, compressed.
        long rowOfTiles = 2L * CHANNELS * pyramid.widthPixels() * pyramid.tilePixels();
        int window =
                (int) Math.max(1, Math.min(Runtime.getRuntime().availableProcessors() + 1, memoryBytes / rowOfTiles));
        out.writeLong(SIGNATURE);
        writeHeader();
        writeChunk("IDAT", DEFLATE_HEADER);
        try (var pieces = new Ordered<Piece>(window, this::append)) {
            for (int row = 0; row < grid.rows(); row++) {
                int tileRow = row;
                pieces.give(() -> deflated(tileRow));
                source.tell();
            }
            pieces.drain();
        }
        var end = new ByteArrayOutputStream();
        end.writeBytes(LAST_EMPTY_BLOCK);
        new DataOutputStream(end).writeInt((int) adler);
        writeChunk("IDAT", end.toByteArray());
        writeChunk("IEND", new byte[0]);
        source.tell();
    }

    private void append(Piece piece) throws IOException {
        writeChunk("IDAT", piece.deflated());
        adler = combined(adler, piece.adler(), piece.rawBytes());
    }

    private Piece deflated(int tileRow) throws IOException {
        int width = pyramid.widthPixels();
        int rowBytes = 1 + CHANNELS * width;
        int height = pyramid.tileHeight(new TileId(pyramid.topLevel(), 0, tileRow));
        byte[] filtered = new byte[rowBytes * height];
        for (int column = 0; column < pyramid.grid(pyramid.topLevel()).columns(); column++) {
            PixelBlock tile = source.pixels(new TileId(pyramid.topLevel(), column, tileRow));
            int tileBytes = CHANNELS * tile.widthPixels();
            int left = 1 + CHANNELS * column * pyramid.tilePixels();
            for (int y = 0; y < height; y++) {
                System.arraycopy(tile.rgb(), y * tileBytes, filtered, y * rowBytes + left, tileBytes);
            }
        }
        byte[] row = new byte[rowBytes];
        for (int y = 0; y < height; y++) {
            System.arraycopy(filtered, y * rowBytes, row, 0, rowBytes);
            subtractLeft(row, filtered, y * rowBytes);
        }
        var checksum = new Adler32();
        checksum.update(filtered);
        var deflater = new Deflater(level, true);
        deflater.setStrategy(strategy(filtered));
        try {
            deflater.setInput(filtered);
            var bytes = new ByteArrayOutputStream(filtered.length / 2);
            byte[] buffer = new byte[BUFFER_BYTES];
            int count;
            do {
                count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
                bytes.write(buffer, 0, count);
            } while (count == buffer.length || !deflater.needsInput()); // the first call may only take the strategy
            return new Piece(bytes.toByteArray(), checksum.getValue(), filtered.length);
        } finally {
            deflater.end();
        }
    }

    /**
     * At the fastest level pieces in which hardly anything comes twice are not searched for it: photographs and paintings lose a
     * tenth that way and take half the time. Four samples of a piece decide.
     */
    private int strategy(byte[] filtered) {
        if (level > 1) {
            return Deflater.DEFAULT_STRATEGY;
        }
        long searched = 0;
        long coded = 0;
        int bytes = Math.min(SAMPLE_BYTES, filtered.length);
        for (int i = 0; i < SAMPLES; i++) {
            int from = (int) ((long) (filtered.length - bytes) * i / (SAMPLES - 1));
            searched += sampleBytes(filtered, from, bytes, Deflater.DEFAULT_STRATEGY);
            coded += sampleBytes(filtered, from, bytes, Deflater.HUFFMAN_ONLY);
        }
        return coded <= searched + searched / 7 ? Deflater.HUFFMAN_ONLY : Deflater.DEFAULT_STRATEGY;
    }

    private int sampleBytes(byte[] filtered, int from, int bytes, int strategy) {
        var deflater = new Deflater(level, true);
        try {
            deflater.setStrategy(strategy);
            deflater.setInput(filtered, from, bytes);
            deflater.finish();
            byte[] target = new byte[bytes + 64];
            int length = 0;
            while (!deflater.finished()) {
                length += deflater.deflate(target);
            }
            return length;
        } finally {
            deflater.end();
        }
    }

    private static void subtractLeft(byte[] row, byte[] target, int at) {
        target[at] = FILTER_SUB;
        for (int i = 1 + CHANNELS; i < row.length; i++) {
            target[at + i] = (byte) (row[i] - row[i - CHANNELS]);
        }
    }

    /** The checksum of two pieces one after the other. */
    private static long combined(long first, long second, long secondBytes) {
        long rest = secondBytes % ADLER_BASE;
        long a1 = first & 0xFFFF;
        long b1 = first >> 16 & 0xFFFF;
        long a2 = second & 0xFFFF;
        long b2 = second >> 16 & 0xFFFF;
        long a = (a1 + a2 + ADLER_BASE - 1) % ADLER_BASE;
        long b = (b1 + b2 + rest * (a1 + ADLER_BASE - 1)) % ADLER_BASE;
        return b << 16 | a;
    }

    private void writeHeader() throws IOException {
        var header = new ByteArrayOutputStream();
        var fields = new DataOutputStream(header);
        fields.writeInt(pyramid.widthPixels());
        fields.writeInt(pyramid.heightPixels());
        fields.write(HEADER_REST);
        writeChunk("IHDR", header.toByteArray());
    }

    private void writeChunk(String type, byte[] content) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        out.writeInt(content.length);
        out.write(name);
        out.write(content);
        out.writeInt((int) crc.getValue());
    }
}
