package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.http.LogTail.Level;
import handscroll.coordinator.http.LogTail.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {

    private static final Wish ALL = new Wish(Level.DEBUG, Optional.empty(), 100);
    private static final String JOINED =
            "2026-11-23T01:24:29.608Z INFO  h.c.lease.LeaseDesk [main] Worker [ann] joined";
    private static final String LOST = "2026-11-23T01:24:30.100Z WARN  h.c.job.Job [main] Job [sky] has trouble";
    private static final String TRACE = "java.io.IOException: disk full\n\tat handscroll.Disk.write(Disk.java:12)";

    @TempDir
    Path directory;

    private Path log;

    @BeforeEach
    void write() throws IOException {
        log = Files.writeString(directory.resolve("handscroll.log"), JOINED + "\n" + LOST + "\n" + TRACE + "\n");
    }

    @Test
    void aStackTraceBelongsToTheLineBeforeIt() throws IOException {
        assertThat(read(OptionalLong.empty(), 1000, ALL).entries()).containsExactly(JOINED, LOST + "\n" + TRACE);
    }

    @Test
    void onlyWhatIsWantedIsTold() throws IOException {
        var grave = new Wish(Level.WARN, Optional.empty(), 100);
        assertThat(read(OptionalLong.empty(), 1000, grave).entries()).containsExactly(LOST + "\n" + TRACE);
        var ann = new Wish(Level.INFO, Optional.of("[ann]"), 100);
        assertThat(read(OptionalLong.empty(), 1000, ann).entries()).containsExactly(JOINED);
        var last = new Wish(Level.INFO, Optional.empty(), 1);
        assertThat(read(OptionalLong.empty(), 1000, last).entries()).containsExactly(LOST + "\n" + TRACE);
    }

    @Test
    void ofALongLogTheLastWholeEntriesAreTold() throws IOException {
        int bytes = LOST.length() + TRACE.length() + 12;
        assertThat(read(OptionalLong.empty(), bytes, ALL).entries()).containsExactly(LOST + "\n" + TRACE);
    }

    @Test
    void whatIsLoggedLaterIsToldOnceAndNoHalfLine() throws IOException {
        long next = read(OptionalLong.empty(), 1000, ALL).next();
        assertThat(read(OptionalLong.of(next), 1000, ALL).entries()).isEmpty();
        Files.writeString(log, JOINED + "\n2026-11-23T01:24", StandardOpenOption.APPEND);
        var piece = read(OptionalLong.of(next), 1000, ALL);
        assertThat(piece.entries()).containsExactly(JOINED);
        assertThat(piece.next()).isEqualTo(next + JOINED.length() + 1);
    }

    @Test
    void aLogThatBeganAnewIsReadFromItsBeginning() throws IOException {
        long next = read(OptionalLong.empty(), 1000, ALL).next();
        Files.writeString(log, LOST + "\n");
        assertThat(read(OptionalLong.of(next), 1000, ALL).entries()).containsExactly(LOST);
    }

    private LogTail.Piece read(OptionalLong after, int bytes, Wish wish) throws IOException {
        return LogTail.read(log, after, bytes, wish);
    }
}
