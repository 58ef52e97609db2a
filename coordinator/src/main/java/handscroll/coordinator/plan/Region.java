package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.Optional;

/** A rectangle of cells, the same in every frame it is used in. */
public record Region(int column, int row, int columns, int rows) {

    public Region {
        if (column < 0 || row < 0 || columns < 1 || rows < 1) {
            throw new IllegalArgumentException(
                    "a region has at least one cell, not " + columns + " x " + rows + " at " + column + "," + row);
        }
    }

    public boolean contains(int otherColumn, int otherRow) {
        return otherColumn >= column && otherColumn < column + columns && otherRow >= row && otherRow < row + rows;
    }

    public int cellCount() {
        return columns * rows;
    }

    public int endColumn() {
        return column + columns;
    }

    public int endRow() {
        return row + rows;
    }

    /**
     * The cells that a picture gives: those it covers wholly, as far as they lie on the canvas. A cell
     * that it covers in part is rendered, because its tokens are one whole; place a picture at
     * multiples of the patch size and all of it counts. Empty when no cell is covered.
     *
     * @param xPixels where the picture's upper left lies on the canvas, with {@code yPixels}; negative
     *     where the picture sticks out
     */
    static Optional<Region> coveredBy(
            Grid grid, int cellPixels, int canvasWidth, int canvasHeight, int xPixels, int yPixels, PictureSize size) {
        int column = Math.max(0, ceilDiv(xPixels, cellPixels));
        int row = Math.max(0, ceilDiv(yPixels, cellPixels));
        int endColumn = xPixels + size.widthPixels() >= canvasWidth
                ? grid.columns()
                : Math.floorDiv(xPixels + size.widthPixels(), cellPixels);
        int endRow = yPixels + size.heightPixels() >= canvasHeight
                ? grid.rows()
                : Math.floorDiv(yPixels + size.heightPixels(), cellPixels);
        return endColumn > column && endRow > row
                ? Optional.of(new Region(column, row, endColumn - column, endRow - row))
                : Optional.empty();
    }

    private static int ceilDiv(int pixels, int cellPixels) {
        return -Math.floorDiv(-pixels, cellPixels);
    }
}
