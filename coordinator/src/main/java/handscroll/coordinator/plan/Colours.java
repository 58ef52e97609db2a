package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.function.IntConsumer;

/**
 * Class by class, as a checkerboard with more than two colours. An extent of 1 makes four:
 *
 * <pre>
 *   0 1 0 1 0
 *   2 3 2 3 2
 *   0 1 0 1 0
 * </pre>
 *
 * Two cells of one colour never lie within each other's extent, so all of a colour can be rendered at
 * once, and a cell waits for one of each earlier colour: a frame takes as many steps as there are
 * colours, (columns + 1) (rows + 1) of the extent, however large the canvas is. The cells of the first
 * colour see nothing, which is the price.
 *
 * <p>Where the canvas wraps, some of the groups of columns are one column wider, so that the ring closes;
 * that takes one colour more across unless the columns divide evenly.
 */
final class Colours implements Order {

    private final Grid grid;
    private final int acrossColumns;
    private final int acrossRows;
    /** Columns of the narrower groups, and where the wider ones begin. */
    private final int narrow;

    private final int firstWide;

    /** On a canvas smaller than the extent some colours would be empty and are left out. */
    Colours(Grid grid, Extent extent) {
        this.grid = grid;
        int apart = Math.min(extent.columns(), grid.columns() - 1) + 1;
        int groups = grid.columns() / apart;
        this.narrow = grid.wraps() ? grid.columns() / groups : apart;
        int wideGroups = grid.wraps() ? grid.columns() % groups : 0;
        this.firstWide = grid.wraps() ? (groups - wideGroups) * narrow : grid.columns();
        this.acrossColumns = narrow + (wideGroups > 0 ? 1 : 0);
        this.acrossRows = Math.min(extent.rows(), grid.rows() - 1) + 1;
    }

    @Override
    public long rank(int column, int row, int frame) {
        long inColour = (long) row * grid.columns() + column;
        return depth(column, row, frame) * grid.rows() * grid.columns() + inColour;
    }

    @Override
    public long depth(int column, int row, int frame) {
        long colour = (long) (row % acrossRows) * acrossColumns + inGroup(column);
        return (long) frame * acrossRows * acrossColumns + colour;
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return false;
    }

    @Override
    public void forEach(IntConsumer visitor) {
        for (int frame = 0; frame < grid.frames(); frame++) {
            for (int firstRow = 0; firstRow < acrossRows; firstRow++) {
                for (int place = 0; place < acrossColumns; place++) {
                    for (int row = firstRow; row < grid.rows(); row += acrossRows) {
                        visitRow(place, row, frame, visitor);
                    }
                }
            }
        }
    }

    private void visitRow(int place, int row, int frame, IntConsumer visitor) {
        for (int column = 0; column < grid.columns(); column++) {
            if (inGroup(column) == place) {
                visitor.accept(grid.index(column, row, frame));
            }
        }
    }

    private int inGroup(int column) {
        return column < firstWide ? column % narrow : (column - firstWide) % (narrow + 1);
    }
}
