package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.Optional;

/**
 * How many patches a context must have room for, the same for every patch of a job: patches next to
 * the reader, and patches further away. A sweep shows each patch one half of its surroundings (4 and
 * 8 patches with an extent of 2), and so do quadrant and coarse-to-fine; other orders show up to all
 * of them (8 and 16). Only these two shapes exist, so that a worker warms up and a model is checked
 * for no more than two.
 */
record ContextRoom(int near, int far) {

    static ContextRoom of(PatchGraph graph, int stage, Extent extent, Direction direction, Optional<Region> given) {
        ContextRoom all = around(extent, 1);
        ContextRoom half = around(extent, 2);
        // Where a canvas wraps, the last columns of a sweep have the first ones before them.
        boolean halfIsEnough = !graph.stage(stage).grid().wraps()
                && direction.showsAtMostHalf(extent)
                && given.map(region -> fits(graph, stage, extent, region, half)).orElse(true);
        return halfIsEnough ? half : all;
    }

    /** All offsets of an extent, those within the frame divided by {@code share}. */
    private static ContextRoom around(Extent extent, int share) {
        int near = 0;
        int far = 0;
        for (int back = 0; back <= extent.frames(); back++) {
            int divisor = back == 0 ? share : 1;
            int width = 2 * extent.columns() + 1;
            int height = 2 * extent.rows() + 1;
            int closeColumns = Math.min(extent.columns(), 1) * 2 + 1;
            int closeRows = Math.min(extent.rows(), 1) * 2 + 1;
            int close = back > 1 ? 0 : closeColumns * closeRows - (back == 0 ? 1 : 0);
            int whole = width * height - (back == 0 ? 1 : 0);
            near += close / divisor;
            far += (whole - close) / divisor;
        }
        return new ContextRoom(near, far);
    }

    /** Where given cells rank first, those around them may see more than their half; nobody else does. */
    private static boolean fits(PatchGraph graph, int stage, Extent extent, Region given, ContextRoom room) {
        Grid grid = graph.stage(stage).grid();
        for (int frame = 0; frame <= Math.min(extent.frames(), grid.frames() - 1); frame++) {
            for (int row = Math.max(0, given.row() - extent.rows());
                    row < Math.min(grid.rows(), given.endRow() + extent.rows());
                    row++) {
                for (int column = Math.max(0, given.column() - extent.columns());
                        column < Math.min(grid.columns(), given.endColumn() + extent.columns());
                        column++) {
                    if (!needed(graph, stage, grid.index(column, row, frame)).isWithin(room)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** What one cell needs. */
    static ContextRoom needed(PatchGraph graph, int stage, int index) {
        Grid grid = graph.stage(stage).grid();
        int[] nearAndFar = new int[2];
        graph.forEachRead(stage, index, (readStage, read) -> {
            if (readStage != stage || !graph.isContext(stage, index, read)) {
                return;
            }
            int distance = Math.max(
                    Math.max(
                            Math.abs(grid.columnsBetween(grid.columnOf(read), grid.columnOf(index))),
                            Math.abs(grid.rowOf(read) - grid.rowOf(index))),
                    grid.frameOf(index) - grid.frameOf(read));
            nearAndFar[distance == 1 ? 0 : 1]++;
        });
        return new ContextRoom(nearAndFar[0], nearAndFar[1]);
    }

    boolean isWithin(ContextRoom room) {
        return near <= room.near && far <= room.far;
    }
}
