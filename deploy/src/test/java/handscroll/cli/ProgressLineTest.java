package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import handscroll.coordinator.job.Jobs.StageProgress;
import handscroll.coordinator.job.Jobs.State;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private static final Progress HALF = progress(State.RENDERING, 1024, Optional.empty());

    @Test
    void namesPatchesPaceTimeLeftAndTheBoundOfTheCriticalPath() {
        assertThat(ProgressLine.of(HALF))
                .isEqualTo("scroll  1,024/2,048 patches, 11.9/s, 1 min 44 s left (40 s at least: critical path 461)");
    }

    @Test
    void showsABarThatCountsTilesToo() {
        assertThat(ProgressLine.of(HALF, 200)).startsWith("scroll [#########-----------]  1,024/2,048 patches");
    }

    @Test
    void neverFillsTheLastColumnSoThatTheTerminalDoesNotWrap() {
        assertThat(ProgressLine.of(HALF, 40)).hasSize(39);
    }

    @Test
    void tellsOfTilesWhenAllPatchesAreRendered() {
        assertThat(ProgressLine.of(progress(State.RENDERING, 2048, Optional.empty())))
                .contains("2,048/2,048 patches, 6/128 tiles");
    }

    @Test
    void saysWhyAJobWaits() {
        assertThat(ProgressLine.of(progress(State.PAUSED, 5, Optional.of("the disk is full"))))
                .isEqualTo("scroll  paused: the disk is full");
    }

    @Test
    void readsTheSameFromTheWordsOfTheApi() throws IOException {
        var json = new ObjectMapper().readTree("""
                        {"name": "scroll", "state": "rendering", "criticalPath": 461, "remainingSeconds": 104.0,
                         "boundSeconds": 40, "patchesPerSecond": 11.9, "workerCount": 2, "cause": null,
                         "stages": [{"name": "sample", "cellCount": 2048, "renderedCount": 1024},
                                    {"name": "decode", "cellCount": 128, "renderedCount": 6}]}
                        """);
        assertThat(ProgressLine.of(Progress.of(json))).isEqualTo(ProgressLine.of(HALF));
    }

    @Test
    void aTerminalLineIsWrittenAnewAndClearedAtTheEnd() {
        StringWriter text = new StringWriter();
        AtomicLong now = new AtomicLong();
        var report = new ProgressReport(new PrintWriter(text), OptionalInt.of(80), settings(), now::get);
        report.show(HALF);
        report.show(HALF);
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        report.show(HALF);
        report.end();
        assertThat(text.toString().split("scroll", -1)).hasSize(3);
        assertThat(text.toString()).endsWith("\r\u001b[K").doesNotContain("\n");
    }

    @Test
    void withoutATerminalALineIsAddedNowAndThen() {
        StringWriter text = new StringWriter();
        AtomicLong now = new AtomicLong();
        var report = new ProgressReport(new PrintWriter(text), OptionalInt.empty(), settings(), now::get);
        for (int second = 0; second < 25; second++) {
            report.show(HALF);
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        report.end();
        assertThat(text.toString().lines()).hasSize(3);
        assertThat(text.toString()).doesNotContain("\r").doesNotContain("\u001b");
    }

    @Test
    void timesHaveTwoUnitsAtMost() {
        assertThat(Figures.time(Duration.ofMillis(7_400))).isEqualTo("7 s");
        assertThat(Figures.time(Duration.ofMillis(59_600))).isEqualTo("1 min 00 s");
        assertThat(Figures.time(Duration.ofSeconds(185))).isEqualTo("3 min 05 s");
        assertThat(Figures.time(Duration.ofMinutes(125))).isEqualTo("2 h 05 min");
    }

    private static CliSettings settings() {
        return CliSettings.from(SiteConfig.load(Optional.empty(), "local.conf", java.util.Map.of()));
    }

    private static Progress progress(State state, int rendered, Optional<String> cause) {
        return new Progress(
                "scroll",
                state,
                List.of(new StageProgress("sample", 2048, rendered, 16, 0), new StageProgress("decode", 128, 6, 0, 0)),
                461,
                Optional.of(Duration.ofSeconds(104)),
                Optional.of(Duration.ofSeconds(40)),
                11.9,
                2,
                0,
                cause);
    }
}
