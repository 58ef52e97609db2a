package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.function.IntConsumer;

/**
 * Ring by ring around a given picture, for extension to several sides. A ring is not walked as a
 * spiral, in which every cell waits for the one before and nothing can be rendered at once, but as
 * four sweeps, and its corners after the sides that meet there:
 *
 * <pre>
 *     C t t t C      right   down, then right    omega
 *     l . . . r      left    down, then left     omega*
 *     l . . . r      top     right, then up      zeta*
 *     l . . . r      bottom  right, then down    zeta
 *     C b b b C      corners
 * </pre>
 *
 * All four flow from the upper left to the lower right, so waiting never goes round in a circle: a
 * ring's sides advance together, the next ring follows an extent behind, and the longest path is a
 * small multiple of the canvas' side, not its area. Where a ring leaves the canvas only the part on
 * the canvas counts, so a picture as high as its canvas is extended by omega and omega* alone.
 *
 * <p>Where the canvas wraps, both arms meet at the back of the picture. The left one sees across the seam
 * what is in its own row, the right one all there is: else the rows above and below would wait for each other.
 */
final class Outward implements Order {

    private static final int RIGHT = 0;
    private static final int LEFT = 1;
    private static final int TOP = 2;
    private static final int BOTTOM = 3;
    private static final int CORNERS = 4;

    private final Grid grid;
    private final Extent extent;
    private final Region given;

    Outward(Grid grid, Extent extent, Region given) {
        this.grid = grid;
        this.extent = extent;
        this.given = given;
    }

    @Override
    public long rank(int column, int row, int frame) {
        return (long) frame * grid.columns() * grid.rows() + rankInFrame(column, row);
    }

    private long rankInFrame(int column, int row) {
        int distance = distance(column, row);
        if (distance == 0) {
            return (long) (row - given.row()) * given.columns() + column - given.column();
        }
        var ring = new Ring(distance);
        int side = ring.side(column, row);
        return ring.firstRank(side) + ring.step(side, column, row);
    }

    @Override
    public boolean sees(int column, int row, int frame, int earlierColumn, int earlierRow, int earlierFrame) {
        boolean isAcrossTheSeam = grid.columnsBetween(column, earlierColumn) != earlierColumn - column;
        return !isAcrossTheSeam || column > earlierColumn || row == earlierRow;
    }

    @Override
    public long depth(int column, int row, int frame) {
        int distance = distance(column, row);
        long before = (long) frame * (extent.columns() + 1) * (extent.rows() + 1);
        return distance == 0 ? before : before + 1 + new Ring(distance).depth(column, row);
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return frame == 0 && given.contains(column, row);
    }

    @Override
    public void forEach(IntConsumer visitor) {
        int lastDistance = Math.max(
                Math.max(given.column(), grid.columns() - given.endColumn()),
                Math.max(given.row(), grid.rows() - given.endRow()));
        for (int frame = 0; frame < grid.frames(); frame++) {
            for (int row = given.row(); row < given.endRow(); row++) {
                for (int column = given.column(); column < given.endColumn(); column++) {
                    visitor.accept(grid.index(column, row, frame));
                }
            }
            for (int distance = 1; distance <= lastDistance; distance++) {
                new Ring(distance).forEach(frame, visitor);
            }
        }
    }

    /** In king's moves from the given cells, where it is 0. */
    private int distance(int column, int row) {
        return Math.max(Math.abs(beyondColumns(column)), Math.abs(beyondRows(row)));
    }

    /** How far left (negative) or right of the given cells a column lies. */
    private int beyondColumns(int column) {
        return Math.min(0, column - given.column()) + Math.max(0, column - given.endColumn() + 1);
    }

    private int beyondRows(int row) {
        return Math.min(0, row - given.row()) + Math.max(0, row - given.endRow() + 1);
    }

    /** The cells at one distance. What lies inside it, clipped to the canvas, are columns and rows from first to before end. */
    private final class Ring {
        private final int distance;
        private final int firstColumn;
        private final int endColumn;
        private final int firstRow;
        private final int endRow;
        private final boolean hasLeft;
        private final boolean hasRight;
        private final boolean hasTop;
        private final boolean hasBottom;

        Ring(int distance) {
            this.distance = distance;
            this.firstColumn = Math.max(0, given.column() - distance + 1);
            this.endColumn = Math.min(grid.columns(), given.endColumn() + distance - 1);
            this.firstRow = Math.max(0, given.row() - distance + 1);
            this.endRow = Math.min(grid.rows(), given.endRow() + distance - 1);
            this.hasLeft = given.column() >= distance;
            this.hasRight = given.endColumn() + distance <= grid.columns();
            this.hasTop = given.row() >= distance;
            this.hasBottom = given.endRow() + distance <= grid.rows();
        }

        int side(int column, int row) {
            int beyondColumns = beyondColumns(column);
            int beyondRows = beyondRows(row);
            if (Math.abs(beyondColumns) == Math.abs(beyondRows)) {
                return CORNERS;
            }
            if (Math.abs(beyondColumns) == distance) {
                return beyondColumns > 0 ? RIGHT : LEFT;
            }
            return beyondRows < 0 ? TOP : BOTTOM;
        }

        long firstRank(int side) {
            long rank = (long) (endColumn - firstColumn) * (endRow - firstRow);
            for (int earlier = RIGHT; earlier < side; earlier++) {
                rank += length(earlier);
            }
            return rank;
        }

        private int length(int side) {
            return switch (side) {
                case RIGHT -> hasRight ? endRow - firstRow : 0;
                case LEFT -> hasLeft ? endRow - firstRow : 0;
                case TOP -> hasTop ? endColumn - firstColumn : 0;
                case BOTTOM -> hasBottom ? endColumn - firstColumn : 0;
                default -> throw new IllegalArgumentException("no side: " + side);
            };
        }

        /** Upper left, upper right, lower left, lower right; those that are not on the canvas leave no gap. */
        private int step(int side, int column, int row) {
            if (side == RIGHT || side == LEFT) {
                return row - firstRow;
            }
            if (side == TOP || side == BOTTOM) {
                return column - firstColumn;
            }
            int topCorners = hasTop ? (hasLeft ? 1 : 0) + (hasRight ? 1 : 0) : 0;
            int rightOfOther = column >= endColumn && hasLeft ? 1 : 0;
            return (row >= endRow ? topCorners : 0) + rightOfOther;
        }

        /** Along the rim from the upper left, plus the lag of the rings inside. */
        private long depth(int column, int row) {
            int side = side(column, row);
            long lag = side == TOP || side == BOTTOM ? extent.columns() : extent.rows();
            long along = Math.max(0, column - firstColumn) + Math.max(0, row - firstRow);
            if (side == RIGHT && !hasTop) {
                along = row - firstRow;
            }
            if (side == BOTTOM && !hasLeft) {
                along = column - firstColumn;
            }
            if (side == LEFT) {
                along = row - firstRow;
            }
            if (side == TOP) {
                along = column - firstColumn;
            }
            return lag * (distance - 1) + along;
        }

        void forEach(int frame, IntConsumer visitor) {
            int left = firstColumn - 1;
            int top = firstRow - 1;
            for (int row = firstRow; hasRight && row < endRow; row++) {
                visitor.accept(grid.index(endColumn, row, frame));
            }
            for (int row = firstRow; hasLeft && row < endRow; row++) {
                visitor.accept(grid.index(left, row, frame));
            }
            for (int column = firstColumn; hasTop && column < endColumn; column++) {
                visitor.accept(grid.index(column, top, frame));
            }
            for (int column = firstColumn; hasBottom && column < endColumn; column++) {
                visitor.accept(grid.index(column, endRow, frame));
            }
            if (hasTop && hasLeft) {
                visitor.accept(grid.index(left, top, frame));
            }
            if (hasTop && hasRight) {
                visitor.accept(grid.index(endColumn, top, frame));
            }
            if (hasBottom && hasLeft) {
                visitor.accept(grid.index(left, endRow, frame));
            }
            if (hasBottom && hasRight) {
                visitor.accept(grid.index(endColumn, endRow, frame));
            }
        }
    }
}
