package handscroll.coordinator.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Appends groups of records to one segment, each group whole or not at all as far as its caller is
 * concerned: a group that failed is overwritten by the next one. Used by one thread.
 */
final class SegmentWriter implements Closeable {

    private static final int MAX_BUFFER_BYTES = 1 << 20;

    private final SegmentFile file;
    private final long checksumSeed;
    private final long preallocatedBytes;
    private final ByteBuffer buffer;
    private final ByteBuffer zeros;
    private long durableEnd;
    private long allocatedEnd;

    private SegmentWriter(SegmentFile file, long checksumSeed, long preallocatedBytes) {
        this.file = file;
        this.checksumSeed = checksumSeed;
        this.preallocatedBytes = preallocatedBytes;
        int bufferBytes = (int) Math.max(SegmentFormat.MAX_RECORD_BYTES, Math.min(preallocatedBytes, MAX_BUFFER_BYTES));
        this.buffer = ByteBuffer.allocateDirect(bufferBytes);
        this.zeros = ByteBuffer.allocateDirect(bufferBytes);
        this.durableEnd = SegmentFormat.HEADER_BYTES;
        this.allocatedEnd = SegmentFormat.HEADER_BYTES;
    }

    /** Writes the header; closes the file if it cannot be written. */
    static SegmentWriter begin(SegmentFile file, long incarnation, LogIdentity identity, TokenLogSettings settings)
            throws IOException {
        try {
            file.write(SegmentFormat.header(incarnation, identity), 0);
            file.force(true);
            return new SegmentWriter(file, identity.checksumSeed(), settings.preallocatedBytes());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Returns when all of them are on the disk. */
    void append(Iterable<TokenLog.Entry> group) throws IOException {
        long end = durableEnd;
        buffer.clear();
        for (TokenLog.Entry entry : group) {
            if (buffer.remaining() < entry.bytes()) {
                end = drain(end);
            }
            SegmentFormat.putRecord(buffer, entry, checksumSeed);
        }
        end = drain(end);
        file.force(false);
        durableEnd = end;
    }

    private long drain(long end) throws IOException {
        buffer.flip();
        long newEnd = end + buffer.remaining();
        allocate(newEnd);
        file.write(buffer, end);
        buffer.clear();
        return newEnd;
    }

    /** Zeros written ahead, so that a commit changes no metadata of the file and costs one write of the disk. */
    private void allocate(long needed) throws IOException {
        if (needed <= allocatedEnd) {
            return;
        }
        long target = allocatedEnd;
        while (target < needed) {
            target += preallocatedBytes;
        }
        for (long at = allocatedEnd; at < target; at += zeros.capacity()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), target - at));
            file.write(zeros, at);
        }
        file.force(true);
        allocatedEnd = target;
    }

    /** Gives back what was preallocated and not used. */
    @Override
    public void close() throws IOException {
        try (file) {
            file.truncate(durableEnd);
            file.force(true);
        }
    }
}
