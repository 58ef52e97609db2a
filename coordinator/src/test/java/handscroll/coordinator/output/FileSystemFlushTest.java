package handscroll.coordinator.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemFlushTest {

    @Test
    void flushesWhatTheSystemLetsItFlush(@TempDir Path directory) throws Exception {
        Optional<FileSystemFlush> flush = FileSystemFlush.of(directory);
        assumeTrue(flush.isPresent(), "this file system is flushed file by file");
        Files.writeString(directory.resolve("file"), "content");
        flush.get().run();
        flush.get().close();
    }

    @Test
    void filesOfUnknownFileSystemsAreFlushedOneByOne(@TempDir Path directory) {
        assertThat(FileSystemFlush.of(Path.of("/proc"))).isEmpty();
        assertThat(FileSystemFlush.of(directory.resolve("absent"))).isEmpty();
    }

    @Test
    void trustsOnlyKernelsThatTellFailures() {
        assertThat(FileSystemFlush.tellsFailures("Linux", "5.8.0-rc1")).isTrue();
        assertThat(FileSystemFlush.tellsFailures("Linux", "6.1.0-18-amd64")).isTrue();
        assertThat(FileSystemFlush.tellsFailures("Linux", "5.4.0")).isFalse();
        assertThat(FileSystemFlush.tellsFailures("Linux", "4.19")).isFalse();
        assertThat(FileSystemFlush.tellsFailures("Mac OS X", "13.1")).isFalse();
        assertThat(FileSystemFlush.tellsFailures("Linux", "strange")).isFalse();
    }
}
