package handscroll.bench;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.plan.Direction;
import handscroll.worker.djl.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each benchmark at its smallest: they measure nothing here, and must not rot. */
class BenchmarksTest {

    private interface Benchmark {
        void main(String[] arguments) throws Exception;
    }

    @Test
    void theWavefrontEndsWithTasksASecondAndProcessorTime() throws Exception {
        assertThat(output(Wavefront::main, "6", "0", "1"))
                .containsPattern("6x6 run 1: .* tasks/s, .* us CPU a task")
                .containsPattern("result \\d+ [\\d.]+\\n$");
    }

    @Test
    void theMakespanIsNeverBelowItsBound() throws Exception {
        assertThat(output(Makespan::main, "2", "2", "0.02", "text"))
                .contains("zeta", "omega", "quadrant", "colours", "coarse-to-fine")
                .containsPattern("result [1-9]\\d*[.]\\d+ 0[.]000\\n$");
        assertThat(new Makespan.Row(Direction.ZETA, 20, 4, 100, 3, 8, 1).ratio())
                .isEqualTo(1.5);
    }

    @Test
    void theLatencyIsTakenWithTheDiskAndWithoutIt() throws Exception {
        assertThat(output(Latency::main, "0.2"))
                .containsPattern("with the token log flushed +p50 .* ms, p99 .* ms")
                .containsPattern("without waiting for the disk +p50 .* ms, p99 .* ms");
    }

    @Test
    void theSerialPeerDrawsWhatAWorkerDraws(@TempDir Path directory) throws Exception {
        TinyModel.write(directory.resolve("tiny"), 1);
        assertThat(output(Serial::main, directory.resolve("tiny").toString(), "2", "0"))
                .containsPattern("pixels of a tile differ by [0-5] of 255")
                .containsPattern("[34] of 4 patches and");
    }

    @Test
    void tilesMoveBetweenTwoProcesses() throws Exception {
        assertThat(output(PatchesBetween::main, "4", "1"))
                .containsPattern("196 KB: \\d+ MB/s over the tile stream, \\d+ over raw sockets")
                .containsPattern("20 KB: \\d+ MB/s over the tile stream, \\d+ over raw sockets")
                .containsPattern("result [1-9]\\d* [1-9]\\d* [1-9]\\d* [1-9]\\d*\\n$");
    }

    private static String output(Benchmark benchmark, String... arguments) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(captured);
            benchmark.main(arguments);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
