package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.Grid;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WavefrontsTest {

    /** The paper's scroll of 38912 x 2048 pixels in patches of 256. */
    private static final Grid SCROLL = new Grid(152, 8, 1);

    @Test
    void omegaWalksThePapersScrollIn461StepsAndRemembers19Patches() {
        assertThat(wavefronts(Direction.OMEGA, SCROLL)).isEqualTo(new Wavefronts(1216, 461, 3, 19));
    }

    @Test
    void zetaWalksThePapersScrollIn173StepsAndRemembers307Patches() {
        assertThat(wavefronts(Direction.ZETA, SCROLL)).isEqualTo(new Wavefronts(1216, 173, 8, 307));
    }

    @Test
    void theSweepsFollowTheirClosedForms() {
        for (int width = 1; width <= 9; width++) {
            for (int height = 1; height <= 9; height++) {
                for (int extent = 1; extent <= 3; extent++) {
                    var grid = new Grid(width, height, 1);
                    int a = Math.min(extent, height - 1) + 1;
                    int b = Math.min(extent, width - 1) + 1;
                    int omega = height + (width - 1) * a;
                    int zeta = width + (height - 1) * b;
                    var reach = new Extent(extent, extent, 0);
                    assertThat(criticalPath(Direction.OMEGA, grid, reach)).isEqualTo(omega);
                    assertThat(criticalPath(Direction.OMEGA_STAR, grid, reach)).isEqualTo(omega);
                    assertThat(criticalPath(Direction.ZETA, grid, reach)).isEqualTo(zeta);
                    assertThat(criticalPath(Direction.ZETA_STAR, grid, reach)).isEqualTo(zeta);
                }
            }
        }
    }

    @Test
    void theDepthOfASweepIsItsLongestPath() {
        for (Direction direction : Direction.values()) {
            if (direction.isSweep()) {
                PatchGraph graph = Graphs.sampling(direction, SCROLL, Graphs.TWO);
                Order order = graph.stage(0).order().orElseThrow();
                long[] longest = new long[SCROLL.cellCount()];
                order.forEach(index -> {
                    graph.forEachRead(
                            0, index, (stage, read) -> longest[index] = Math.max(longest[index], longest[read] + 1));
                    assertThat(order.depth(SCROLL.columnOf(index), SCROLL.rowOf(index), 0))
                            .isEqualTo(longest[index]);
                });
            }
        }
    }

    @Test
    void videosTakeTheProductOfBothLagsMoreForEachFrame() {
        assertThat(criticalPath(Direction.OMEGA, new Grid(4, 4, 5), new Extent(1, 1, 3)))
                .isEqualTo(26);
        assertThat(criticalPath(Direction.OMEGA, new Grid(10, 6, 20), new Extent(1, 1, 3)))
                .isEqualTo(100);
    }

    @Test
    void outwardTakesAFewTimesTheSideOfTheCanvasNotItsArea() {
        for (int side : new int[] {16, 32, 64, 128}) {
            var grid = new Grid(side, side, 1);
            var middle = new Region(side / 2 - 2, side / 2 - 2, 4, 4);
            Wavefronts outward =
                    Wavefronts.of(Graphs.sampling(Direction.OUTWARD, grid, Graphs.TWO, Optional.of(middle)), 0);
            assertThat(outward.criticalPath()).as("side " + side).isLessThanOrEqualTo(9 * side / 2);
            assertThat(outward.sampledCount()).isEqualTo(side * side - 16);
        }
    }

    @Test
    void outwardOnAPictureAsHighAsItsCanvasIsOmegaAndItsMirrorSideBySide() {
        var grid = new Grid(30 + 8 + 30, 8, 1);
        Wavefronts outward = Wavefronts.of(
                Graphs.sampling(Direction.OUTWARD, grid, Graphs.TWO, Optional.of(new Region(30, 0, 8, 8))), 0);
        assertThat(outward.criticalPath()).isEqualTo(criticalPath(Direction.OMEGA, new Grid(30, 8, 1), Graphs.TWO));
        assertThat(outward.widestWavefront()).isEqualTo(6);
    }

    private static int criticalPath(Direction direction, Grid grid, Extent extent) {
        return Wavefronts.of(Graphs.sampling(direction, grid, extent), 0).criticalPath();
    }

    private static Wavefronts wavefronts(Direction direction, Grid grid) {
        return Wavefronts.of(Graphs.sampling(direction, grid, Graphs.TWO), 0);
    }
}
