package handscroll.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseSettings;
import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.Graphs;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Reads;
import handscroll.coordinator.plan.Region;
import handscroll.coordinator.plan.Stage;
import handscroll.protocol.canvas.Grid;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the walks over a graph find, with and without a stage before the patches. */
class WidthsTest {

    private static final Grid SCROLL = new Grid(152, 8, 1);

    @Test
    void theWavefrontOfThePapersScrollIsEightPatchesWide() {
        Widths widths = Widths.of(Graphs.sampling(Direction.ZETA, SCROLL, Graphs.TWO));
        assertThat(widths.stepCount()).isEqualTo(173);
        assertThat(widths.widest()).isEqualTo(8);
        assertThat(Arrays.stream(widths.byStage().get(0)).sum()).isEqualTo(8 * 152);
    }

    @Test
    void tilesComeAfterTheirPatches() {
        Widths widths = Widths.of(Graphs.withTiles(Direction.OMEGA, SCROLL, Graphs.TWO, Optional.empty()));
        assertThat(widths.stepCount()).isEqualTo(462);
        assertThat(widths.byStage().get(1)[461]).isEqualTo(1);
        assertThat(Arrays.stream(widths.byStage().get(1)).sum()).isEqualTo(38 * 2);
    }

    @Test
    void whatThePictureGivesTakesNoStep() {
        var picture = new Region(0, 0, 10, 8);
        Widths widths = Widths.of(Graphs.sampling(Direction.ZETA, SCROLL, Graphs.TWO, Optional.of(picture)));
        assertThat(Arrays.stream(widths.byStage().get(0)).sum()).isEqualTo(8 * 142);
        assertThat(widths.widest()).isEqualTo(8);
    }

    @Test
    void aLayoutIsDrawnBeforeThePatchesThatLieOverIt() {
        Widths widths = Widths.of(withLayout());
        assertThat(widths.byStage()).hasSize(3);
        assertThat(widths.byStage().get(0)[0]).isEqualTo(1);
        assertThat(widths.byStage().get(1)[0]).isZero();
        assertThat(widths.stepCount()).isGreaterThan(462);
    }

    @Test
    void theLongestChainBeginsInTheLayoutAndEndsInATile() {
        var costs = new Costs(
                BatchTimes.even(Duration.ofMillis(100)),
                Duration.ofMillis(1),
                Duration.ZERO,
                0,
                Duration.ZERO,
                Duration.ZERO);
        var settings =
                new SimulationSettings(costs, new LeaseSettings(Duration.ofSeconds(30), 3, 1 << 20), 1024, 16, 7);
        LowerBound bound = LowerBound.of(withLayout(), 64, settings);
        assertThat(bound.longestChain())
                .isEqualTo(Duration.ofMillis(100L * (Widths.of(withLayout()).stepCount() - 1) + 16));
        assertThat(bound.work()).isEqualTo(Duration.ofMillis(100L * (38 * 2 + 152 * 8) + 16 * 38 * 2));
        assertThat(bound.of(1)).isEqualTo(bound.work());
        assertThat(bound.of(1000)).isEqualTo(bound.longestChain());
    }

    /** Patches of 64 pixels over a layout a quarter of the canvas's size, and tiles of 256. */
    private static PatchGraph withLayout() {
        Grid coarse = new Grid(38, 2, 1);
        return new PatchGraph(List.of(
                new Stage(
                        "layout",
                        Stage.Operator.SAMPLE,
                        coarse,
                        256,
                        List.of(new Reads.Itself(
                                Graphs.TWO, Direction.OMEGA.over(coarse, Graphs.TWO, Optional.empty())))),
                new Stage(
                        "sample",
                        Stage.Operator.SAMPLE,
                        SCROLL,
                        64,
                        List.of(
                                new Reads.Itself(
                                        Graphs.TWO, Direction.OMEGA.over(SCROLL, Graphs.TWO, Optional.empty())),
                                new Reads.Upstream(0, 64))),
                new Stage("decode", Stage.Operator.DECODE, coarse, 256, List.of(new Reads.Upstream(1, 40)))));
    }
}
