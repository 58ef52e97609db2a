package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.function.IntConsumer;

/**
 * Lets an order of a canvas that wraps begin in another column than the first: such a canvas has no first
 * one, and the order of a job with a picture begins at the picture.
 */
final class Turned implements Order {

    private final Grid grid;
    private final int first;
    private final Order order;

    /** @param first the column that the order calls 0 */
    Turned(Grid grid, int first, Order order) {
        this.grid = grid;
        this.first = first;
        this.order = order;
    }

    @Override
    public long rank(int column, int row, int frame) {
        return order.rank(turned(column), row, frame);
    }

    @Override
    public boolean sees(int column, int row, int frame, int earlierColumn, int earlierRow, int earlierFrame) {
        return order.sees(turned(column), row, frame, turned(earlierColumn), earlierRow, earlierFrame);
    }

    @Override
    public long depth(int column, int row, int frame) {
        return order.depth(turned(column), row, frame);
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return order.isGiven(turned(column), row, frame);
    }

    @Override
    public void forEach(IntConsumer visitor) {
        order.forEach(index -> visitor.accept(
                grid.index((grid.columnOf(index) + first) % grid.columns(), grid.rowOf(index), grid.frameOf(index))));
    }

    private int turned(int column) {
        return column < first ? column - first + grid.columns() : column - first;
    }
}
