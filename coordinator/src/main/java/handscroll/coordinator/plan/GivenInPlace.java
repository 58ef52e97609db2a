package handscroll.coordinator.plan;

import java.util.function.IntConsumer;

/** Lets the given cells of the first frame keep their place in an order that leads away from them. */
final class GivenInPlace implements Order {

    private final Region given;
    private final Order order;

    GivenInPlace(Region given, Order order) {
        this.given = given;
        this.order = order;
    }

    @Override
    public long rank(int column, int row, int frame) {
        return order.rank(column, row, frame);
    }

    @Override
    public boolean sees(int column, int row, int frame, int earlierColumn, int earlierRow, int earlierFrame) {
        return order.sees(column, row, frame, earlierColumn, earlierRow, earlierFrame);
    }

    @Override
    public long depth(int column, int row, int frame) {
        return isGiven(column, row, frame) ? 0 : 1 + order.depth(column, row, frame);
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return frame == 0 && given.contains(column, row);
    }

    @Override
    public void forEach(IntConsumer visitor) {
        order.forEach(visitor);
    }
}
