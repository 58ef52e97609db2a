package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.Grid;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
        Widths widths = Widths.of(Graphs.overLayout());
        assertThat(widths.byStage()).hasSize(3);
        assertThat(widths.byStage().get(0)[0]).isEqualTo(1);
        assertThat(widths.byStage().get(1)[0]).isZero();
        assertThat(widths.stepCount()).isGreaterThan(462);
    }
}
