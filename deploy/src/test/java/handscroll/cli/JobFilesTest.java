package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.PictureReader;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Region;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.RelativePositions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The jobs that come with Handscroll can all be planned, from wherever the command is called. */
class JobFilesTest {

    private static final PictureReader PICTURES = new PictureReader(100_000_000);

    private static final Path JOBS = Path.of("..", "config", "jobs");

    /** The shapes of the shipped models, so that this needs none of their weights. */
    private static final ModelCard SHAPE = shape("starry-night", 2, 0, 4, 560);

    private static final ModelCard VIDEO_SHAPE = shape("meadow", 1, 3, 1, 192);

    private static ModelCard shape(String name, int extent, int frames, int layoutFactor, int height) {
        return new ModelCard(
                name,
                Path.of("."),
                "patch-encoder",
                new ModelCard.Patch(64, 8),
                new ModelCard.Tokenizer(512, 5, 16),
                new ModelCard.Context(extent, extent, frames, ContextStates.ENCODED, RelativePositions.KEYS),
                layoutFactor,
                new ModelCard.Learned(0.6, height),
                new ModelCard.Sampling(0.9, 100, 0, Decoding.AUTOREGRESSIVE, 0),
                "any",
                "all-MiniLM-L6-v2-q",
                "00");
    }

    static List<Path> jobs() throws IOException {
        try (Stream<Path> files = Files.list(JOBS)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void everyJobCanBePlanned(Path file) {
        assertThat(plan(file).wavefronts().sampledCount()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void everyPictureGivesMostOfItself(Path file) {
        Plan plan = plan(file);
        Canvas canvas = plan.spec().canvas();
        int rows = canvas.isVideo() ? 3 : Math.min(8, canvas.heightPixels() / 64 + 1);
        int columns = canvas.isVideo() ? 5 : 11;
        plan.given().ifPresent(given -> assertThat(given.cellCount()).isGreaterThanOrEqualTo(columns * rows));
    }

    @Test
    void theScrollGrowsToTheRight() {
        Plan plan = plan(JOBS.resolve("starry-scroll.conf"));
        assertThat(plan.given()).contains(new Region(0, 0, 11, 8));
        assertThat(plan.sampleGrid().cellCount()).isEqualTo(8 * 256);
        assertThat(plan.direction()).isIn(Direction.OMEGA, Direction.ZETA, Direction.ZETA_STAR);
    }

    @Test
    void theHandscrollHasTheSizeOfThePapers() {
        Plan plan = plan(JOBS.resolve("starry-handscroll.conf"));
        assertThat(plan.spec().canvas().widthPixels()).isEqualTo(38_912);
        assertThat(plan.spec().canvas().heightPixels()).isEqualTo(2_048);
    }

    private static Plan plan(Path file) {
        JobSpec spec = JobFile.read(file, List.of(), Optional.empty(), PICTURES);
        ModelCard shape = spec.canvas().isVideo() ? VIDEO_SHAPE : SHAPE;
        return Planner.plan(spec, shape, spec.input().map(input -> PICTURES.size(Path.of(input.image()))));
    }
}
