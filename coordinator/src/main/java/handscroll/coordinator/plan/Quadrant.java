package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.function.IntConsumer;

/**
 * Every cell looks left, up and to what lies between, as in Inf-DiT:
 *
 * <pre>
 *   x x x
 *   x x x      x  seen by the cell o with an extent of 2, and in the frames before, there with o's own place
 *   x x o
 * </pre>
 *
 * All cells of a diagonal can then be rendered at once: on H rows, W columns and F frames the longest
 * path is H + W - 1 + F - 1, and min(H, W) cells of a frame are independent of each other. The cells
 * come line by line along the shorter side, which keeps the nearby context pool of one worker small.
 */
final class Quadrant implements Order {

    private final Grid grid;
    private final boolean byColumns;

    Quadrant(Grid grid) {
        this.grid = grid;
        this.byColumns = grid.rows() <= grid.columns();
    }

    @Override
    public long rank(int column, int row, int frame) {
        long inFrame = byColumns ? (long) column * grid.rows() + row : (long) row * grid.columns() + column;
        return (long) frame * grid.rows() * grid.columns() + inFrame;
    }

    @Override
    public boolean sees(int column, int row, int frame, int earlierColumn, int earlierRow, int earlierFrame) {
        return earlierColumn <= column && earlierRow <= row;
    }

    @Override
    public long depth(int column, int row, int frame) {
        return (long) column + row + frame;
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return false;
    }

    @Override
    public void forEach(IntConsumer visitor) {
        int lineCount = byColumns ? grid.columns() : grid.rows();
        int lineLength = byColumns ? grid.rows() : grid.columns();
        for (int frame = 0; frame < grid.frames(); frame++) {
            for (int line = 0; line < lineCount; line++) {
                for (int step = 0; step < lineLength; step++) {
                    visitor.accept(byColumns ? grid.index(line, step, frame) : grid.index(step, line, frame));
                }
            }
        }
    }
}
