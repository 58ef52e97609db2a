package handscroll.coordinator.journal;

import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the sound records of one segment, whatever happened to the bytes between them. */
final class SegmentReader implements Closeable {

    private final Path path;
    private final LogIdentity identity;
    private final FileChannel channel;
    private final ByteBuffer window =
            ByteBuffer.allocate(2 * SegmentFormat.MAX_RECORD_BYTES).limit(0);
    private boolean atEnd;
    private long recordCount;
    private long skippedBytes;
    /** Zeros since the last record: preallocation if nothing follows, damage if something does. */
    private long zeroBytes;

    SegmentReader(Path path, LogIdentity identity) throws IOException {
        this(path, identity, FileChannel.open(path));
    }

    SegmentReader(Path path, LogIdentity identity, FileChannel channel) {
        this.path = path;
        this.identity = identity;
        this.channel = channel;
    }

    /** @throws Refusal when the segment is another job's, or was written by a later version */
    void checkHeader() throws IOException {
        if (available() < SegmentFormat.HEADER_BYTES) {
            // The coordinator died while it made the file: nothing was ever acknowledged from here.
            skip(available());
            return;
        }
        Optional<SegmentFormat.Header> header = SegmentFormat.readHeader(window);
        if (header.isPresent()) {
            check(header.get());
            window.position(window.position() + SegmentFormat.HEADER_BYTES);
        } else {
            skip(SegmentFormat.HEADER_BYTES);
        }
    }

    /**
     * Once, after {@link #checkHeader}. First makes durable what is found: a coordinator that was killed between
     * writing and flushing left records that can be read and would be lost with the power, when others were
     * drawn from them already.
     */
    TokenLog.Scan readRecords(TokenLog.Visitor visitor) throws IOException {
        channel.force(true);
        long seed = identity.checksumSeed();
        while (available() >= Short.BYTES) {
            Optional<TokenLog.Entry> record = SegmentFormat.recordAt(window, seed);
            if (record.isPresent()) {
                TokenLog.Entry entry = record.get();
                window.position(window.position() + entry.bytes());
                skippedBytes += zeroBytes;
                zeroBytes = 0;
                recordCount++;
                visitor.rendered(entry.stage(), entry.cell(), entry.tokens());
            } else {
                skip(Short.BYTES);
            }
        }
        skip(available());
        return new TokenLog.Scan(1, recordCount, skippedBytes);
    }

    private void check(SegmentFormat.Header header) {
        if (header.version() > SegmentFormat.VERSION) {
            throw refusal("was written by a later version of Handscroll", "use that version");
        }
        if (!header.identity().job().equals(identity.job())) {
            throw refusal(
                    "belongs to job " + header.identity().job() + ", not to " + identity.job(),
                    "render into another directory");
        }
        if (!header.identity().equals(identity)) {
            throw refusal(
                    "holds tokens of another spec, input picture or model",
                    "render into another directory, or take back what was changed since the job was started");
        }
    }

    private Refusal refusal(String what, String remedy) {
        return new Refusal(
                "The token log in " + path.getParent() + " cannot be used:",
                List.of(new Problem(String.valueOf(path.getFileName()), what, remedy)));
    }

    private void skip(int count) {
        for (int i = 0; i < count; i++) {
            if (window.get() == 0) {
                zeroBytes++;
            } else {
                skippedBytes += zeroBytes + 1;
                zeroBytes = 0;
            }
        }
    }

    /** Bytes in the window; more than the longest record unless the file ends. */
    private int available() throws IOException {
        if (!atEnd && window.remaining() < SegmentFormat.MAX_RECORD_BYTES) {
            window.compact();
            while (!atEnd && window.hasRemaining()) {
                atEnd = channel.read(window) < 0;
            }
            window.flip();
        }
        return window.remaining();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
