package handscroll.coordinator.export;

import handscroll.coordinator.output.ZipRecords;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** One archive of stored entries; its directory grows in a file beside it, so that memory does not grow with the entries. */
final class ZipTree implements FileTree {

    private static final int BUFFER_BYTES = 1 << 20;

    private final Path target;
    private final Path temporary;
    private final Path directoryFile;
    private final OutputStream out;
    private final OutputStream directory;
    private long entryCount;
    private long offset;
    private long directoryBytes;

    ZipTree(Path target) throws IOException {
        this.target = target;
        this.temporary = target.resolveSibling(target.getFileName() + ".part");
        this.directoryFile = target.resolveSibling(target.getFileName() + ".part.directory");
        this.out = new BufferedOutputStream(Files.newOutputStream(temporary), BUFFER_BYTES);
        this.directory = new BufferedOutputStream(Files.newOutputStream(directoryFile), BUFFER_BYTES);
    }

    @Override
    public void add(String name, byte[] content) throws IOException {
        int checksum = ZipRecords.checksum(content);
        byte[] header = ZipRecords.localHeader(name, content.length, checksum);
        out.write(header);
        out.write(content);
        byte[] entry = ZipRecords.directoryRecord(name, content.length, checksum, offset);
        directory.write(entry);
        entryCount++;
        offset += header.length + content.length;
        directoryBytes += entry.length;
    }

    @Override
    public void complete() throws IOException {
        directory.flush();
        Files.copy(directoryFile, out);
        out.write(ZipRecords.end(entryCount, offset, directoryBytes));
        out.close();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        try (directory) {
            out.close();
        } finally {
            Files.deleteIfExists(directoryFile);
            Files.deleteIfExists(temporary);
        }
    }
}
