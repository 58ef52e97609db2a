package handscroll.coordinator.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A token log that writes and never waits for the disk: what the waiting costs is the difference to the real one. */
public final class UnflushedLog {

    public static TokenLog open(Path directory, LogIdentity identity, TokenLogSettings settings) {
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    directory.resolve("segment-00001.log"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            SegmentFile file = new SegmentFile(channel) {
                @Override
                void force(boolean size) {}
            };
            return new TokenLog(directory, settings, SegmentWriter.begin(file, 1, identity, settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private UnflushedLog() {}
}
