package handscroll.coordinator.http;

import handscroll.coordinator.output.StoredPicture;
import handscroll.coordinator.output.TileId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.zip.CRC32;

/**
 * Reads what the output has stored so far, on a thread made for it. A file is there whole or not at
 * all, because tiles are renamed into place; so a file that is there is read at once, not streamed.
 */
final class PictureFiles {

    /** @param version changes whenever the bytes do */
    record Stored(byte[] bytes, String version) {}

    private final Executor readers;

    PictureFiles(Executor readers) {
        this.readers = readers;
    }

    /** Empty when it is not there yet. */
    CompletionStage<Optional<Stored>> read(Path file) {
        return CompletableFuture.supplyAsync(() -> readNow(file), readers);
    }

    /** Empty when it is not there yet; from whatever holds the tiles. */
    CompletionStage<Optional<Stored>> readTile(Path directory, TileId tile, String extension) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return StoredPicture.tile(directory, tile, extension).map(bytes -> {
                            var crc = new CRC32();
                            crc.update(bytes);
                            return new Stored(bytes, Long.toHexString(crc.getValue()) + "-" + bytes.length);
                        });
                    } catch (IOException unreadable) {
                        throw new CompletionException(unreadable);
                    }
                },
                readers);
    }

    private static Optional<Stored> readNow(Path file) {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(file);
            String version = Long.toHexString(attributes.lastModifiedTime().toMillis()) + "-" + bytes.length;
            return Optional.of(new Stored(bytes, version));
        } catch (NoSuchFileException notYet) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new CompletionException(unreadable);
        }
    }
}
