package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Ring by ring around the middle, where a ring is all cells equally many steps to the side, up or down
 * away. A ring starts at its two tips along the canvas' longer side and closes at the other two; its
 * arms grow at the same time:
 *
 * <pre>
 *        11
 *      7  3  8        The first rings by rank. Of the cells equally far along their arms the upper
 *   5  1  0  2  6     come before the lower and the left before the right, which matters only
 *      9  4 10        where arms meet.
 *        12
 * </pre>
 *
 * With an extent of 2 the longest path is about 3.1 times the longer side, and a ring's arms and the
 * rings that follow it keep more workers busy than sweeps do. The middle is that of the given picture,
 * if there is one: the first rings then lie within it.
 */
final class Diamond implements Order {

    /** Cells that differ only in the sides of the middle they lie on. */
    private static final int ARMS = 4;

    private final Grid grid;
    private final boolean isWide;
    private final int middleColumn;
    private final int middleRow;
    /** How much deeper a ring is than the one inside, and a frame than the one before. */
    private final int ringLag;

    private final int frameLag;

    Diamond(Grid grid, Extent extent, Optional<Region> given) {
        this.grid = grid;
        this.isWide = grid.columns() >= grid.rows();
        this.middleColumn = given.map(region -> region.column() + (region.columns() - 1) / 2)
                .orElse((grid.columns() - 1) / 2);
        this.middleRow =
                given.map(region -> region.row() + (region.rows() - 1) / 2).orElse((grid.rows() - 1) / 2);
        int along = isWide ? extent.rows() : extent.columns();
        int across = isWide ? extent.columns() : extent.rows();
        // A cell of an inner ring that lies within the extent is this much further along its arm, at most.
        this.ringLag = Math.min(along + 1, across);
        this.frameLag = ringLag * (along + across) + along + 1;
    }

    @Override
    public long rank(int column, int row, int frame) {
        long ringCount = (long) grid.columns() + grid.rows();
        long longestArm = Math.min(grid.columns(), grid.rows());
        return ((frame * ringCount + ring(column, row)) * longestArm + along(column, row)) * ARMS + arm(column, row);
    }

    /** In quarters of a step, so that what lies on the four arms can differ. */
    @Override
    public long depth(int column, int row, int frame) {
        long steps = (long) frame * frameLag + (long) ring(column, row) * ringLag + along(column, row);
        return steps * ARMS + arm(column, row);
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return false;
    }

    @Override
    public void forEach(IntConsumer visitor) {
        int mostColumns = Math.max(middleColumn, grid.columns() - 1 - middleColumn);
        int mostRows = Math.max(middleRow, grid.rows() - 1 - middleRow);
        int mostAlong = isWide ? mostRows : mostColumns;
        int mostAcross = isWide ? mostColumns : mostRows;
        for (int frame = 0; frame < grid.frames(); frame++) {
            for (int ring = 0; ring <= mostAlong + mostAcross; ring++) {
                for (int along = Math.max(0, ring - mostAcross); along <= Math.min(ring, mostAlong); along++) {
                    visitArms(isWide ? ring - along : along, isWide ? along : ring - along, frame, visitor);
                }
            }
        }
    }

    /** The cells so many columns and rows away from the middle, up to one on each arm. */
    private void visitArms(int columns, int rows, int frame, IntConsumer visitor) {
        for (int row = middleRow - rows; row <= middleRow + rows; row += Math.max(1, 2 * rows)) {
            for (int column = middleColumn - columns;
                    column <= middleColumn + columns;
                    column += Math.max(1, 2 * columns)) {
                if (grid.contains(column, row, frame)) {
                    visitor.accept(grid.index(column, row, frame));
                }
            }
        }
    }

    private int ring(int column, int row) {
        return Math.abs(column - middleColumn) + Math.abs(row - middleRow);
    }

    private int along(int column, int row) {
        return isWide ? Math.abs(row - middleRow) : Math.abs(column - middleColumn);
    }

    private int arm(int column, int row) {
        return (row > middleRow ? 2 : 0) + (column > middleColumn ? 1 : 0);
    }
}
