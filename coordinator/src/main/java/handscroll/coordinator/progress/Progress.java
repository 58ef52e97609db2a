package handscroll.coordinator.progress;

import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Stage;
import handscroll.protocol.canvas.Grid;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Which patches wait, are ready, leased and rendered. Takes two bytes and two bits a cell, and
 * nothing for an edge.
 *
 * <pre>
 *   waiting ──▶ ready ──▶ leased ──▶ rendered
 *   (reads       ▲          │
 *    missing)    ╰─ put back╯
 * </pre>
 *
 * What is ready is handed out in the order that keeps the farm busy longest: tiles first, since a decoded
 * one frees what it read, and somebody is watching; then earlier stages before later ones, since a patch of
 * a layout lets sixteen begin, and a wavefront that waits for it goes out in small batches; within a stage
 * the cells of smallest
 * {@link handscroll.coordinator.plan.Order#depth depth}, which have the longest path of others
 * waiting behind them, so that the whole wavefront moves along the critical path.
 */
public final class Progress {

    private final PatchGraph graph;
    private final List<StageCells> stages;
    private final List<Integer> handedOut; // stages, the first one first
    private boolean started;

    public Progress(PatchGraph graph) {
        this.graph = graph;
        this.stages = graph.stages().stream().map(StageCells::new).toList();
        this.handedOut = IntStream.range(0, stages.size())
                .boxed()
                .sorted(Comparator.comparing(stage -> graph.stage(stage).operator() != Stage.Operator.DECODE))
                .toList();
    }

    /** Where a cell stands. */
    public enum State {
        WAITING,
        READY,
        LEASED,
        RENDERED
    }

    /** Tells before the start that a cell was rendered in an earlier life; in any order. */
    public void alreadyRendered(int stage, int index) {
        if (started) {
            throw new IllegalStateException("what was rendered before is told before the start");
        }
        StageCells cells = stages.get(stage);
        if (!cells.rendered.get(index)) {
            cells.rendered.set(index);
            cells.renderedCount++;
        }
    }

    /** Finds the first ready cells; looks at every cell once. */
    public void start() {
        if (started) {
            throw new IllegalStateException("started twice");
        }
        started = true;
        for (int stage = 0; stage < stages.size(); stage++) {
            StageCells cells = stages.get(stage);
            var missing = new MissingReads();
            for (int index = cells.rendered.nextClearBit(0);
                    index < cells.cellCount;
                    index = cells.rendered.nextClearBit(index + 1)) {
                missing.count = 0;
                graph.forEachRead(stage, index, missing);
                if (missing.count > Character.MAX_VALUE) {
                    throw new IllegalArgumentException("a cell of stage " + stage + " reads " + missing.count
                            + " others, more than can be counted");
                }
                cells.missingReads[index] = (char) missing.count;
                if (missing.count == 0) {
                    cells.makeReady(index);
                }
            }
        }
    }

    /** The stage to take from next; empty while nothing is ready. */
    public OptionalInt readyStage() {
        for (int stage : handedOut) {
            if (stages.get(stage).readyCount > 0) {
                return OptionalInt.of(stage);
            }
        }
        return OptionalInt.empty();
    }

    /** How many stages are handed out before this one. */
    public int rank(int stage) {
        return handedOut.indexOf(stage);
    }

    /**
     * Takes up to {@code max} ready cells of a stage, which then count as leased. All have the same
     * operator, so that they make one batch; fewer than {@code max} does not mean that no more are ready.
     */
    public int[] takeReady(int stage, int max) {
        StageCells cells = stages.get(stage);
        int[] taken = new int[Math.min(max, cells.readyCount)];
        int count = 0;
        while (count < taken.length) {
            int index = cells.firstReady();
            if (count > 0 && cells.stage.operator(index) != cells.stage.operator(taken[0])) {
                break;
            }
            cells.ready.removeFirst();
            cells.readyCount--;
            cells.leased.set(index);
            cells.leasedCount++;
            taken[count++] = index;
        }
        return Arrays.copyOf(taken, count);
    }

    /** Makes a leased cell ready again: its lease ended without a result. */
    public void putBack(int stage, int index) {
        StageCells cells = stages.get(stage);
        if (cells.leased.get(index)) {
            cells.leased.clear(index);
            cells.leasedCount--;
            cells.makeReady(index);
        }
    }

    /**
     * Notes a result, also one that comes late, and makes its readers ready if it was the last they
     * waited for.
     *
     * @return false if it was rendered before; then nothing changes
     */
    public boolean rendered(int stage, int index) {
        StageCells cells = stages.get(stage);
        if (cells.rendered.get(index)) {
            return false;
        }
        if (cells.leased.get(index)) {
            cells.leased.clear(index);
            cells.leasedCount--;
        } else if (cells.missingReads[index] == 0) {
            // Its entry stays in the queue, which passes over what is rendered.
            cells.readyCount--;
        }
        cells.rendered.set(index);
        cells.renderedCount++;
        graph.forEachReader(stage, index, this::oneReadFewer);
        return true;
    }

    private void oneReadFewer(int stage, int index) {
        StageCells cells = stages.get(stage);
        if (!cells.rendered.get(index) && --cells.missingReads[index] == 0) {
            cells.makeReady(index);
        }
    }

    public boolean isRendered(int stage, int index) {
        return stages.get(stage).rendered.get(index);
    }

    public State state(int stage, int index) {
        StageCells cells = stages.get(stage);
        if (cells.rendered.get(index)) {
            return State.RENDERED;
        }
        if (cells.leased.get(index)) {
            return State.LEASED;
        }
        return cells.missingReads[index] == 0 ? State.READY : State.WAITING;
    }

    /** Shows the cells that this one still waits for: of those it reads the ones that are not rendered. */
    public void forEachMissing(int stage, int index, PatchGraph.CellVisitor visitor) {
        graph.forEachRead(stage, index, (readStage, read) -> {
            if (!isRendered(readStage, read)) {
                visitor.visit(readStage, read);
            }
        });
    }

    public boolean isFinished() {
        return stages.stream().allMatch(cells -> cells.renderedCount == cells.cellCount);
    }

    /** How many cells of a stage are in each state; together all there are. */
    public Counts counts(int stage) {
        StageCells cells = stages.get(stage);
        return new Counts(
                cells.cellCount - cells.readyCount - cells.leasedCount - cells.renderedCount,
                cells.readyCount,
                cells.leasedCount,
                cells.renderedCount);
    }

    public record Counts(int waiting, int ready, int leased, int rendered) {}

    private final class MissingReads implements PatchGraph.CellVisitor {
        private int count;

        @Override
        public void visit(int stage, int index) {
            if (!stages.get(stage).rendered.get(index)) {
                count++;
            }
        }
    }

    private static final class StageCells {
        private final Stage stage;
        private final int cellCount;
        private final char[] missingReads;
        private final BitSet leased = new BitSet();
        private final BitSet rendered;
        private final ReadyQueue ready = new ReadyQueue();
        private int readyCount;
        private int leasedCount;
        private int renderedCount;

        StageCells(Stage stage) {
            this.stage = stage;
            this.cellCount = stage.grid().cellCount();
            this.missingReads = new char[cellCount];
            this.rendered = new BitSet(cellCount);
        }

        void makeReady(int index) {
            Grid grid = stage.grid();
            long depth = stage.order()
                    .map(order -> order.depth(grid.columnOf(index), grid.rowOf(index), grid.frameOf(index)))
                    .orElse(0L);
            ready.add(depth, index);
            readyCount++;
        }

        int firstReady() {
            while (rendered.get(ready.firstIndex())) {
                ready.removeFirst();
            }
            return ready.firstIndex();
        }
    }
}
