package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.function.IntConsumer;

/** Puts the given cells of the first frame in front of another order, which all other cells keep. */
final class GivenFirst implements Order {

    private final Grid grid;
    private final Region given;
    private final Order others;

    GivenFirst(Grid grid, Region given, Order others) {
        this.grid = grid;
        this.given = given;
        this.others = others;
    }

    @Override
    public long rank(int column, int row, int frame) {
        return isGiven(column, row, frame)
                ? grid.index(column, row, frame)
                : grid.cellCount() + others.rank(column, row, frame);
    }

    /** Given cells are seen from all sides. */
    @Override
    public boolean sees(int column, int row, int frame, int earlierColumn, int earlierRow, int earlierFrame) {
        return isGiven(earlierColumn, earlierRow, earlierFrame)
                || others.sees(column, row, frame, earlierColumn, earlierRow, earlierFrame);
    }

    @Override
    public long depth(int column, int row, int frame) {
        return isGiven(column, row, frame) ? 0 : 1 + others.depth(column, row, frame);
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return frame == 0 && given.contains(column, row);
    }

    @Override
    public void forEach(IntConsumer visitor) {
        for (int row = given.row(); row < given.endRow(); row++) {
            for (int column = given.column(); column < given.endColumn(); column++) {
                visitor.accept(grid.index(column, row, 0));
            }
        }
        others.forEach(index -> {
            if (!isGiven(grid.columnOf(index), grid.rowOf(index), grid.frameOf(index))) {
                visitor.accept(index);
            }
        });
    }
}
