package handscroll.coordinator.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/**
 * The directory of one token log on a disk in memory that can be full, die within a write and lose
 * its power. Segments are written and read by the real {@link SegmentWriter} and {@link SegmentReader}.
 *
 * <pre>
 *   written ─▶ visible (also to the next process) ─ forced ─▶ durable (also after a power failure)
 * </pre>
 */
public final class SimulatedDisk {

    /** How the next write ends, for a process that is killed within it. */
    public enum Death {
        NONE,
        WITHIN_THE_WRITE,
        BEFORE_THE_FORCE
    }

    private final RandomGenerator random;
    private final Map<String, SegmentBytes> segments = new LinkedHashMap<>();
    private boolean isFull;
    private Death death = Death.NONE;

    public SimulatedDisk(RandomGenerator random) {
        this.random = random;
    }

    public void setFull(boolean full) {
        isFull = full;
    }

    public boolean isFull() {
        return isFull;
    }

    public void setDeath(Death next) {
        death = next;
    }

    /** What was not forced is lost, or is there in part, or whole: the disk had begun to write it. */
    public void losePower() {
        segments.values().forEach(SegmentBytes::losePower);
    }

    /** As {@link TokenLog#open} does it. */
    public TokenLog open(LogIdentity identity, long incarnation, TokenLogSettings settings, ExecutorService writer)
            throws IOException {
        String name = "segment-" + incarnation + "-" + segments.size();
        SegmentBytes bytes = new SegmentBytes();
        segments.put(name, bytes);
        SegmentFile file = new SegmentFile(new Channel(bytes, bytes.visible));
        return new TokenLog(
                Path.of("/nowhere"), settings, SegmentWriter.begin(file, incarnation, identity, settings), writer);
    }

    /** As {@link TokenLog#scan} does it. */
    public TokenLog.Scan scan(LogIdentity identity, TokenLog.Visitor visitor) throws IOException {
        TokenLog.Scan found = new TokenLog.Scan(0, 0, 0);
        for (Map.Entry<String, SegmentBytes> segment : segments.entrySet()) {
            SegmentBytes bytes = segment.getValue();
            found = found.plus(read(segment.getKey(), new Channel(bytes, bytes.visible), identity, visitor));
        }
        return found;
    }

    /** What would be found if the power failed now and nothing had been written ahead of a force. */
    public void scanDurable(LogIdentity identity, TokenLog.Visitor visitor) throws IOException {
        for (Map.Entry<String, SegmentBytes> segment : segments.entrySet()) {
            SegmentBytes bytes = segment.getValue();
            read(segment.getKey(), new Channel(bytes, bytes.durable), identity, visitor);
        }
    }

    private static TokenLog.Scan read(String name, FileChannel channel, LogIdentity identity, TokenLog.Visitor visitor)
            throws IOException {
        try (SegmentReader reader = new SegmentReader(Path.of(name), identity, channel)) {
            reader.checkHeader();
            return reader.readRecords(visitor);
        }
    }

    /** Bytes that grow. */
    private static final class Content {
        byte[] bytes = new byte[0];
        int size;

        void write(long position, byte[] written, int count) {
            int end = Math.toIntExact(position) + count;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            System.arraycopy(written, 0, bytes, (int) position, count);
            size = Math.max(size, end);
        }

        void truncate(int newSize) {
            if (newSize < size) {
                Arrays.fill(bytes, newSize, size, (byte) 0);
                size = newSize;
            }
        }
    }

    private final class SegmentBytes {
        private record Write(long position, byte[] bytes) {}

        final Content visible = new Content();
        final Content durable = new Content();
        private final List<Write> unforced = new ArrayList<>();

        void write(long position, byte[] bytes, int count) throws IOException {
            visible.write(position, bytes, count);
            unforced.add(new Write(position, Arrays.copyOf(bytes, count)));
        }

        void force() {
            unforced.forEach(write -> durable.write(write.position(), write.bytes(), write.bytes().length));
            unforced.clear();
            durable.truncate(visible.size);
        }

        void losePower() {
            for (Write write : unforced) {
                int kept = random.nextInt(3) == 0 ? random.nextInt(write.bytes().length + 1) : random.nextInt(2);
                durable.write(write.position(), write.bytes(), kept <= 1 ? kept * write.bytes().length : kept);
            }
            unforced.clear();
            visible.truncate(0);
            visible.write(0, durable.bytes, durable.size);
        }
    }

    /** Only what segments need of a channel. */
    private final class Channel extends FileChannel {
        private final SegmentBytes segment;
        private final Content content;
        private int position;

        Channel(SegmentBytes segment, Content content) {
            this.segment = segment;
            this.content = content;
        }

        @Override
        public int read(ByteBuffer into) {
            if (position >= content.size) {
                return -1;
            }
            int count = Math.min(into.remaining(), content.size - position);
            into.put(content.bytes, position, count);
            position += count;
            return count;
        }

        @Override
        public int write(ByteBuffer from, long at) throws IOException {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            if (isFull) {
                segment.write(at, bytes, bytes.length / 2);
                throw new IOException("No space left on device");
            }
            if (death == Death.WITHIN_THE_WRITE) {
                segment.write(at, bytes, random.nextInt(bytes.length + 1));
                throw new IOException("killed");
            }
            segment.write(at, bytes, bytes.length);
            return bytes.length;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            if (death == Death.BEFORE_THE_FORCE) {
                throw new IOException("killed");
            }
            segment.force();
        }

        @Override
        public FileChannel truncate(long size) {
            content.truncate(Math.toIntExact(size));
            return this;
        }

        @Override
        public long size() {
            return content.size;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public FileChannel position(long newPosition) {
            position = Math.toIntExact(newPosition);
            return this;
        }

        @Override
        protected void implCloseChannel() {}

        @Override
        public long read(ByteBuffer[] into, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(ByteBuffer into, long at) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer from) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferTo(long at, long count, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long at, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long at, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long at, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long at, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }
    }
}
