package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Lattice by lattice. The coarsest lattice is the upper left cell alone; each next one is twice as
 * fine and comes in two steps, first the centres of the squares, then what lies on their sides:
 *
 * <pre>
 *   0 6 4 6 2
 *   6 5 6 5 6      0     the corner of the canvas
 *   4 6 3 6 4      1, 2  centre and sides of the first square, which reaches beyond this canvas
 *   6 5 6 5 6      3, 4  of the squares half as wide, and so on
 *   2 6 4 6 1
 * </pre>
 *
 * A cell sees all cells of earlier steps within its extent: the corners or ends of the square or side
 * that it lies in, and what else is finished around it. It sees nothing of its own step, whose cells
 * would otherwise wait for each other. So a frame takes at most 1 + 2 ceil(log2 max(H, W)) steps, two a
 * lattice, and half of its cells can be rendered at once.
 *
 * <p>Squares wider than twice the extent have their corners out of sight: their centres and sides see
 * nothing and are rendered at once, as if they were of the first step. An extent of 2 thus leaves 5
 * steps on a canvas of any size, and the closed form needs an extent of half the canvas: what a cell
 * shows of another must be within the reach that its model learned.
 */
final class CoarseToFine implements Order {

    private final Grid grid;
    /** How often the canvas is halved; lattice k lies 2^k cells apart. */
    private final int halvings;
    /** How many cells must be rendered one after the other before one of each step; never falling. */
    private final int[] depths;

    CoarseToFine(Grid grid, Extent extent) {
        this.grid = grid;
        this.halvings = 32 - Integer.numberOfLeadingZeros(Math.max(grid.columns(), grid.rows()) - 1);
        this.depths = new int[1 + 2 * halvings];
        int depth = 0;
        for (int lattice = halvings - 1; lattice >= 0; lattice--) {
            int apart = 1 << lattice;
            boolean acrossColumns = apart <= extent.columns() && apart < grid.columns();
            boolean acrossRows = apart <= extent.rows() && apart < grid.rows();
            depth += acrossColumns && acrossRows ? 1 : 0;
            depths[centres(lattice)] = depth;
            depth += acrossColumns || acrossRows ? 1 : 0;
            depths[sides(lattice)] = depth;
        }
        if (grid.wraps()) {
            // Across the seam the lattices lie closer than elsewhere, unless halving the canvas leaves no rest.
            Arrays.setAll(depths, step -> step);
        }
    }

    @Override
    public long rank(int column, int row, int frame) {
        return ((long) frame * depths.length + step(column, row)) * grid.rows() * grid.columns()
                + (long) row * grid.columns()
                + column;
    }

    @Override
    public boolean sees(int column, int row, int frame, int earlierColumn, int earlierRow, int earlierFrame) {
        return earlierFrame < frame || step(earlierColumn, earlierRow) < step(column, row);
    }

    @Override
    public long depth(int column, int row, int frame) {
        return (long) frame * (depths[depths.length - 1] + 1) + depths[step(column, row)];
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return false;
    }

    @Override
    public void forEach(IntConsumer visitor) {
        for (int frame = 0; frame < grid.frames(); frame++) {
            visitor.accept(grid.index(0, 0, frame));
            for (int lattice = halvings - 1; lattice >= 0; lattice--) {
                long apart = 1L << lattice;
                for (long row = apart; row < grid.rows(); row += 2 * apart) {
                    visitEverySecond(apart, apart, row, frame, visitor);
                }
                for (long row = 0; row < grid.rows(); row += apart) {
                    visitEverySecond((row / apart + 1) % 2 * apart, apart, row, frame, visitor);
                }
            }
        }
    }

    private void visitEverySecond(long first, long apart, long row, int frame, IntConsumer visitor) {
        for (long column = first; column < grid.columns(); column += 2 * apart) {
            visitor.accept(grid.index((int) column, (int) row, frame));
        }
    }

    private int step(int column, int row) {
        int lattice = Integer.numberOfTrailingZeros(column | row);
        if (lattice >= halvings) {
            return 0;
        }
        return ((column & row) >> lattice) % 2 == 1 ? centres(lattice) : sides(lattice);
    }

    private int centres(int lattice) {
        return 1 + 2 * (halvings - 1 - lattice);
    }

    private int sides(int lattice) {
        return centres(lattice) + 1;
    }
}
