package handscroll.coordinator.output;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All that a growing picture does to the disk: what a test slows down, or lets fail half way. Files are flushed one by one, or,
 * where the file system can do that, all together that came meanwhile.
 */
class Disk implements Closeable {

    /** For each folder that got a name: at most one for each level of a pyramid, and its work. */
    private final Map<Path, GroupForce> folders = new ConcurrentHashMap<>();

    /** For each file that stays open: an archive, and half-size pixels. */
    private final Map<FileChannel, GroupForce> files = new ConcurrentHashMap<>();

    private final Optional<FileSystemFlush> flush;
    private final GroupForce together = new GroupForce(this::flushAll);

    /** Flushes files one by one. */
    Disk() {
        this(Optional.empty());
    }

    private Disk(Optional<FileSystemFlush> flush) {
        this.flush = flush;
    }

    /** For the files of a directory, which exists; flushes them together where its file system lets that be done. */
    static Disk of(Path directory, OutputSettings settings) {
        return new Disk(settings.flushesTogether() ? FileSystemFlush.of(directory) : Optional.empty());
    }

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

    /**
     * A file under its name, whole for whoever reads it now, and durable after the next {@link #settle}. When the power fails before,
     * there may be a name without its content.
     */
    void put(Path temporary, Path target, byte[] content) throws IOException {
        if (flushesTogether()) {
            Files.write(temporary, content);
            DurableFile.move(temporary, target);
        } else {
            write(temporary, content);
            rename(temporary, target);
        }
    }

    /** All that was {@link #put}, or written to one of these files, is durable when it returns. Who comes meanwhile shares the wait. */
    void settle(List<FileChannel> written) throws IOException {
        if (flushesTogether()) {
            together.force();
            return;
        }
        for (FileChannel file : written) {
            files.computeIfAbsent(file, any -> new GroupForce(() -> force(file)))
                    .force();
        }
    }

    boolean flushesTogether() {
        return flush.isPresent();
    }

    void flushAll() throws IOException {
        flush.orElseThrow().run();
    }

    void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** All of it; durable after the next {@link #force} or {@link #settle}. */
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

    @Override
    public void close() {
        flush.ifPresent(FileSystemFlush::close);
    }
}
