package handscroll.coordinator.plan;

import java.util.function.IntConsumer;

/** Lets the given cells of the first frame keep their place in a sweep that leads away from them. */
final class GivenInPlace implements Order {

    private final Region given;
    private final Order sweep;

    GivenInPlace(Region given, Order sweep) {
        this.given = given;
        this.sweep = sweep;
    }

    @Override
    public long rank(int column, int row, int frame) {
        return sweep.rank(column, row, frame);
    }

    @Override
    public long depth(int column, int row, int frame) {
        return isGiven(column, row, frame) ? 0 : 1 + sweep.depth(column, row, frame);
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return frame == 0 && given.contains(column, row);
    }

    @Override
    public void forEach(IntConsumer visitor) {
        sweep.forEach(visitor);
    }
}
