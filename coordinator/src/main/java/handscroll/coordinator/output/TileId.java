package handscroll.coordinator.output;

/** One tile of the pyramid; level 0 is the smallest, 1 x 1 pixel. */
public record TileId(int level, int column, int row) {

    /** The tile one level down that shows this one at half its size; level 0 has none. */
    TileId parent() {
        return new TileId(level - 1, column / 2, row / 2);
    }

    @Override
    public String toString() {
        return level + "/" + column + "_" + row;
    }
}
