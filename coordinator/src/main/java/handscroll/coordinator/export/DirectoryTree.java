package handscroll.coordinator.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** A file each, below a directory that gets its name at the end. */
final class DirectoryTree implements FileTree {

    private final Path target;
    private final Path temporary;
    private final Set<Path> made = new HashSet<>();
    private boolean isComplete;

    DirectoryTree(Path target) throws IOException {
        this.target = target;
        this.temporary = target.resolveSibling(target.getFileName() + ".part");
        delete(temporary);
        Files.createDirectories(temporary);
    }

    @Override
    public void add(String name, byte[] content) throws IOException {
        Files.write(file(name), content);
    }

    /** For a file that is written bit by bit. */
    Path file(String name) throws IOException {
        Path file = temporary.resolve(name);
        Path folder = file.getParent();
        // IIIF has a folder for each tile: only those that were just made are remembered.
        if (folder != null && made.add(folder)) {
            Files.createDirectories(folder);
            if (made.size() > 1000) {
                made.clear();
            }
        }
        return file;
    }

    @Override
    public void complete() throws IOException {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        isComplete = true;
    }

    @Override
    public void close() throws IOException {
        if (!isComplete) {
            delete(temporary);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
    }
}
