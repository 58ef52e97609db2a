package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.progress.Progress;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for every patch graph, tried on random small ones of all directions. */
class PatchGraphPropertiesTest {

    record Setting(Direction direction, Grid grid, Extent extent, Optional<Region> given) {
        PatchGraph graph() {
            return Graphs.withTiles(direction, grid, extent, given);
        }

        Order order() {
            return graph().stage(0).order().orElseThrow();
        }
    }

    @Property(tries = 300)
    void everyCellComesOnceAndByAscendingRank(@ForAll("settings") Setting setting) {
        List<Long> ranks = new ArrayList<>();
        var seen = new BitSet();
        Grid grid = setting.grid();
        setting.order().forEach(index -> {
            seen.set(index);
            ranks.add(rank(setting.order(), grid, index));
        });
        assertThat(ranks).hasSize(grid.cellCount()).isSorted().doesNotHaveDuplicates();
        assertThat(seen.cardinality()).isEqualTo(grid.cellCount());
    }

    @Property(tries = 300)
    void whoIsReadKnowsItsReader(@ForAll("settings") Setting setting) {
        PatchGraph graph = setting.graph();
        Set<List<Integer>> reads = new HashSet<>();
        Set<List<Integer>> readers = new HashSet<>();
        for (int s = 0; s < graph.stages().size(); s++) {
            int stage = s;
            for (int i = 0; i < graph.cellCount(stage); i++) {
                int index = i;
                graph.forEachRead(stage, index, (readStage, read) -> reads.add(List.of(stage, index, readStage, read)));
                graph.forEachReader(
                        stage, index, (readerStage, reader) -> readers.add(List.of(readerStage, reader, stage, index)));
            }
        }
        assertThat(readers).isEqualTo(reads);
    }

    @Property(tries = 300)
    void contextIsEarlierAndWithinTheExtent(@ForAll("settings") Setting setting) {
        PatchGraph graph = setting.graph();
        Grid grid = setting.grid();
        Order order = setting.order();
        for (int i = 0; i < grid.cellCount(); i++) {
            int index = i;
            graph.forEachRead(0, index, (stage, read) -> {
                assertThat(order.rank(grid.columnOf(read), grid.rowOf(read), grid.frameOf(read)))
                        .isLessThan(order.rank(grid.columnOf(index), grid.rowOf(index), grid.frameOf(index)));
                assertThat(Math.abs(grid.columnsBetween(grid.columnOf(read), grid.columnOf(index))))
                        .isLessThanOrEqualTo(setting.extent().columns());
                assertThat(Math.abs(grid.rowOf(read) - grid.rowOf(index)))
                        .isLessThanOrEqualTo(setting.extent().rows());
                assertThat(grid.frameOf(index) - grid.frameOf(read))
                        .isBetween(0, setting.extent().frames());
            });
        }
    }

    @Property(tries = 300)
    void ofTwoCellsWithinTheExtentTheLaterSeesTheEarlierUnlessItIsGivenOrItsOrderHidesIt(
            @ForAll("settings") Setting setting) {
        PatchGraph graph = setting.graph();
        Grid grid = setting.grid();
        Order order = setting.order();
        int edges = 0;
        for (int index = 0; index < grid.cellCount(); index++) {
            edges += Graphs.context(graph, grid.cell(index)).size();
        }
        int expected = 0;
        for (int a = 0; a < grid.cellCount(); a++) {
            for (int b = a + 1; b < grid.cellCount(); b++) {
                int later = rank(order, grid, a) > rank(order, grid, b) ? a : b;
                int earlier = later == a ? b : a;
                boolean isShown = order.sees(
                        grid.columnOf(later),
                        grid.rowOf(later),
                        grid.frameOf(later),
                        grid.columnOf(earlier),
                        grid.rowOf(earlier),
                        grid.frameOf(earlier));
                boolean laterIsGiven = order.isGiven(grid.columnOf(later), grid.rowOf(later), grid.frameOf(later));
                boolean near = Math.abs(grid.columnsBetween(grid.columnOf(a), grid.columnOf(b)))
                                <= setting.extent().columns()
                        && Math.abs(grid.rowOf(a) - grid.rowOf(b))
                                <= setting.extent().rows()
                        && Math.abs(grid.frameOf(a) - grid.frameOf(b))
                                <= setting.extent().frames();
                expected += near && !laterIsGiven && isShown ? 1 : 0;
            }
        }
        assertThat(edges).isEqualTo(expected);
    }

    @Property(tries = 300)
    void onAFlatCanvasOnlyQuadrantAndCoarseToFineHideEarlierCellsAndNeverGivenOnes(
            @ForAll("settings") Setting setting) {
        Grid grid = setting.grid();
        if (grid.wraps()) {
            return;
        }
        Order order = setting.order();
        boolean startsAtItsPicture = setting.given()
                .map(given -> setting.direction().leadsAwayFrom(given, grid))
                .orElse(false);
        for (int later = 0; later < grid.cellCount(); later++) {
            for (int earlier = 0; earlier < grid.cellCount(); earlier++) {
                boolean isHidden = rank(order, grid, earlier) < rank(order, grid, later)
                        && !order.sees(
                                grid.columnOf(later),
                                grid.rowOf(later),
                                grid.frameOf(later),
                                grid.columnOf(earlier),
                                grid.rowOf(earlier),
                                grid.frameOf(earlier));
                if (isHidden) {
                    assertThat(setting.direction()).isIn(Direction.QUADRANT, Direction.COARSE_TO_FINE);
                    assertThat(startsAtItsPicture
                                    || !order.isGiven(
                                            grid.columnOf(earlier), grid.rowOf(earlier), grid.frameOf(earlier)))
                            .isTrue();
                }
            }
        }
    }

    @Property(tries = 300)
    void whereTheCanvasWrapsOneOfTwoNeighboursAcrossTheSeamSeesTheOther(@ForAll("settings") Setting setting) {
        Grid grid = setting.grid();
        if (!grid.wraps() || setting.extent().columns() == 0) {
            return;
        }
        PatchGraph graph = setting.graph();
        Order order = setting.order();
        for (int frame = 0; frame < grid.frames(); frame++) {
            for (int row = 0; row < grid.rows(); row++) {
                int left = grid.index(grid.columns() - 1, row, frame);
                int right = grid.index(0, row, frame);
                boolean bothAreGiven = order.isGiven(grid.columns() - 1, row, frame) && order.isGiven(0, row, frame);
                boolean isSeen = Graphs.context(graph, grid.cell(left)).contains(grid.cell(right))
                        || Graphs.context(graph, grid.cell(right)).contains(grid.cell(left));
                assertThat(isSeen || bothAreGiven).as("row " + row).isTrue();
            }
        }
    }

    @Property(tries = 300)
    void noCellIsReadTwiceByTheSame(@ForAll("settings") Setting setting) {
        PatchGraph graph = setting.graph();
        for (int s = 0; s < graph.stages().size(); s++) {
            int stage = s;
            for (int index = 0; index < graph.cellCount(stage); index++) {
                List<List<Integer>> reads = new ArrayList<>();
                graph.forEachRead(stage, index, (readStage, read) -> reads.add(List.of(readStage, read)));
                assertThat(reads).doesNotHaveDuplicates();
            }
        }
    }

    @Property(tries = 300)
    void everyCellOfAFrameRanksAfterTheFrameBefore(@ForAll("settings") Setting setting) {
        List<Integer> frames = new ArrayList<>();
        setting.order().forEach(index -> frames.add(setting.grid().frameOf(index)));
        assertThat(frames).isSorted();
    }

    @Property(tries = 300)
    void whereNothingIsGivenACellIsDeeperThanAllThatItSees(@ForAll("settings") Setting setting) {
        if (setting.given().isPresent()) {
            return;
        }
        PatchGraph graph = setting.graph();
        Grid grid = setting.grid();
        Order order = setting.order();
        for (int i = 0; i < grid.cellCount(); i++) {
            int index = i;
            graph.forEachRead(
                    0,
                    index,
                    (stage, read) -> assertThat(depth(order, grid, read)).isLessThan(depth(order, grid, index)));
        }
    }

    @Property(tries = 300)
    void noCellWaitsForEver(@ForAll("settings") Setting setting) {
        PatchGraph graph = setting.graph();
        var progress = new Progress(graph);
        progress.start();
        int handedOut = 0;
        while (progress.readyStage().isPresent()) {
            int stage = progress.readyStage().getAsInt();
            for (int index : progress.takeReady(stage, 3)) {
                graph.forEachRead(
                        stage,
                        index,
                        (readStage, read) ->
                                assertThat(progress.isRendered(readStage, read)).isTrue());
                assertThat(progress.rendered(stage, index)).isTrue();
                handedOut++;
            }
        }
        assertThat(progress.isFinished()).isTrue();
        assertThat(handedOut).isEqualTo(graph.cellCount(0) + graph.cellCount(1));
    }

    @Property(tries = 300)
    void noPatchSeesMoreThanThereIsRoomFor(@ForAll("settings") Setting setting) {
        PatchGraph graph = setting.graph();
        ContextRoom room = ContextRoom.of(graph, 0, setting.extent(), setting.direction(), setting.given());
        for (int index = 0; index < setting.grid().cellCount(); index++) {
            assertThat(ContextRoom.needed(graph, 0, index).isWithin(room))
                    .as("cell " + index + ", room " + room)
                    .isTrue();
        }
    }

    @Property(tries = 500)
    void stagesWithCellsOfDifferentSizesReadWhatMeetsTheirRectangleWithItsMargin(
            @ForAll @IntRange(min = 0, max = 3) int readCell,
            @ForAll @IntRange(min = 0, max = 3) int readerCell,
            @ForAll @IntRange(min = 1, max = 1200) int width,
            @ForAll @IntRange(min = 1, max = 600) int height,
            @ForAll @IntRange(min = 0, max = 300) int margin,
            @ForAll @IntRange(min = 1, max = 4) int frames,
            @ForAll @IntRange(min = 0, max = 2) int framesBefore,
            @ForAll boolean wraps) {
        int[] sides = {32, 64, 128, 256};
        int readSide = sides[readCell];
        int readerSide = sides[readerCell];
        var canvas = wraps ? new Canvas(256 * (width / 256 + 1), height, 1, true) : new Canvas(width, height, frames);
        Grid read = canvas.cutInto(readSide);
        Grid reader = canvas.cutInto(readerSide);
        var graph = new PatchGraph(List.of(
                new Stage("read", Stage.Operator.SAMPLE, read, readSide, List.of()),
                new Stage(
                        "reader",
                        Stage.Operator.DECODE,
                        reader,
                        readerSide,
                        List.of(new Reads.Upstream(0, margin, framesBefore)))));
        Map<Integer, Set<Integer>> readers = new HashMap<>();
        for (int other = 0; other < read.cellCount(); other++) {
            Set<Integer> found = readers.computeIfAbsent(other, any -> new HashSet<>());
            graph.forEachReader(0, other, (stage, index) -> found.add(index));
        }
        for (int index = 0; index < reader.cellCount(); index++) {
            Set<Integer> found = new HashSet<>();
            graph.forEachRead(1, index, (stage, other) -> found.add(other));
            Set<Integer> expected = new HashSet<>();
            for (int other = 0; other < read.cellCount(); other++) {
                int back = reader.frameOf(index) - read.frameOf(other);
                if (back >= 0
                        && back <= framesBefore
                        && meets(reader.rowOf(index), readerSide, read.rowOf(other), readSide, margin, 0)
                        && meets(
                                reader.columnOf(index),
                                readerSide,
                                read.columnOf(other),
                                readSide,
                                margin,
                                wraps ? canvas.widthPixels() : 0)) {
                    expected.add(other);
                }
                assertThat(readers.get(other).contains(index)).isEqualTo(expected.contains(other));
            }
            assertThat(found).as("cell " + reader.cell(index) + " of " + canvas).isEqualTo(expected);
        }
    }

    /** @param round pixels after which everything comes again; 0 for never */
    private static boolean meets(int cell, int side, int otherCell, int otherSide, int margin, int round) {
        for (int turn = round == 0 ? 0 : -2; turn <= (round == 0 ? 0 : 2); turn++) {
            long first = (long) cell * side - margin;
            long other = (long) otherCell * otherSide + (long) turn * round;
            if (first < other + otherSide && other < first + side + 2L * margin) {
                return true;
            }
        }
        return false;
    }

    private static long depth(Order order, Grid grid, int index) {
        return order.depth(grid.columnOf(index), grid.rowOf(index), grid.frameOf(index));
    }

    private static long rank(Order order, Grid grid, int index) {
        return order.rank(grid.columnOf(index), grid.rowOf(index), grid.frameOf(index));
    }

    @Provide
    Arbitrary<Setting> settings() {
        Arbitrary<Grid> flat = Combinators.combine(
                        Arbitraries.integers().between(1, 9),
                        Arbitraries.integers().between(1, 7),
                        Arbitraries.integers().between(1, 3))
                .as(Grid::new);
        // Whole tiles close the ring; of four columns a cell may see one to each side.
        Arbitrary<Grid> round = Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(1, 7),
                        Arbitraries.integers().between(1, 3))
                .as((tiles, rows, frames) -> new Grid(4 * tiles, rows, frames, true));
        Arbitrary<Grid> grids = Arbitraries.oneOf(flat, round);
        Arbitrary<Extent> extents = Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 2))
                .as(Extent::new);
        return Combinators.combine(grids, extents, Arbitraries.of(Direction.values()))
                .flatAs((grid, wanted, direction) -> {
                    int columns =
                            grid.wraps() ? Math.min(wanted.columns(), (grid.columns() - 1) / 2) : wanted.columns();
                    var extent = new Extent(columns, wanted.rows(), wanted.frames());
                    return regions(grid)
                            .optional(direction.needsPicture() ? 1 : 0.5)
                            .map(given -> new Setting(direction, grid, extent, given));
                });
    }

    private static Arbitrary<Region> regions(Grid grid) {
        return Combinators.combine(
                        Arbitraries.integers().between(0, grid.columns() - 1),
                        Arbitraries.integers().between(0, grid.rows() - 1))
                .flatAs((column, row) -> Combinators.combine(
                                Arbitraries.integers().between(1, grid.columns() - column),
                                Arbitraries.integers().between(1, grid.rows() - row))
                        .as((columns, rows) -> new Region(column, row, columns, rows)));
    }
}
