package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DirectionTest {

    private static final Grid GRID = new Grid(5, 3, 1);

    @Test
    void theFourSweepsNumberTheCellsAsThePaperDoes() {
        int width = GRID.columns();
        int height = GRID.rows();
        for (int r = 0; r < height; r++) {
            for (int c = 0; c < width; c++) {
                assertThat(rank(Direction.OMEGA, c, r)).isEqualTo(c * height + r);
                assertThat(rank(Direction.OMEGA_STAR, c, r)).isEqualTo((width - 1 - c) * height + r);
                assertThat(rank(Direction.ZETA, c, r)).isEqualTo(r * width + c);
                assertThat(rank(Direction.ZETA_STAR, c, r)).isEqualTo((height - 1 - r) * width + c);
            }
        }
    }

    @Test
    void framesFollowEachOther() {
        Grid grid = new Grid(2, 2, 3);
        for (Direction direction : Direction.values()) {
            Order order = direction.over(grid, Graphs.TWO, Optional.of(new Region(0, 0, 1, 1)));
            List<Integer> frames = new ArrayList<>();
            order.forEach(index -> frames.add(grid.frameOf(index)));
            assertThat(frames).as(direction.configName()).isSorted().hasSize(12);
        }
    }

    @Test
    void givenCellsComeFirst() {
        var given = new Region(2, 1, 2, 1);
        for (Direction direction : Direction.values()) {
            List<Integer> cells = new ArrayList<>();
            direction.over(GRID, Graphs.TWO, Optional.of(given)).forEach(cells::add);
            assertThat(cells.subList(0, 2))
                    .as(direction.configName())
                    .containsExactly(GRID.index(2, 1, 0), GRID.index(3, 1, 0));
        }
    }

    @Test
    void givenCellsKeepTheirPlaceInASweepThatLeadsAwayFromThem() {
        var left = Optional.of(new Region(0, 0, 2, 3));
        List<Integer> cells = new ArrayList<>();
        Order zeta = Direction.ZETA.over(GRID, Graphs.TWO, left);
        zeta.forEach(cells::add);
        assertThat(cells).isSorted();
        assertThat(zeta.isGiven(1, 2, 0)).isTrue();
        assertThat(zeta.isGiven(2, 2, 0)).isFalse();
    }

    @Test
    void aSweepLeadsAwayFromCellsAtItsStartThatFillTheCanvasOneWay() {
        assertThat(leadingAwayFrom(new Region(0, 0, 2, 3)))
                .containsExactly(Direction.OMEGA, Direction.ZETA, Direction.ZETA_STAR, Direction.QUADRANT);
        assertThat(leadingAwayFrom(new Region(2, 0, 3, 3))).containsExactly(Direction.OMEGA_STAR);
        assertThat(leadingAwayFrom(new Region(0, 0, 5, 1)))
                .containsExactly(Direction.OMEGA, Direction.OMEGA_STAR, Direction.ZETA, Direction.QUADRANT);
        assertThat(leadingAwayFrom(new Region(0, 1, 5, 2))).containsExactly(Direction.ZETA_STAR);
        assertThat(leadingAwayFrom(new Region(0, 0, 2, 2))).containsExactly(Direction.QUADRANT);
        assertThat(leadingAwayFrom(new Region(1, 0, 2, 3))).isEmpty();
    }

    @Test
    void outwardGoesRoundByRoundWithItsCornersLast() {
        List<Integer> cells = new ArrayList<>();
        Direction.OUTWARD
                .over(new Grid(4, 4, 1), Graphs.TWO, Optional.of(new Region(1, 1, 1, 1)))
                .forEach(cells::add);
        // Around cell 5: right, left, top, bottom, four corners; then what the canvas has of the next ring.
        assertThat(cells).containsExactly(5, 6, 4, 1, 9, 0, 2, 8, 10, 3, 7, 11, 12, 13, 14, 15);
    }

    @Test
    void diamondGoesRingByRingFromTheTipsAlongTheLongerSide() {
        var wide = new Grid(5, 5, 1);
        assertThat(cells(Direction.DIAMOND, wide, Optional.empty()))
                .startsWith(12, 11, 13, 7, 17, 10, 14, 6, 8, 16, 18, 2, 22)
                .endsWith(0, 4, 20, 24);
        assertThat(cells(Direction.DIAMOND, new Grid(1, 5, 1), Optional.empty()))
                .containsExactly(2, 1, 3, 0, 4);
        var tall = new Grid(3, 5, 1);
        assertThat(cells(Direction.DIAMOND, tall, Optional.empty())).startsWith(7, 4, 10, 6, 8, 1, 13);
    }

    @Test
    void diamondHasAGivenPictureInItsMiddle() {
        assertThat(cells(Direction.DIAMOND, GRID, Optional.of(new Region(3, 1, 1, 1))))
                .startsWith(8, 7, 9, 3, 13);
        assertThat(cells(Direction.DIAMOND, GRID, Optional.of(new Region(0, 1, 3, 1))))
                .startsWith(5, 6, 7, 1, 11, 8);
    }

    @Test
    void quadrantWalksAlongTheShorterSide() {
        assertThat(cells(Direction.QUADRANT, GRID, Optional.empty())).startsWith(0, 5, 10, 1, 6, 11);
        assertThat(cells(Direction.QUADRANT, new Grid(3, 5, 1), Optional.empty()))
                .isSorted();
    }

    @Test
    void coloursComeOneAfterTheOther() {
        Order order = Direction.COLOURS.over(GRID, new Extent(1, 2, 0), Optional.empty());
        List<Integer> cells = new ArrayList<>();
        order.forEach(cells::add);
        assertThat(cells).containsExactly(0, 2, 4, 1, 3, 5, 7, 9, 6, 8, 10, 12, 14, 11, 13);
        assertThat(order.depth(1, 2, 0)).isEqualTo(5);
    }

    @Test
    void coarseToFineHalvesTheDistanceBetweenCellsInTwoSteps() {
        assertThat(cells(Direction.COARSE_TO_FINE, new Grid(5, 5, 1), Optional.empty()))
                .containsExactly(
                        0, 24, 4, 20, 12, 2, 10, 14, 22, 6, 8, 16, 18, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23);
        assertThat(cells(Direction.COARSE_TO_FINE, new Grid(1, 1, 1), Optional.empty()))
                .containsExactly(0);
    }

    @Test
    void everyNameIsFoundAgain() {
        assertThat(Arrays.stream(Direction.values()).map(d -> Direction.named(d.configName())))
                .containsExactlyElementsOf(
                        Arrays.stream(Direction.values()).map(Optional::of).toList());
        assertThat(Direction.named("spirall")).isEmpty();
        assertThat(Direction.names())
                .isEqualTo("auto, omega, omega*, zeta, zeta*, outward, diamond, quadrant, colours, coarse-to-fine");
    }

    private static List<Integer> cells(Direction direction, Grid grid, Optional<Region> given) {
        List<Integer> cells = new ArrayList<>();
        direction.over(grid, Graphs.TWO, given).forEach(cells::add);
        return cells;
    }

    private static List<Direction> leadingAwayFrom(Region given) {
        return Arrays.stream(Direction.values())
                .filter(direction -> direction.leadsAwayFrom(given, GRID))
                .toList();
    }

    private static long rank(Direction direction, int column, int row) {
        return direction.over(GRID, Graphs.TWO, Optional.empty()).rank(column, row, 0);
    }
}
