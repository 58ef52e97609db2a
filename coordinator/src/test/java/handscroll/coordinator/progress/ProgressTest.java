package handscroll.coordinator.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.Extent;
import handscroll.coordinator.plan.Graphs;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Region;
import handscroll.coordinator.plan.Stage;
import handscroll.protocol.canvas.Grid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final Grid GRID = new Grid(6, 4, 1);
    private static final PatchGraph GRAPH = Graphs.withTiles(Direction.OMEGA, GRID, Graphs.TWO, Optional.empty());

    @Test
    void onlyTheFirstCellIsReadyAtTheStart() {
        Progress progress = started(GRAPH);
        assertThat(progress.counts(0)).isEqualTo(new Progress.Counts(23, 1, 0, 0));
        assertThat(progress.counts(1)).isEqualTo(new Progress.Counts(2, 0, 0, 0));
        assertThat(progress.takeReady(0, 10)).containsExactly(0);
        assertThat(progress.readyStage()).isEmpty();
    }

    @Test
    void aResultMakesItsReadersReadyOnce() {
        Progress progress = started(GRAPH);
        progress.takeReady(0, 1);
        assertThat(progress.rendered(0, 0)).isTrue();
        assertThat(progress.rendered(0, 0)).isFalse();
        assertThat(progress.counts(0)).isEqualTo(new Progress.Counts(22, 1, 0, 1));
        assertThat(progress.takeReady(0, 10)).containsExactly(GRID.index(0, 1, 0));
    }

    @Test
    void whatIsPutBackIsReadyAgain() {
        Progress progress = started(GRAPH);
        progress.takeReady(0, 1);
        progress.putBack(0, 0);
        progress.putBack(0, 0);
        assertThat(progress.counts(0)).isEqualTo(new Progress.Counts(23, 1, 0, 0));
        assertThat(progress.takeReady(0, 10)).containsExactly(0);
    }

    @Test
    void aLateResultIsTakenAndItsCellNotHandedOutAgain() {
        Progress progress = started(GRAPH);
        progress.takeReady(0, 1);
        progress.putBack(0, 0);
        assertThat(progress.rendered(0, 0)).isTrue();
        assertThat(progress.counts(0)).isEqualTo(new Progress.Counts(22, 1, 0, 1));
        assertThat(progress.takeReady(0, 10)).containsExactly(GRID.index(0, 1, 0));
        assertThat(progress.readyStage()).isEmpty();
    }

    @Test
    void aCellIsWaitingThenReadyThenLeasedThenRendered() {
        Progress progress = started(GRAPH);
        int below = GRID.index(0, 1, 0);
        assertThat(progress.state(0, below)).isEqualTo(Progress.State.WAITING);
        progress.rendered(0, progress.takeReady(0, 1)[0]);
        assertThat(progress.state(0, below)).isEqualTo(Progress.State.READY);
        progress.takeReady(0, 1);
        assertThat(progress.state(0, below)).isEqualTo(Progress.State.LEASED);
        progress.putBack(0, below);
        assertThat(progress.state(0, below)).isEqualTo(Progress.State.READY);
        progress.rendered(0, below);
        assertThat(progress.state(0, below)).isEqualTo(Progress.State.RENDERED);
    }

    @Test
    void whatACellWaitsForIsWhatItReadsAndIsNotRendered() {
        Progress progress = started(GRAPH);
        progress.rendered(0, progress.takeReady(0, 1)[0]);
        List<Integer> missing = new ArrayList<>();
        progress.forEachMissing(0, GRID.index(0, 2, 0), (stage, index) -> missing.add(index));
        assertThat(missing).containsExactly(GRID.index(0, 1, 0));
    }

    @Test
    void tilesComeBeforeSamples() {
        PatchGraph graph = Graphs.withTiles(Direction.OMEGA, new Grid(12, 4, 1), Graphs.TWO, Optional.empty());
        Progress progress = started(graph);
        List<Integer> stages = new ArrayList<>();
        while (progress.readyStage().isPresent()) {
            int stage = progress.readyStage().getAsInt();
            stages.add(stage);
            progress.rendered(stage, progress.takeReady(stage, 1)[0]);
        }
        // The first tile needs five columns of four patches; one more patch was as deep as its last.
        assertThat(stages.indexOf(1)).isEqualTo(21);
        assertThat(progress.isFinished()).isTrue();
    }

    @Test
    void aLayoutComesBeforeThePatchesOverItAndTilesBeforeBoth() {
        Progress progress = new Progress(Graphs.overLayout());
        assertThat(progress.rank(2)).isLessThan(progress.rank(0));
        assertThat(progress.rank(0)).isLessThan(progress.rank(1));
        progress.start();
        for (int stage = 0; stage == 0; stage = progress.readyStage().orElseThrow()) {
            for (int index : progress.takeReady(0, 100)) {
                progress.rendered(0, index);
            }
        }
        assertThat(progress.counts(0).rendered()).isEqualTo(38 * 2);
    }

    @Test
    void theCellWithTheLongestPathBehindItComesFirst() {
        var grid = new Grid(12, 3, 1);
        Progress progress = started(Graphs.sampling(Direction.ZETA, grid, Graphs.TWO));
        for (int column = 0; column < 6; column++) {
            progress.rendered(0, column);
        }
        // The start of the second line is a line behind the seventh cell of the first.
        assertThat(progress.takeReady(0, 2)).containsExactly(grid.index(0, 1, 0), grid.index(6, 0, 0));
    }

    @Test
    void aBatchIsOfOneOperator() {
        var given = new Region(0, 0, 2, 4);
        PatchGraph graph = Graphs.withTiles(Direction.OMEGA, GRID, Graphs.TWO, Optional.of(given));
        Progress progress = started(graph);
        assertThat(progress.takeReady(0, 100)).containsExactly(0, 1, 6, 7, 12, 13, 18, 19);
        for (int index = 0; index < GRID.cellCount(); index++) {
            if (operator(graph, index) == Stage.Operator.ENCODE) {
                progress.rendered(0, index);
            }
        }
        assertThat(progress.takeReady(0, 100)).containsExactly(GRID.index(2, 0, 0));
    }

    @Test
    void everyCellIsHandedOutOnceWhateverTheOrderOfTheResults() {
        for (long seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            Direction direction = Direction.values()[random.nextInt(Direction.values().length)];
            var grid = new Grid(1 + random.nextInt(9), 1 + random.nextInt(9), 1 + random.nextInt(2));
            var given = new Region(random.nextInt(grid.columns()), random.nextInt(grid.rows()), 1, 1);
            PatchGraph graph = Graphs.withTiles(direction, grid, new Extent(2, 1, 1), Optional.of(given));
            Progress progress = started(graph);
            List<int[]> leased = new ArrayList<>();
            int handedOut = 0;
            while (!progress.isFinished()) {
                if (progress.readyStage().isPresent() && random.nextBoolean()) {
                    int stage = progress.readyStage().getAsInt();
                    for (int index : progress.takeReady(stage, 1 + random.nextInt(3))) {
                        assertReadsAreRendered(graph, progress, stage, index);
                        leased.add(new int[] {stage, index});
                        handedOut++;
                    }
                } else if (!leased.isEmpty()) {
                    int[] cell = leased.remove(random.nextInt(leased.size()));
                    assertThat(progress.rendered(cell[0], cell[1])).isTrue();
                }
            }
            assertThat(handedOut).as("seed " + seed).isEqualTo(graph.cellCount(0) + graph.cellCount(1));
        }
    }

    @Test
    void goesOnWhereAnEarlierLifeEndedWhateverTheOrderItIsTold() {
        for (long seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            Progress first = started(GRAPH);
            List<int[]> rendered = new ArrayList<>();
            for (int count = random.nextInt(26); count > 0; count--) {
                int stage = first.readyStage().orElseThrow();
                int index = first.takeReady(stage, 1)[0];
                first.rendered(stage, index);
                rendered.add(new int[] {stage, index});
            }
            Collections.shuffle(rendered, random);
            var second = new Progress(GRAPH);
            rendered.forEach(cell -> second.alreadyRendered(cell[0], cell[1]));
            second.start();
            assertThat(second.counts(0)).as("seed " + seed).isEqualTo(first.counts(0));
            assertThat(second.counts(1)).as("seed " + seed).isEqualTo(first.counts(1));
        }
    }

    @Test
    void schedulesThePapersScrollAsFastAsItCanBe() {
        var scroll = new Grid(152, 8, 1);
        PatchGraph zeta = Graphs.sampling(Direction.ZETA, scroll, Graphs.TWO);
        assertThat(speedUp(zeta, 2)).isCloseTo(1.99, within(0.01));
        assertThat(speedUp(zeta, 4)).isCloseTo(3.88, within(0.01));
        assertThat(speedUp(zeta, 8)).isCloseTo(7.03, within(0.01));
        PatchGraph omega = Graphs.sampling(Direction.OMEGA, scroll, Graphs.TWO);
        assertThat(speedUp(omega, 2)).isCloseTo(1.99, within(0.01));
        assertThat(speedUp(omega, 4)).isCloseTo(2.64, within(0.01));
    }

    @Test
    void keepsAFewWorkersBusyOutward() {
        PatchGraph outward = Graphs.sampling(
                Direction.OUTWARD, new Grid(32, 32, 1), Graphs.TWO, Optional.of(new Region(14, 14, 4, 4)));
        assertThat(speedUp(outward, 2)).isGreaterThan(1.95);
        assertThat(speedUp(outward, 4)).isGreaterThan(3.6);
    }

    @Test
    void schedulesTheOrdersForManyWorkersAsFastAsTheyCanBe() {
        var square = new Grid(32, 32, 1);
        PatchGraph quadrant = Graphs.sampling(Direction.QUADRANT, square, Graphs.TWO);
        assertThat(speedUp(quadrant, 8)).isCloseTo(7.59, within(0.01));
        assertThat(speedUp(quadrant, 16)).isCloseTo(13.0, within(0.1));
        assertThat(speedUp(quadrant, 32)).isCloseTo(16.3, within(0.1));
        PatchGraph video = Graphs.sampling(Direction.QUADRANT, new Grid(10, 6, 20), new Extent(1, 1, 3));
        assertThat(speedUp(video, 8)).isCloseTo(7.79, within(0.1));
        PatchGraph colours = Graphs.sampling(Direction.COLOURS, square, Graphs.TWO);
        assertThat(speedUp(colours, 32)).isGreaterThan(28);
        PatchGraph coarseToFine = Graphs.sampling(Direction.COARSE_TO_FINE, square, new Extent(16, 16, 0));
        assertThat(speedUp(coarseToFine, 8)).isCloseTo(7.82, within(0.1));
        assertThat(speedUp(coarseToFine, 16)).isCloseTo(15.1, within(0.2));
        PatchGraph diamond = Graphs.sampling(Direction.DIAMOND, square, Graphs.TWO);
        assertThat(speedUp(diamond, 4)).isGreaterThan(3.8);
        assertThat(speedUp(diamond, 8)).isGreaterThan(6.9);
    }

    /** How much faster so many workers are than one when every patch takes equally long. */
    private static double speedUp(PatchGraph graph, int workerCount) {
        Progress progress = started(graph);
        var busy = new ArrayDeque<Integer>();
        int sampled = 0;
        int rounds = 0;
        while (!progress.isFinished()) {
            int[] batch = progress.takeReady(0, workerCount);
            boolean encoding = graph.stage(0).operator(batch[0]) == Stage.Operator.ENCODE;
            for (int index : batch) {
                busy.add(index);
            }
            busy.forEach(index -> progress.rendered(0, index));
            busy.clear();
            sampled += encoding ? 0 : batch.length;
            rounds += encoding ? 0 : 1;
        }
        return (double) sampled / rounds;
    }

    private static void assertReadsAreRendered(PatchGraph graph, Progress progress, int stage, int index) {
        graph.forEachRead(
                stage,
                index,
                (readStage, read) ->
                        assertThat(progress.isRendered(readStage, read)).isTrue());
    }

    private static Stage.Operator operator(PatchGraph graph, int index) {
        return graph.stage(0).operator(index);
    }

    private static Progress started(PatchGraph graph) {
        var progress = new Progress(graph);
        progress.start();
        return progress;
    }
}
