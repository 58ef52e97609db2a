package handscroll.bench;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.PatchGraph;
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
                .containsPattern("result [1-9]\\d*[.]\\d+ 0[.]000 [1-9]\\d*[.]\\d+ 0[.]000\\n$");
        var row = new Makespan.Row(Direction.ZETA, 20, 4, 100, 3, 8, 1, 2.5);
        assertThat(row.ratio()).isEqualTo(1.5);
        assertThat(row.ratioToIdeal()).isEqualTo(1.2);
    }

    @Test
    void aFarmThatKnowsAllTimesIsHeldUpByTheGraphAlone() {
        PatchGraph square = BenchPlans.of(new BenchPlans.Shape(Direction.ZETA, 2, 2, 8, 1, 1, TaskTime.NONE))
                .graph();
        var schedule = new ListSchedule(square, new long[] {3, 5, 2, 7});
        // Each patch of four sees all before it: one after the other, however many workers there are.
        assertThat(schedule.nanos(1)).isEqualTo(17);
        assertThat(schedule.nanos(4)).isEqualTo(17);
        PatchGraph apart = BenchPlans.of(new BenchPlans.Shape(Direction.COLOURS, 4, 1, 8, 1, 0, TaskTime.NONE))
                .graph();
        // The first and the third see nothing, the others what is beside them.
        assertThat(new ListSchedule(apart, new long[] {3, 5, 2, 7}).nanos(2)).isEqualTo(9);
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
