package handscroll.coordinator.journal;

import handscroll.protocol.job.JobId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How bytes lie in a segment of the token log; big-endian throughout.
 *
 * <pre>
 *   header, 512 bytes:  magic 8 | version 4 | incarnation 8 | job 2 + n | hash 2 + n | zeros | crc32c 4
 *   record, 16 + 2 n:   marker 4 | stage 2 | cell 4 | count n 2 | n tokens of 2 | crc32c 4
 *   then zeros as far as the file is preallocated
 * </pre>
 *
 * A record's checksum begins with the identity of the log, so a record proves by itself whose it is,
 * and a damaged header costs nothing but the header.
 */
final class SegmentFormat {

    static final int VERSION = 1;
    static final int HEADER_BYTES = 512;
    static final int RECORD_OVERHEAD = 16;
    static final int MAX_TOKENS = 0xFFFF;
    static final int MAX_RECORD_BYTES = RECORD_OVERHEAD + 2 * MAX_TOKENS;

    private static final long MAGIC = 0x4853_544F_4B45_4E53L; // "HSTOKENS"
    private static final int MARKER = 0xA55A_C3D2;
    private static final int COUNT_OFFSET = 10;
    private static final int TOKENS_OFFSET = 12;

    /** What the first bytes of a segment say. */
    record Header(int version, long incarnation, LogIdentity identity) {}

    static ByteBuffer header(long incarnation, LogIdentity identity) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
        bytes.putLong(MAGIC).putInt(VERSION).putLong(incarnation);
        putText(bytes, identity.job().value());
        putText(bytes, identity.contentHash());
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, HEADER_BYTES - Integer.BYTES);
        bytes.putInt(HEADER_BYTES - Integer.BYTES, (int) crc.getValue());
        return bytes.position(0);
    }

    /** Empty when the header is torn or damaged. */
    static Optional<Header> readHeader(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(bytes.position(), HEADER_BYTES - Integer.BYTES));
        int stored = bytes.getInt(bytes.position() + HEADER_BYTES - Integer.BYTES);
        ByteBuffer fields = bytes.duplicate();
        if (stored != (int) crc.getValue() || fields.getLong() != MAGIC) {
            return Optional.empty();
        }
        int version = fields.getInt();
        long incarnation = fields.getLong();
        JobId job = new JobId(getText(fields));
        return Optional.of(new Header(version, incarnation, new LogIdentity(job, getText(fields))));
    }

    static void putRecord(ByteBuffer into, TokenLog.Entry entry, long checksumSeed) {
        int start = into.position();
        into.putInt(MARKER).putShort((short) entry.stage()).putInt(entry.cell());
        into.putShort((short) entry.tokens().length);
        into.slice().asShortBuffer().put(entry.tokens());
        into.position(into.position() + Short.BYTES * entry.tokens().length);
        into.putInt(checksum(into, start, entry.tokens().length, checksumSeed));
    }

    /** The record that begins at the buffer's position, if there is a whole and sound one; moves nothing. */
    static Optional<TokenLog.Entry> recordAt(ByteBuffer bytes, long checksumSeed) {
        int start = bytes.position();
        if (bytes.remaining() < RECORD_OVERHEAD || bytes.getInt(start) != MARKER) {
            return Optional.empty();
        }
        int count = Short.toUnsignedInt(bytes.getShort(start + COUNT_OFFSET));
        if (bytes.remaining() < RECORD_OVERHEAD + 2 * count
                || bytes.getInt(start + TOKENS_OFFSET + 2 * count) != checksum(bytes, start, count, checksumSeed)) {
            return Optional.empty();
        }
        short[] tokens = new short[count];
        bytes.slice(start + TOKENS_OFFSET, 2 * count).asShortBuffer().get(tokens);
        return Optional.of(new TokenLog.Entry(
                Short.toUnsignedInt(bytes.getShort(start + Integer.BYTES)), bytes.getInt(start + 6), tokens));
    }

    private static int checksum(ByteBuffer bytes, int start, int count, long seed) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
        ByteBuffer body = bytes.duplicate();
        body.limit(start + TOKENS_OFFSET + 2 * count).position(start + Integer.BYTES);
        crc.update(body);
        return (int) crc.getValue();
    }

    private static void putText(ByteBuffer into, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        into.putShort((short) bytes.length).put(bytes);
    }

    private static String getText(ByteBuffer from) {
        byte[] bytes = new byte[from.getShort()];
        from.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private SegmentFormat() {}
}
