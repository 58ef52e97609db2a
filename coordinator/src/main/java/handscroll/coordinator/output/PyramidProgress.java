package handscroll.coordinator.output;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Knows which tiles of a pyramid are durable, and therefore which parent is due: a bit a tile.
 * Not thread-safe.
 */
final class PyramidProgress {

    private final Pyramid pyramid;
    private final List<BitSet> durable = new ArrayList<>();
    private long missingCount;

    PyramidProgress(Pyramid pyramid) {
        this.pyramid = pyramid;
        this.missingCount = pyramid.tileCount();
        for (int level = 0; level < pyramid.levelCount(); level++) {
            durable.add(new BitSet(pyramid.grid(level).cellCount()));
        }
    }

    boolean isDurable(TileId tile) {
        return durable.get(tile.level()).get(index(tile));
    }

    boolean isFinished() {
        return missingCount == 0;
    }

    /** Tiles of the full resolution, numbered as their grid numbers them. */
    BitSet topTiles() {
        return (BitSet) durable.get(pyramid.topLevel()).clone();
    }

    /** Its parent, if this was the last child that was missing. */
    Optional<TileId> becameDurable(TileId tile) {
        if (!isDurable(tile)) {
            durable.get(tile.level()).set(index(tile));
            missingCount--;
        }
        return pyramid.hasParent(tile) ? Optional.of(tile.parent()).filter(this::isDue) : Optional.empty();
    }

    /** Every parent that can be made now; for a restart. */
    List<TileId> due() {
        List<TileId> due = new ArrayList<>();
        for (int level = 0; level < pyramid.topLevel(); level++) {
            var grid = pyramid.grid(level);
            for (int index = 0; index < grid.cellCount(); index++) {
                TileId tile = new TileId(level, grid.columnOf(index), grid.rowOf(index));
                if (isDue(tile)) {
                    due.add(tile);
                }
            }
        }
        return due;
    }

    private boolean isDue(TileId tile) {
        return !isDurable(tile) && pyramid.children(tile).stream().allMatch(this::isDurable);
    }

    private int index(TileId tile) {
        return pyramid.grid(tile.level()).index(tile.column(), tile.row(), 0);
    }
}
