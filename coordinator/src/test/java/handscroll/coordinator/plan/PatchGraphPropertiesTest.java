package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.Grid;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

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
                assertThat(Math.abs(grid.columnOf(read) - grid.columnOf(index)))
                        .isLessThanOrEqualTo(setting.extent().columns());
                assertThat(Math.abs(grid.rowOf(read) - grid.rowOf(index)))
                        .isLessThanOrEqualTo(setting.extent().rows());
                assertThat(grid.frameOf(index) - grid.frameOf(read))
                        .isBetween(0, setting.extent().frames());
            });
        }
    }

    @Property(tries = 300)
    void ofTwoCellsWithinTheExtentTheLaterSeesTheEarlierUnlessItIsGiven(@ForAll("settings") Setting setting) {
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
                boolean laterIsGiven = order.isGiven(grid.columnOf(later), grid.rowOf(later), grid.frameOf(later));
                boolean near = Math.abs(grid.columnOf(a) - grid.columnOf(b))
                                <= setting.extent().columns()
                        && Math.abs(grid.rowOf(a) - grid.rowOf(b))
                                <= setting.extent().rows()
                        && Math.abs(grid.frameOf(a) - grid.frameOf(b))
                                <= setting.extent().frames();
                expected += near && !laterIsGiven ? 1 : 0;
            }
        }
        assertThat(edges).isEqualTo(expected);
    }

    private static long rank(Order order, Grid grid, int index) {
        return order.rank(grid.columnOf(index), grid.rowOf(index), grid.frameOf(index));
    }

    @Provide
    Arbitrary<Setting> settings() {
        Arbitrary<Grid> grids = Combinators.combine(
                        Arbitraries.integers().between(1, 9),
                        Arbitraries.integers().between(1, 7),
                        Arbitraries.integers().between(1, 3))
                .as(Grid::new);
        Arbitrary<Extent> extents = Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 2))
                .as(Extent::new);
        return Combinators.combine(grids, extents, Arbitraries.of(Direction.values()))
                .flatAs((grid, extent, direction) -> regions(grid)
                        .optional(direction == Direction.OUTWARD ? 1 : 0.5)
                        .map(given -> new Setting(direction, grid, extent, given)));
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
