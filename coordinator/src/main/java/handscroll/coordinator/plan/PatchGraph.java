package handscroll.coordinator.plan;

import handscroll.coordinator.plan.Reads.Itself;
import handscroll.coordinator.plan.Reads.Remembered;
import handscroll.coordinator.plan.Reads.Upstream;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.RememberedPatch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Who waits for whom. Cells are named by stage and index; cells and edges are computed from
 * coordinates when they are asked for and never stored, so a graph of any size takes no memory.
 */
public final class PatchGraph {

    /** Is shown cells, one call each. */
    @FunctionalInterface
    public interface CellVisitor {
        void visit(int stage, int index);
    }

    private final List<Stage> stages;

    /**
     * @throws IllegalArgumentException for a stage that reads a later one, and on a canvas that wraps for a stage
     *     whose cells do not close the ring or would see another one from both sides
     */
    public PatchGraph(List<Stage> stages) {
        this.stages = List.copyOf(stages);
        for (int stage = 0; stage < stages.size(); stage++) {
            for (Reads reads : stages.get(stage).reads()) {
                if (reads instanceof Upstream upstream) {
                    checkUpstream(stage, upstream.stage());
                } else if (reads instanceof Itself itself) {
                    checkRing(stages.get(stage).grid(), itself.extent());
                }
            }
        }
    }

    private void checkUpstream(int stage, int upstream) {
        if (upstream < 0 || upstream >= stage) {
            throw new IllegalArgumentException("stage " + stage + " can read earlier stages only, not " + upstream);
        }
        Stage reader = stages.get(stage);
        Stage read = stages.get(upstream);
        boolean closes = (long) reader.grid().columns() * reader.cellPixels()
                == (long) read.grid().columns() * read.cellPixels();
        if (reader.grid().wraps() != read.grid().wraps() || reader.grid().wraps() && !closes) {
            throw new IllegalArgumentException("stages " + upstream + " and " + stage + " are not the same way round");
        }
    }

    private static void checkRing(Grid grid, Extent extent) {
        if (grid.wraps() && grid.columns() < extent.columnsAcross()) {
            throw new IllegalArgumentException("on a ring of " + grid.columns() + " columns, cells that look "
                    + extent.columns() + " far see others from both sides");
        }
    }

    public List<Stage> stages() {
        return stages;
    }

    public Stage stage(int stage) {
        return stages.get(stage);
    }

    public int cellCount(int stage) {
        return stages.get(stage).grid().cellCount();
    }

    public PatchId patch(int stage, int index) {
        return new PatchId(stage, stages.get(stage).grid().cell(index));
    }

    public int index(PatchId patch) {
        return stages.get(patch.stage()).grid().index(patch.cell());
    }

    /** Visits all cells up to a stage, its own among them, so that each comes after everything it reads. */
    public void forEachCell(int lastStage, CellVisitor visitor) {
        for (int number = 0; number <= lastStage; number++) {
            int stage = number;
            stages.get(stage)
                    .order()
                    .ifPresentOrElse(
                            order -> order.forEach(index -> visitor.visit(stage, index)),
                            () -> IntStream.range(0, cellCount(stage)).forEach(index -> visitor.visit(stage, index)));
        }
    }

    /** Whether a patch of this name exists; for names that come from elsewhere. */
    public boolean contains(PatchId patch) {
        return patch.stage() >= 0
                && patch.stage() < stages.size()
                && stages.get(patch.stage()).grid().contains(patch.column(), patch.row(), patch.frame());
    }

    /** Whether any cell of any stage reads this stage. */
    public boolean isRead(int stage) {
        return stages.get(stage).order().isPresent()
                || stages.stream()
                        .flatMap(reader -> reader.reads().stream())
                        .anyMatch(reads -> reads instanceof Upstream upstream && upstream.stage() == stage);
    }

    /** The cells that this one reads, in the order of each grid, which on one that wraps begins left of the reader. */
    public void forEachRead(int stage, int index, CellVisitor visitor) {
        Stage reader = stages.get(stage);
        for (Reads reads : reader.reads()) {
            if (reads instanceof Itself itself) {
                forEachNeighbour(stage, index, itself, true, visitor);
            } else if (reads instanceof Upstream upstream) {
                int frame = reader.grid().frameOf(index);
                int first = Math.max(0, frame - upstream.framesBefore());
                forEachMeeting(reader, index, upstream.stage(), upstream.marginPixels(), first, frame, visitor);
            } else if (reads instanceof Remembered) {
                forEachRemembered(stage, index, visitor);
            }
        }
    }

    /**
     * Whether a cell's context holds another one that it reads. What a cell reads of its own stage is its
     * context, except where states remember more.
     */
    public boolean isContext(int stage, int index, int read) {
        if (!stages.get(stage).remembers()) {
            return true;
        }
        Grid grid = stages.get(stage).grid();
        Extent extent = itself(stage).extent();
        return Math.abs(grid.columnOf(read) - grid.columnOf(index)) <= extent.columns()
                && Math.abs(grid.rowOf(read) - grid.rowOf(index)) <= extent.rows()
                && Math.abs(grid.frameOf(read) - grid.frameOf(index)) <= extent.frames();
    }

    /** Of what a cell sees, those cells whose content its states hold. */
    public void forEachRememberedBy(int stage, int index, CellVisitor visitor) {
        forEachNeighbour(stage, index, itself(stage), true, (same, read) -> {
            if (sharesBlock(stage, index, read)) {
                visitor.visit(stage, read);
            }
        });
    }

    /** Back from what the cell sees, step by step inside blocks. */
    private void forEachRemembered(int stage, int index, CellVisitor visitor) {
        SortedSet<Integer> found = closure(stage, index, true);
        found.removeIf(read -> isContext(stage, index, read));
        found.forEach(read -> visitor.visit(stage, read));
    }

    /** Forward, inside the block, to all whose states hold this cell's content; then to all that see one of them. */
    private void forEachRememberer(int stage, int index, CellVisitor visitor) {
        SortedSet<Integer> readers = closure(stage, index, false);
        readers.removeIf(reader -> isContext(stage, reader, index));
        readers.forEach(reader -> visitor.visit(stage, reader));
    }

    private SortedSet<Integer> closure(int stage, int index, boolean back) {
        SortedSet<Integer> found = new TreeSet<>();
        Deque<Integer> open = new ArrayDeque<>();
        if (back) {
            forEachNeighbour(stage, index, itself(stage), true, (same, read) -> {
                found.add(read);
                open.add(read);
            });
        } else {
            open.add(index);
        }
        SortedSet<Integer> holders = new TreeSet<>(open);
        while (!open.isEmpty()) {
            int next = open.remove();
            forEachNeighbour(stage, next, itself(stage), back, (same, other) -> {
                boolean inside = sharesBlock(stage, next, other);
                if (inside && holders.add(other)) {
                    open.add(other);
                }
                if (!back || inside) {
                    found.add(other);
                }
            });
        }
        return found;
    }

    private boolean sharesBlock(int stage, int index, int other) {
        Grid grid = stages.get(stage).grid();
        return grid.frameOf(index) == grid.frameOf(other)
                && RememberedPatch.shareABlock(
                        grid.columnOf(index), grid.rowOf(index), grid.columnOf(other), grid.rowOf(other));
    }

    private Itself itself(int stage) {
        return stages.get(stage).reads().stream()
                .filter(Itself.class::isInstance)
                .map(Itself.class::cast)
                .findFirst()
                .orElseThrow();
    }

    /** The cells that read this one: the inverse of {@link #forEachRead}. */
    public void forEachReader(int stage, int index, CellVisitor visitor) {
        Stage read = stages.get(stage);
        for (int reader = stage; reader < stages.size(); reader++) {
            for (Reads reads : stages.get(reader).reads()) {
                if (reads instanceof Itself itself && reader == stage) {
                    forEachNeighbour(stage, index, itself, false, visitor);
                } else if (reads instanceof Remembered && reader == stage) {
                    forEachRememberer(stage, index, visitor);
                } else if (reads instanceof Upstream upstream && upstream.stage() == stage) {
                    // To meet within a margin is mutual.
                    int frame = read.grid().frameOf(index);
                    int last = Math.min(read.grid().frames() - 1, frame + upstream.framesBefore());
                    forEachMeeting(read, index, reader, upstream.marginPixels(), frame, last, visitor);
                }
            }
        }
    }

    public int readCount(int stage, int index) {
        var count = new Count();
        forEachRead(stage, index, count);
        return count.count;
    }

    public int readerCount(int stage, int index) {
        var count = new Count();
        forEachReader(stage, index, count);
        return count.count;
    }

    private static final class Count implements CellVisitor {
        private int count;

        @Override
        public void visit(int stage, int index) {
            count++;
        }
    }

    private void forEachNeighbour(int stage, int index, Itself itself, boolean earlier, CellVisitor visitor) {
        Grid grid = stages.get(stage).grid();
        Extent extent = itself.extent();
        Order order = itself.order();
        int column = grid.columnOf(index);
        int row = grid.rowOf(index);
        int frame = grid.frameOf(index);
        if (earlier && order.isGiven(column, row, frame)) {
            return;
        }
        long rank = order.rank(column, row, frame);
        int firstFrame = earlier ? Math.max(0, frame - extent.frames()) : frame;
        int lastFrame = earlier ? frame : Math.min(grid.frames() - 1, frame + extent.frames());
        int firstRow = Math.max(0, row - extent.rows());
        int lastRow = Math.min(grid.rows() - 1, row + extent.rows());
        int firstColumn = grid.wraps() ? column - extent.columns() : Math.max(0, column - extent.columns());
        int lastColumn =
                grid.wraps() ? column + extent.columns() : Math.min(grid.columns() - 1, column + extent.columns());
        for (int f = firstFrame; f <= lastFrame; f++) {
            for (int r = firstRow; r <= lastRow; r++) {
                for (int at = firstColumn; at <= lastColumn; at++) {
                    int c = around(at, grid.columns());
                    long other = order.rank(c, r, f);
                    boolean isRelated = earlier
                            ? other < rank && order.sees(column, row, frame, c, r, f)
                            : other > rank && !order.isGiven(c, r, f) && order.sees(c, r, f, column, row, frame);
                    if (isRelated) {
                        visitor.visit(stage, grid.index(c, r, f));
                    }
                }
            }
        }
    }

    private void forEachMeeting(
            Stage from, int index, int stage, int marginPixels, int firstFrame, int lastFrame, CellVisitor visitor) {
        Grid grid = stages.get(stage).grid();
        long side = stages.get(stage).cellPixels();
        long left = (long) from.grid().columnOf(index) * from.cellPixels();
        long top = (long) from.grid().rowOf(index) * from.cellPixels();
        long firstColumn = Math.floorDiv(left - marginPixels, side);
        long lastColumn = (left + from.cellPixels() + marginPixels - 1) / side;
        if (grid.wraps()) {
            // A margin wider than the ring meets each column once.
            lastColumn = Math.min(lastColumn, firstColumn + grid.columns() - 1);
        } else {
            firstColumn = clamp(firstColumn, grid.columns());
            lastColumn = clamp(lastColumn, grid.columns());
        }
        int firstRow = clamp(Math.floorDiv(top - marginPixels, side), grid.rows());
        int lastRow = clamp((top + from.cellPixels() + marginPixels - 1) / side, grid.rows());
        for (int frame = firstFrame; frame <= lastFrame; frame++) {
            for (int row = firstRow; row <= lastRow; row++) {
                for (long column = firstColumn; column <= lastColumn; column++) {
                    visitor.visit(stage, grid.index((int) Math.floorMod(column, (long) grid.columns()), row, frame));
                }
            }
        }
    }

    /** A column at most one round beside the grid. */
    private static int around(int column, int columns) {
        return column < 0 ? column + columns : column >= columns ? column - columns : column;
    }

    private static int clamp(long position, int count) {
        return (int) Math.max(0, Math.min(position, count - 1L));
    }
}
