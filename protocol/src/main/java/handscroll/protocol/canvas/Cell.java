package handscroll.protocol.canvas;

/** One piece of a grid, counted in cells from the upper left of the first frame. */
public record Cell(int column, int row, int frame) {

    public Cell(int column, int row) {
        this(column, row, 0);
    }

    @Override
    public String toString() {
        return frame == 0 ? column + "," + row : column + "," + row + "," + frame;
    }
}
