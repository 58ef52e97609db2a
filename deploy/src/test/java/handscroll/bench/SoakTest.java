package handscroll.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a farm holds on to does not grow with what it has done. */
class SoakTest {

    private static final int SIDE = 256;
    private static final int JOBS = Integer.getInteger("handscroll.soak.jobs", 16);
    /** All pages of the heap are there from the start, so that only native memory can make the process grow. */
    private static final List<String> FIXED_HEAP = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");

    private static final Vitals FLAT = new Vitals(20 << 20, 300 << 20, 80, 40, 60);

    @Test
    @Tag("chaos")
    void aMillionPatchesLeaveHeapNativeMemoryFilesAndActorsAsTheyWere() throws Exception {
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        command.addAll(FIXED_HEAP);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Soak.class.getName(),
                Integer.toString(SIDE),
                Integer.toString(JOBS)));
        Process soak = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(soak.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        said.lines().forEach(line -> System.out.println("measured: " + line));
        assertThat(soak.waitFor()).as(said).isZero();
    }

    @Test
    void whatComesAndGoesIsNoGrowthAndWhatOnlyComesIs() {
        List<Vitals> restless = IntStream.range(0, 16)
                .mapToObj(at -> new Vitals(
                        FLAT.heapBytes() + at % 3 * 500_000,
                        FLAT.residentBytes() + at % 2 * 9_000_000,
                        FLAT.fileCount() + at % 2,
                        FLAT.threadCount() - at % 2,
                        FLAT.actorCount()))
                .toList();
        List<Vitals> leaking = IntStream.range(0, 16)
                .mapToObj(at -> new Vitals(
                        FLAT.heapBytes() + at * 300_000L,
                        FLAT.residentBytes(),
                        FLAT.fileCount(),
                        FLAT.threadCount(),
                        FLAT.actorCount() + at))
                .toList();

        assertThat(Vitals.growth(restless)).isEmpty();
        assertThat(Vitals.growth(leaking))
                .hasSize(2)
                .satisfiesExactly(
                        heap -> assertThat(heap).startsWith("heap"),
                        actors -> assertThat(actors).startsWith("actors: 74, before that 66"));
    }
}
