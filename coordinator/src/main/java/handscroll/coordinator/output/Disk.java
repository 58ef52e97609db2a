package handscroll.coordinator.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** All that a growing picture does to the disk: what a test slows down, or lets fail half way. */
class Disk {

    /** A new file with its content, durable when it returns; its name is not. */
    void write(Path file, byte[] content) throws IOException {
        DurableFile.writeContent(file, content);
    }

    /** Durable when it returns. */
    void rename(Path from, Path to) throws IOException {
        DurableFile.rename(from, to);
    }

    void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** All of it; durable after the next {@link #force}. */
    void writeAt(FileChannel file, ByteBuffer content, long position) throws IOException {
        for (long at = position; content.hasRemaining(); ) {
            at += file.write(content, at);
        }
    }

    void force(FileChannel file) throws IOException {
        file.force(false);
    }

    void truncate(FileChannel file, long size) throws IOException {
        file.truncate(size);
    }
}
