package handscroll.coordinator.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of one segment on the disk. Used by one thread. */
class SegmentFile implements Closeable {

    private final FileChannel channel;

    SegmentFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes a new file; it is durable by name when this returns. */
    SegmentFile(Path path) throws IOException {
        this(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** @param size whether the file grew since the last call */
    void force(boolean size) throws IOException {
        channel.force(size);
    }

    void truncate(long bytes) throws IOException {
        channel.truncate(bytes);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
