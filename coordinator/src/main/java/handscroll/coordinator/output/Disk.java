package handscroll.coordinator.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All that a growing picture does to the disk: what a test slows down, or lets fail half way. */
class Disk {

    /** For each folder that got a name: at most one for each level of a pyramid, and its work. */
    private final Map<Path, GroupForce> folders = new ConcurrentHashMap<>();

    /** A new file with its content, durable when it returns; its name is not. */
    void write(Path file, byte[] content) throws IOException {
        DurableFile.writeContent(file, content);
    }

    /** Durable when it returns; names that come into one folder meanwhile share the wait. */
    void rename(Path from, Path to) throws IOException {
        DurableFile.move(from, to);
        Path folder = DurableFile.folder(to);
        folders.computeIfAbsent(folder, any -> new GroupForce(() -> DurableFile.forceNames(folder)))
                .force();
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
