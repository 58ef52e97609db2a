package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.Grid;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
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
    void onACanvasThatWrapsSweepsAndQuadrantTakeNoLonger() {
        for (int width = 7; width <= 12; width++) {
            for (int height = 1; height <= 6; height++) {
                for (int extent = 1; extent <= 3; extent++) {
                    for (int frames = 1; frames <= 2; frames++) {
                        var flat = new Grid(width, height, frames);
                        var round = new Grid(width, height, frames, true);
                        var reach = new Extent(extent, extent, 1);
                        for (Direction direction : List.of(
                                Direction.OMEGA,
                                Direction.OMEGA_STAR,
                                Direction.ZETA,
                                Direction.ZETA_STAR,
                                Direction.QUADRANT)) {
                            assertThat(criticalPath(direction, round, reach))
                                    .as(direction + " " + round + " " + reach)
                                    .isEqualTo(criticalPath(direction, flat, reach));
                        }
                    }
                }
            }
        }
    }

    @Test
    void onACanvasThatWrapsColoursTakeAsManyAcrossAsItTakesToCloseTheRing() {
        for (int width = 7; width <= 30; width++) {
            for (int extent = 1; extent <= 3; extent++) {
                int groups = width / (extent + 1);
                int across = (width + groups - 1) / groups;
                var round = new Grid(width, 5, 1, true);
                assertThat(criticalPath(Direction.COLOURS, round, new Extent(extent, 1, 0)))
                        .as("width " + width + ", extent " + extent)
                        .isBetween(2 * (extent + 1), 2 * across);
            }
        }
        assertThat(criticalPath(Direction.COLOURS, new Grid(63, 8, 1, true), Graphs.TWO))
                .isEqualTo(9);
        assertThat(criticalPath(Direction.COLOURS, new Grid(64, 8, 1, true), Graphs.TWO))
                .isEqualTo(10);
    }

    @Test
    void aPanoramaRemembersItsFirstColumnsUntilTheRingCloses() {
        var round = new Grid(64, 8, 1, true);
        assertThat(wavefronts(Direction.OMEGA, round).poolPeak())
                .isEqualTo(wavefronts(Direction.OMEGA, new Grid(64, 8, 1)).poolPeak() + 16);
        assertThat(wavefronts(Direction.COARSE_TO_FINE, round).criticalPath()).isEqualTo(5);
    }

    @Test
    void quadrantTakesADiagonalAStep() {
        forAllSmallGrids((grid, extent) -> {
            Wavefronts quadrant = Wavefronts.of(Graphs.sampling(Direction.QUADRANT, grid, extent), 0);
            int diagonals = grid.rows() + grid.columns() - 1;
            assertThat(quadrant.criticalPath()).isEqualTo(diagonals + grid.frames() - 1);
            if (grid.frames() == 1) {
                assertThat(quadrant.widestWavefront()).isEqualTo(Math.min(grid.rows(), grid.columns()));
            }
        });
    }

    @Test
    void coloursTakeAStepEachHoweverLargeTheCanvasIs() {
        forAllSmallGrids((grid, extent) -> {
            int acrossColumns = Math.min(extent.columns() + 1, grid.columns());
            int acrossRows = Math.min(extent.rows() + 1, grid.rows());
            Wavefronts colours = Wavefronts.of(Graphs.sampling(Direction.COLOURS, grid, extent), 0);
            assertThat(colours.criticalPath()).isEqualTo(acrossColumns * acrossRows * grid.frames());
            assertThat(colours.widestWavefront())
                    .isEqualTo(ceilDiv(grid.columns(), acrossColumns) * ceilDiv(grid.rows(), acrossRows));
        });
        assertThat(wavefronts(Direction.COLOURS, new Grid(300, 200, 1)).criticalPath())
                .isEqualTo(9);
    }

    @Test
    void coarseToFineTakesTwoStepsALatticeThatIsWithinTheExtent() {
        for (int side = 1; side <= 20; side++) {
            for (int extent = 1; extent <= side; extent++) {
                for (int frames = 1; frames <= 2; frames++) {
                    int visible = Math.min(ceilLog2(side), floorLog2(extent) + 1);
                    assertThat(criticalPath(
                                    Direction.COARSE_TO_FINE,
                                    new Grid(side, side, frames),
                                    new Extent(extent, extent, 1)))
                            .as("side " + side + ", extent " + extent)
                            .isEqualTo(frames * (1 + 2 * visible));
                }
            }
        }
        assertThat(wavefronts(Direction.COARSE_TO_FINE, new Grid(300, 200, 1)).criticalPath())
                .isEqualTo(5);
    }

    @Test
    void diamondTakesAboutThreeTimesTheSideOfTheCanvas() {
        for (int side : new int[] {16, 32, 33, 64, 128}) {
            Wavefronts diamond = wavefronts(Direction.DIAMOND, new Grid(side, side, 1));
            assertThat(diamond.criticalPath()).as("side " + side).isBetween(3 * side, 34 * side / 10);
            assertThat(diamond.widestWavefront()).as("side " + side).isGreaterThan(55 * side / 100);
        }
    }

    @Test
    void diamondIsTheSameOnACanvasTurnedRound() {
        for (int extent = 1; extent <= 3; extent++) {
            var reach = new Extent(extent, extent, 0);
            assertThat(criticalPath(Direction.DIAMOND, new Grid(13, 41, 1), reach))
                    .isEqualTo(criticalPath(Direction.DIAMOND, new Grid(41, 13, 1), reach));
        }
    }

    @Test
    void theOrdersForManyWorkersComeOutAsSimulated() {
        var square = new Grid(32, 32, 1);
        assertThat(wavefronts(Direction.QUADRANT, new Grid(8, 8, 1))).isEqualTo(new Wavefronts(64, 15, 8, 19));
        assertThat(wavefronts(Direction.QUADRANT, square)).isEqualTo(new Wavefronts(1024, 63, 32, 67));
        assertThat(wavefronts(Direction.COLOURS, square)).isEqualTo(new Wavefronts(1024, 9, 121, 925));
        Wavefronts video =
                Wavefronts.of(Graphs.sampling(Direction.QUADRANT, new Grid(10, 6, 20), new Extent(1, 1, 3)), 0);
        assertThat(video).isEqualTo(new Wavefronts(1200, 34, 60, 188));
    }

    @Test
    void coarseToFineComesOutAsSimulatedWhereTheExtentReachesHalfTheCanvas() {
        assertCoarseToFine(new Grid(32, 32, 1), 11, 512);
        assertCoarseToFine(new Grid(64, 64, 1), 13, 2048);
        assertCoarseToFine(SCROLL, 12, 608);
    }

    @Test
    void theOrdersForManyWorkersWalkThePapersScrollInFewSteps() {
        assertThat(criticalPath(Direction.QUADRANT, SCROLL, Graphs.TWO)).isEqualTo(159);
        assertThat(criticalPath(Direction.COLOURS, SCROLL, Graphs.TWO)).isEqualTo(9);
        assertThat(criticalPath(Direction.COARSE_TO_FINE, SCROLL, Graphs.TWO)).isEqualTo(5);
    }

    @Test
    void theDepthOfASweepOfQuadrantAndOfColoursIsItsLongestPath() {
        for (Direction direction : Direction.values()) {
            if (direction.isSweep() || direction == Direction.QUADRANT || direction == Direction.COLOURS) {
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

    private static void assertCoarseToFine(Grid grid, int criticalPath, int widest) {
        int half = Integer.highestOneBit(Math.max(grid.columns(), grid.rows()) - 1);
        var extent = new Extent(half, half, 0);
        Wavefronts coarseToFine = Wavefronts.of(Graphs.sampling(Direction.COARSE_TO_FINE, grid, extent), 0);
        assertThat(coarseToFine.criticalPath()).isEqualTo(criticalPath);
        assertThat(coarseToFine.widestWavefront()).isEqualTo(widest);
    }

    /** With extents that reach a cell and more to each side, and a frame back. */
    private static void forAllSmallGrids(BiConsumer<Grid, Extent> check) {
        for (int columns = 1; columns <= 8; columns++) {
            for (int rows = 1; rows <= 8; rows++) {
                for (int frames = 1; frames <= 3; frames++) {
                    for (int extent = 1; extent <= 3; extent++) {
                        check.accept(new Grid(columns, rows, frames), new Extent(extent, extent, 1));
                        check.accept(new Grid(columns, rows, frames), new Extent(1, extent, 2));
                    }
                }
            }
        }
    }

    private static int ceilDiv(int count, int divisor) {
        return (count + divisor - 1) / divisor;
    }

    private static int floorLog2(int number) {
        return 31 - Integer.numberOfLeadingZeros(number);
    }

    private static int ceilLog2(int number) {
        return number == 1 ? 0 : floorLog2(number - 1) + 1;
    }

    private static int criticalPath(Direction direction, Grid grid, Extent extent) {
        return Wavefronts.of(Graphs.sampling(direction, grid, extent), 0).criticalPath();
    }

    private static Wavefronts wavefronts(Direction direction, Grid grid) {
        return Wavefronts.of(Graphs.sampling(direction, grid, Graphs.TWO), 0);
    }
}
