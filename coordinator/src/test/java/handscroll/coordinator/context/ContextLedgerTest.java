package handscroll.coordinator.context;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.Graphs;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Region;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContextLedgerTest {

    private static final Grid SCROLL = new Grid(152, 8, 1);

    @Test
    void aRowOfPatchesIsLetGoTwoPatchesLater() {
        var ledger = new ContextLedger(Graphs.sampling(Direction.OMEGA, new Grid(5, 1, 1), Graphs.TWO));
        assertThat(ledger.rendered(0, 0).states()).isEmpty();
        assertThat(ledger.rendered(0, 1).states()).isEmpty();
        assertThat(ledger.rendered(0, 2).states()).containsExactly(patch(0));
        assertThat(ledger.rendered(0, 3).states()).containsExactly(patch(1));
        assertThat(ledger.rendered(0, 4).states()).containsExactlyInAnyOrder(patch(2), patch(3), patch(4));
        assertThat(ledger.statesHeld()).isZero();
    }

    @Test
    void tokensAreNeededUntilTheirTilesAreDecoded() {
        PatchGraph graph = Graphs.withTiles(Direction.OMEGA, new Grid(5, 1, 1), Graphs.TWO, Optional.empty());
        var ledger = new ContextLedger(graph);
        for (int index = 0; index < 5; index++) {
            assertThat(ledger.rendered(0, index).tokens()).isEmpty();
        }
        assertThat(ledger.tokensHeld()).isEqualTo(5);
        // The first tile reads all five patches, the second one those from the fourth on.
        assertThat(ledger.rendered(1, 0).tokens()).containsExactly(patch(0), patch(1), patch(2));
        assertThat(ledger.rendered(1, 1).tokens()).containsExactly(patch(3), patch(4));
        assertThat(ledger.tokensHeld()).isZero();
    }

    @Test
    void aSecondResultChangesNothing() {
        var ledger = new ContextLedger(Graphs.sampling(Direction.OMEGA, new Grid(3, 1, 1), Graphs.TWO));
        ledger.rendered(0, 0);
        ledger.rendered(0, 1);
        ledger.rendered(0, 1);
        assertThat(ledger.statesHeld()).isEqualTo(2);
        assertThat(ledger.rendered(0, 2).states()).hasSize(3);
    }

    @Test
    void inOrderThePoolStaysAsSmallAsThePaperSays() {
        // The paper counts a patch before it removes others: one more than what is left after it.
        assertThat(peakInOrder(Direction.OMEGA)).isBetween(18, 19);
        assertThat(peakInOrder(Direction.ZETA)).isBetween(306, 307);
    }

    @Test
    void everyPatchIsReleasedOnceWhateverTheOrder() {
        for (long seed = 0; seed < 30; seed++) {
            var random = new Random(seed);
            Direction direction = Direction.values()[random.nextInt(Direction.values().length)];
            var grid = new Grid(1 + random.nextInt(8), 1 + random.nextInt(8), 1);
            PatchGraph graph = Graphs.withTiles(direction, grid, Graphs.TWO, Optional.of(new Region(0, 0, 1, 1)));
            List<PatchId> cells = new ArrayList<>();
            for (int stage = 0; stage < 2; stage++) {
                for (int index = 0; index < graph.cellCount(stage); index++) {
                    cells.add(graph.patch(stage, index));
                }
            }
            Collections.shuffle(cells, random);
            var ledger = new ContextLedger(graph);
            Set<PatchId> rendered = new HashSet<>();
            List<PatchId> tokens = new ArrayList<>();
            List<PatchId> states = new ArrayList<>();
            for (PatchId cell : cells) {
                rendered.add(cell);
                ContextLedger.Released released = ledger.rendered(cell.stage(), graph.index(cell));
                released.tokens()
                        .forEach(patch -> assertThat(unrenderedReaders(graph, patch, rendered, false))
                                .isZero());
                released.states()
                        .forEach(patch -> assertThat(unrenderedReaders(graph, patch, rendered, true))
                                .isZero());
                tokens.addAll(released.tokens());
                states.addAll(released.states());
            }
            assertThat(tokens).as("seed " + seed).hasSize(grid.cellCount()).doesNotHaveDuplicates();
            assertThat(states).as("seed " + seed).hasSize(grid.cellCount()).doesNotHaveDuplicates();
            assertThat(ledger.tokensHeld()).isZero();
            assertThat(ledger.statesHeld()).isZero();
        }
    }

    private static int peakInOrder(Direction direction) {
        PatchGraph graph = Graphs.sampling(direction, SCROLL, Graphs.TWO);
        var ledger = new ContextLedger(graph);
        graph.stage(0).order().orElseThrow().forEach(index -> ledger.rendered(0, index));
        return ledger.statesHeldPeak();
    }

    private static int unrenderedReaders(PatchGraph graph, PatchId patch, Set<PatchId> rendered, boolean sameStage) {
        int[] count = new int[1];
        graph.forEachReader(patch.stage(), graph.index(patch), (stage, reader) -> {
            if (!(sameStage && stage != patch.stage()) && !rendered.contains(graph.patch(stage, reader))) {
                count[0]++;
            }
        });
        return count[0];
    }

    private static PatchId patch(int column) {
        return new PatchId(0, column, 0, 0);
    }
}
