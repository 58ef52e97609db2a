package handscroll.coordinator.output;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The records of a zip archive whose entries are stored as they are, Zip64 where it must be. The platform's own writer keeps every
 * entry in memory and cannot go on with an archive that a dying process left.
 *
 * <pre>
 *   local header + name + bytes        an entry, one after the other; the header has length and checksum
 *   directory record + name            an entry again, with the offset of its header
 *   end                                where the directory begins, and how many entries it has
 * </pre>
 */
public final class ZipRecords {

    public static final int LOCAL_HEADER_BYTES = 30;
    static final int LOCAL_HEADER = 0x04034b50;

    private static final int DIRECTORY_RECORD = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final short DATE = (1 << 5) + 1; // 1980-01-01, so that the same tiles make the same archive
    private static final short VERSION = 20;
    private static final short VERSION_64 = 45;
    private static final long MAX_32 = 0xFFFFFFFFL;
    private static final int MAX_16 = 0xFFFF;

    /** CRC-32 of an entry's bytes. */
    public static int checksum(byte[] content) {
        var crc = new CRC32();
        crc.update(content);
        return (int) crc.getValue();
    }

    /** What stands before an entry's bytes. */
    public static byte[] localHeader(String name, int length, int crc) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        return records(LOCAL_HEADER_BYTES + text.length)
                .putInt(LOCAL_HEADER)
                .putShort(VERSION)
                .putShort((short) 0)
                .putShort((short) 0) // stored
                .putShort((short) 0)
                .putShort(DATE)
                .putInt(crc)
                .putInt(length)
                .putInt(length)
                .putShort((short) text.length)
                .putShort((short) 0)
                .put(text)
                .array();
    }

    /** An entry of the directory. */
    public static byte[] directoryRecord(String name, int length, int crc, long offset) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        boolean far = offset >= MAX_32;
        ByteBuffer record = records(46 + text.length + (far ? 12 : 0))
                .putInt(DIRECTORY_RECORD)
                .putShort((short) (3 << 8 | VERSION_64)) // made on Unix
                .putShort(far ? VERSION_64 : VERSION)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort(DATE)
                .putInt(crc)
                .putInt(length)
                .putInt(length)
                .putShort((short) text.length)
                .putShort((short) (far ? 12 : 0))
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(0100644 << 16)
                .putInt((int) (far ? MAX_32 : offset))
                .put(text);
        if (far) {
            record.putShort((short) 1).putShort((short) 8).putLong(offset);
        }
        return record.array();
    }

    /** What closes the archive. */
    public static byte[] end(long entryCount, long directoryOffset, long directoryBytes) {
        boolean large = entryCount >= MAX_16 || directoryOffset >= MAX_32 || directoryBytes >= MAX_32;
        ByteBuffer end = records(22 + (large ? 56 + 20 : 0));
        if (large) {
            end.putInt(END_64)
                    .putLong(44)
                    .putShort((short) (3 << 8 | VERSION_64))
                    .putShort(VERSION_64)
                    .putInt(0)
                    .putInt(0)
                    .putLong(entryCount)
                    .putLong(entryCount)
                    .putLong(directoryBytes)
                    .putLong(directoryOffset)
                    .putInt(LOCATOR_64)
                    .putInt(0)
                    .putLong(directoryOffset + directoryBytes)
                    .putInt(1);
        }
        short count = (short) Math.min(MAX_16, entryCount);
        return end.putInt(END)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort(count)
                .putShort(count)
                .putInt((int) Math.min(MAX_32, directoryBytes))
                .putInt((int) Math.min(MAX_32, directoryOffset))
                .putShort((short) 0)
                .array();
    }

    private static ByteBuffer records(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ZipRecords() {}
}
