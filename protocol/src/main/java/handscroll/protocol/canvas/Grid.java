package handscroll.protocol.canvas;

/**
 * How a stage cuts the canvas: cells counted in columns, rows and frames, and numbered raster by raster.
 *
 * @param wraps whether the last column and the first are neighbours
 */
public record Grid(int columns, int rows, int frames, boolean wraps) {

    /** A flat one. */
    public Grid(int columns, int rows, int frames) {
        this(columns, rows, frames, false);
    }

    public Grid {
        if (columns < 1 || rows < 1 || frames < 1) {
            throw new IllegalArgumentException(
                    "a grid needs at least one cell, not " + columns + " x " + rows + " x " + frames);
        }
        if ((long) columns * rows * frames > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a grid of " + columns + " x " + rows + " x " + frames
                    + " has more cells than can be counted in 31 bits");
        }
    }

    public int cellCount() {
        return columns * rows * frames;
    }

    public int index(int column, int row, int frame) {
        return (frame * rows + row) * columns + column;
    }

    public int index(Cell cell) {
        return index(cell.column(), cell.row(), cell.frame());
    }

    public Cell cell(int index) {
        return new Cell(columnOf(index), rowOf(index), frameOf(index));
    }

    public int columnOf(int index) {
        return index % columns;
    }

    public int rowOf(int index) {
        return index / columns % rows;
    }

    public int frameOf(int index) {
        return index / (columns * rows);
    }

    /**
     * How many columns one lies to the right of another, negative to the left: on a grid that wraps, the
     * shorter way round.
     */
    public int columnsBetween(int from, int to) {
        int flat = to - from;
        if (!wraps || 2 * Math.abs(flat) <= columns) {
            return flat;
        }
        return flat > 0 ? flat - columns : flat + columns;
    }

    public boolean contains(int column, int row, int frame) {
        return column >= 0 && column < columns && row >= 0 && row < rows && frame >= 0 && frame < frames;
    }
}
