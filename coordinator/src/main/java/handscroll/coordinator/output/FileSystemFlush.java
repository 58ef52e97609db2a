package handscroll.coordinator.output;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes all that was written to one file system durable with one call, however many files it is: {@code syncfs} of Linux. It also
 * waits for what other programs wrote there.
 */
final class FileSystemFlush implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(FileSystemFlush.class);

    /** The system's C interface, under its names there. */
    private interface Calls extends Library {
        int open(String path, int flags) throws LastErrorException;

        int syncfs(int file) throws LastErrorException;

        int close(int file) throws LastErrorException;
    }

    private static final int READ_ONLY_CLOSED_ON_EXEC = 0x80000;

    /** They write all of it and tell what failed. On a file system over the network the other side decides that. */
    private static final Set<String> TRUSTED = Set.of("ext4", "xfs", "btrfs");

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    /** As the platform's own channels have it: whoever is forgotten without an end leaves nothing open. */
    private static final Cleaner CLEANER = Cleaner.create();

    private final Descriptor descriptor;
    private final Cleaner.Cleanable cleanable;

    private FileSystemFlush(Descriptor descriptor) {
        this.descriptor = descriptor;
        this.cleanable = CLEANER.register(this, descriptor);
    }

    /** Failures are told to files that were open when they happened: so it stays open. */
    private record Descriptor(Calls calls, int file) implements Runnable {
        @Override
        public void run() {
            try {
                calls.close(file);
            } catch (LastErrorException e) {
                LOG.warn("A directory that pictures were written to could not be closed", e);
            }
        }
    }

    /** That of a directory; empty where files have to be flushed one by one. */
    static Optional<FileSystemFlush> of(Path directory) {
        try {
            if (!tellsFailures(System.getProperty("os.name"), System.getProperty("os.version"))
                    || !TRUSTED.contains(Files.getFileStore(directory).type())) {
                return Optional.empty();
            }
            Calls calls = Native.load("c", Calls.class);
            int file = calls.open(directory.toString(), READ_ONLY_CLOSED_ON_EXEC);
            return Optional.of(new FileSystemFlush(new Descriptor(calls, file)));
        } catch (IOException | LastErrorException | LinkageError absent) {
            return Optional.empty();
        }
    }

    /** Before Linux 5.8 syncfs succeeded also when the disk did not. */
    static boolean tellsFailures(String system, String version) {
        Matcher number = VERSION.matcher(version);
        return system.equals("Linux")
                && number.matches()
                && 1000 * Integer.parseInt(number.group(1)) + Integer.parseInt(number.group(2)) >= 5008;
    }

    /** All that was written before the call is durable when it returns. */
    void run() throws IOException {
        try {
            descriptor.calls().syncfs(descriptor.file());
        } catch (LastErrorException e) {
            throw new IOException("the disk did not take what was written: " + e.getMessage(), e);
        } finally {
            Reference.reachabilityFence(this); // or the cleaner could close it meanwhile
        }
    }

    @Override
    public void close() {
        cleanable.clean();
    }
}
