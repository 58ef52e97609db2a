package handscroll.coordinator.output;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import java.util.ArrayList;
import java.util.List;

/**
 * The geometry of a Deep Zoom pyramid without overlap: the top level is the canvas, each level below
 * it has half the side, rounded up, down to one pixel.
 */
public record Pyramid(int widthPixels, int heightPixels, int tilePixels) {

    public Pyramid {
        if (widthPixels < 1 || heightPixels < 1 || tilePixels < 2 || tilePixels % 2 != 0) {
            throw new IllegalArgumentException("no pyramid of " + widthPixels + " x " + heightPixels
                    + " pixels can be cut into tiles of " + tilePixels + ": their side must be even");
        }
    }

    public static Pyramid of(Canvas canvas, int tilePixels) {
        return new Pyramid(canvas.widthPixels(), canvas.heightPixels(), tilePixels);
    }

    /** Whether a tile of this place has this size, in pixels; not if there is no such place. */
    public boolean hasSize(int level, int column, int row, int width, int height) {
        TileId tile = new TileId(level, column, row);
        return contains(tile) && tileWidth(tile) == width && tileHeight(tile) == height;
    }

    /** {@code ceil(log2(longer side)) + 1}. */
    public int levelCount() {
        return topLevel() + 1;
    }

    /** The level of full resolution. */
    public int topLevel() {
        return Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(widthPixels, heightPixels) - 1);
    }

    public int widthPixels(int level) {
        return halved(widthPixels, topLevel() - level);
    }

    public int heightPixels(int level) {
        return halved(heightPixels, topLevel() - level);
    }

    /** The tiles of a level. */
    public Grid grid(int level) {
        return new Grid(ceilDiv(widthPixels(level), tilePixels), ceilDiv(heightPixels(level), tilePixels), 1);
    }

    public boolean contains(TileId tile) {
        return tile.level() >= 0
                && tile.level() <= topLevel()
                && grid(tile.level()).contains(tile.column(), tile.row(), 0);
    }

    /** Less than the tile side at the right border. */
    public int tileWidth(TileId tile) {
        return Math.min(tilePixels, widthPixels(tile.level()) - tile.column() * tilePixels);
    }

    /** Less than the tile side at the lower border. */
    public int tileHeight(TileId tile) {
        return Math.min(tilePixels, heightPixels(tile.level()) - tile.row() * tilePixels);
    }

    public int halfWidth(TileId tile) {
        return (tileWidth(tile) + 1) / 2;
    }

    public int halfHeight(TileId tile) {
        return (tileHeight(tile) + 1) / 2;
    }

    /** The tiles of the level above that this one shows at half their size: four, or fewer at the borders. */
    public List<TileId> children(TileId tile) {
        if (tile.level() == topLevel()) {
            return List.of();
        }
        Grid above = grid(tile.level() + 1);
        List<TileId> children = new ArrayList<>();
        for (int row = 2 * tile.row(); row <= 2 * tile.row() + 1; row++) {
            for (int column = 2 * tile.column(); column <= 2 * tile.column() + 1; column++) {
                if (above.contains(column, row, 0)) {
                    children.add(new TileId(tile.level() + 1, column, row));
                }
            }
        }
        return children;
    }

    public boolean hasParent(TileId tile) {
        return tile.level() > 0;
    }

    /** Of all levels. */
    public long tileCount() {
        long count = 0;
        for (int level = 0; level <= topLevel(); level++) {
            count += (long) ceilDiv(widthPixels(level), tilePixels) * ceilDiv(heightPixels(level), tilePixels);
        }
        return count;
    }

    private static int halved(int pixels, int times) {
        return (int) ((pixels + (1L << times) - 1) >> times);
    }

    private static int ceilDiv(int pixels, int side) {
        return (int) (((long) pixels + side - 1) / side);
    }
}
