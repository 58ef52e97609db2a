package handscroll.coordinator.output;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Writes a PNG of any height row by row; the platform's own writer wants to hold the whole picture. */
final class PngWriter implements Closeable {

    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int CHANNELS = 3;
    private static final int FILTER_SUB = 1;
    private static final byte[] HEADER_REST = {8, 2, 0, 0, 0}; // 8 bits, RGB, deflate, filtered, not interlaced

    private final DataOutputStream out;
    private final Deflater deflater = new Deflater();
    private final DeflaterOutputStream pixels;
    private final byte[] filtered;

    /** Closes {@code target} when it is closed itself. */
    PngWriter(OutputStream target, int widthPixels, int heightPixels) throws IOException {
        out = new DataOutputStream(target);
        filtered = new byte[1 + CHANNELS * widthPixels];
        filtered[0] = FILTER_SUB;
        out.writeLong(SIGNATURE);
        var header = new ByteArrayOutputStream();
        var fields = new DataOutputStream(header);
        fields.writeInt(widthPixels);
        fields.writeInt(heightPixels);
        fields.write(HEADER_REST);
        writeChunk("IHDR", header.toByteArray(), header.size());
        pixels = new DeflaterOutputStream(new DataChunks(), deflater, CHUNK_BYTES);
    }

    /** The next row downwards, {@code offset} into an array of red, green, blue. */
    void writeRow(byte[] rgb, int offset) throws IOException {
        for (int i = 0; i < filtered.length - 1; i++) {
            int left = i < CHANNELS ? 0 : rgb[offset + i - CHANNELS];
            filtered[1 + i] = (byte) (rgb[offset + i] - left);
        }
        pixels.write(filtered);
    }

    @Override
    public void close() throws IOException {
        try (out) {
            pixels.close();
            writeChunk("IEND", new byte[0], 0);
        } finally {
            deflater.end();
        }
    }

    private void writeChunk(String type, byte[] content, int length) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content, 0, length);
        out.writeInt(length);
        out.write(name);
        out.write(content, 0, length);
        out.writeInt((int) crc.getValue());
    }

    /** Cuts the compressed stream into chunks of their own. */
    private final class DataChunks extends OutputStream {

        private final byte[] chunk = new byte[CHUNK_BYTES];
        private int length;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            for (int at = 0; at < count; ) {
                int part = Math.min(count - at, chunk.length - length);
                System.arraycopy(bytes, offset + at, chunk, length, part);
                length += part;
                at += part;
                if (length == chunk.length) {
                    cut();
                }
            }
        }

        @Override
        public void close() throws IOException {
            if (length > 0) {
                cut();
            }
        }

        private void cut() throws IOException {
            writeChunk("IDAT", chunk, length);
            length = 0;
        }
    }
}
