package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.Cell;
import handscroll.protocol.canvas.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PatchGraphTest {

    /** The paper's example: 3 x 3 x 3 patches, omega, extent (1, 1, 1), numbered n = 9 f + 3 c + r + 1. */
    private static final PatchGraph CUBE = Graphs.sampling(Direction.OMEGA, new Grid(3, 3, 3), new Extent(1, 1, 1));

    @Test
    void theMiddleOfThePapersCubeSeesAllThirteenBeforeIt() {
        assertThat(numbersSeenBy(14))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 13).boxed().toList());
    }

    @Test
    void theLastOfThePapersCubeSeesSeven() {
        assertThat(numbersSeenBy(27)).containsExactlyInAnyOrder(14, 15, 17, 18, 23, 24, 26);
    }

    @Test
    void omegaSeesTheLowerLeftButNotTheRightNorBelow() {
        PatchGraph graph = Graphs.sampling(Direction.OMEGA, new Grid(9, 9, 1), Graphs.TWO);
        assertThat(Graphs.context(graph, new Cell(4, 4)))
                .hasSize(12)
                .contains(new Cell(2, 6), new Cell(3, 6), new Cell(4, 3))
                .doesNotContain(new Cell(5, 4), new Cell(4, 5));
    }

    @Test
    void quadrantSeesLeftUpAndWhatLiesBetween() {
        PatchGraph graph = Graphs.sampling(Direction.QUADRANT, new Grid(9, 9, 2), new Extent(2, 2, 1));
        assertThat(Graphs.context(graph, new Cell(4, 4)))
                .containsExactly(
                        new Cell(2, 2),
                        new Cell(3, 2),
                        new Cell(4, 2),
                        new Cell(2, 3),
                        new Cell(3, 3),
                        new Cell(4, 3),
                        new Cell(2, 4),
                        new Cell(3, 4));
        assertThat(Graphs.context(graph, new Cell(4, 4, 1)))
                .hasSize(8 + 9)
                .contains(new Cell(4, 4, 0), new Cell(3, 4, 1))
                .doesNotContain(new Cell(5, 4, 0), new Cell(4, 5, 0), new Cell(5, 3, 0));
    }

    @Test
    void aColourSeesAllEarlierColoursAroundItAndTheFirstSeesNothing() {
        PatchGraph graph = Graphs.sampling(Direction.COLOURS, new Grid(9, 9, 1), Graphs.TWO);
        assertThat(Graphs.context(graph, new Cell(3, 3))).isEmpty();
        assertThat(Graphs.context(graph, new Cell(4, 3))).containsExactly(new Cell(3, 3), new Cell(6, 3));
        assertThat(Graphs.context(graph, new Cell(5, 5))).hasSize(24);
    }

    @Test
    void coarseToFineSeesTheCornersOfItsSquareAndFromASideEverySecondCell() {
        PatchGraph graph = Graphs.sampling(Direction.COARSE_TO_FINE, new Grid(9, 9, 1), Graphs.TWO);
        assertThat(Graphs.context(graph, new Cell(5, 5)))
                .containsExactly(new Cell(4, 4), new Cell(6, 4), new Cell(4, 6), new Cell(6, 6));
        assertThat(Graphs.context(graph, new Cell(5, 4)))
                .hasSize(12)
                .allSatisfy(cell -> assertThat(Math.abs(cell.column() - 5) + Math.abs(cell.row() - 4))
                        .isOdd());
        assertThat(Graphs.context(graph, new Cell(6, 6))).hasSize(4).contains(new Cell(4, 4), new Cell(8, 8));
        assertThat(Graphs.context(graph, new Cell(4, 4))).isEmpty();
        PatchGraph far = Graphs.sampling(Direction.COARSE_TO_FINE, new Grid(9, 9, 1), new Extent(4, 4, 0));
        assertThat(Graphs.context(far, new Cell(4, 4)))
                .containsExactly(new Cell(0, 0), new Cell(8, 0), new Cell(0, 8), new Cell(8, 8));
    }

    @Test
    void aGivenCellIsSeenAlsoWhereTheOrderWouldHideIt() {
        PatchGraph graph = Graphs.sampling(
                Direction.QUADRANT, new Grid(6, 6, 1), new Extent(1, 1, 0), Optional.of(new Region(3, 3, 1, 1)));
        assertThat(Graphs.context(graph, new Cell(2, 2)))
                .containsExactly(new Cell(1, 1), new Cell(2, 1), new Cell(1, 2), new Cell(3, 3));
    }

    @Test
    void contextIsReadInTheOrderOfTheGrid() {
        PatchGraph graph = Graphs.sampling(Direction.OMEGA_STAR, new Grid(9, 9, 1), Graphs.TWO);
        assertThat(Graphs.context(graph, new Cell(4, 4)))
                .extracting(cell -> graph.stage(0).grid().index(cell))
                .isSorted();
    }

    @Test
    void givenCellsReadNothingAndAreReadByEveryDirection() {
        var given = new Region(3, 0, 2, 3);
        for (Direction direction : Direction.values()) {
            PatchGraph graph = Graphs.sampling(direction, new Grid(8, 3, 1), Graphs.TWO, Optional.of(given));
            assertThat(Graphs.context(graph, new Cell(4, 1)))
                    .as(direction.configName())
                    .isEmpty();
            assertThat(Graphs.context(graph, new Cell(2, 1)))
                    .as(direction.configName())
                    .contains(new Cell(3, 0), new Cell(3, 1), new Cell(3, 2), new Cell(4, 1));
            assertThat(Graphs.context(graph, new Cell(5, 1)))
                    .as(direction.configName())
                    .contains(new Cell(3, 1), new Cell(4, 0), new Cell(4, 1), new Cell(4, 2));
        }
    }

    @Test
    void aTileReadsThePatchesUnderItAndUnderItsMargin() {
        PatchGraph graph = Graphs.withTiles(Direction.OMEGA, new Grid(12, 5, 1), Graphs.TWO, Optional.empty());
        assertThat(readsOf(graph, 1, 0)).hasSize(5 * 5).startsWith(0, 1, 2, 3, 4, 12);
        assertThat(readsOf(graph, 1, 1)).hasSize(6 * 5).startsWith(3, 4, 5, 6, 7, 8, 15);
        assertThat(readsOf(graph, 1, 5)).containsExactly(43, 44, 45, 46, 47, 55, 56, 57, 58, 59);
    }

    @Test
    void noContextMakesIndependentPatches() {
        PatchGraph graph = Graphs.sampling(Direction.OMEGA, new Grid(4, 4, 1), Extent.NONE);
        assertThat(Graphs.context(graph, new Cell(3, 3))).isEmpty();
        assertThat(Wavefronts.of(graph, 0).criticalPath()).isEqualTo(1);
    }

    private static List<Integer> readsOf(PatchGraph graph, int stage, int index) {
        List<Integer> reads = new ArrayList<>();
        graph.forEachRead(stage, index, (readStage, read) -> reads.add(read));
        return reads;
    }

    private static List<Integer> numbersSeenBy(int number) {
        int n = number - 1;
        return Graphs.context(CUBE, new Cell(n / 3 % 3, n % 3, n / 9)).stream()
                .map(cell -> 9 * cell.frame() + 3 * cell.column() + cell.row() + 1)
                .toList();
    }
}
