package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Cell;
import handscroll.protocol.canvas.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small patch graphs for tests: a sampling stage alone, or with the decoding of tiles behind it. */
public final class Graphs {

    public static final Extent TWO = new Extent(2, 2, 0);

    public static PatchGraph sampling(Direction direction, Grid grid, Extent extent) {
        return sampling(direction, grid, extent, Optional.empty());
    }

    public static PatchGraph sampling(Direction direction, Grid grid, Extent extent, Optional<Region> given) {
        return new PatchGraph(List.of(sampleStage(direction, grid, extent, given)));
    }

    /** Cells of 64 pixels, tiles of 256, and a margin of 40 pixels. */
    public static PatchGraph withTiles(Direction direction, Grid grid, Extent extent, Optional<Region> given) {
        Grid tiles = new Grid((grid.columns() + 3) / 4, (grid.rows() + 3) / 4, grid.frames(), grid.wraps());
        return new PatchGraph(List.of(
                sampleStage(direction, grid, extent, given),
                new Stage("decode", Stage.Operator.DECODE, tiles, 256, List.of(new Reads.Upstream(0, 40)))));
    }

    /** The paper's scroll: patches of 64 pixels over a layout a quarter of the canvas's size, and tiles of 256. */
    public static PatchGraph overLayout() {
        Grid fine = new Grid(152, 8, 1);
        Grid coarse = new Grid(38, 2, 1);
        return new PatchGraph(List.of(
                new Stage(
                        "layout",
                        Stage.Operator.SAMPLE,
                        coarse,
                        256,
                        List.of(new Reads.Itself(TWO, Direction.OMEGA.over(coarse, TWO, Optional.empty())))),
                new Stage(
                        "sample",
                        Stage.Operator.SAMPLE,
                        fine,
                        64,
                        List.of(
                                new Reads.Itself(TWO, Direction.OMEGA.over(fine, TWO, Optional.empty())),
                                new Reads.Upstream(0, 64))),
                new Stage("decode", Stage.Operator.DECODE, coarse, 256, List.of(new Reads.Upstream(1, 40)))));
    }

    private static Stage sampleStage(Direction direction, Grid grid, Extent extent, Optional<Region> given) {
        return new Stage(
                "sample",
                Stage.Operator.SAMPLE,
                grid,
                64,
                List.of(new Reads.Itself(extent, direction.over(grid, extent, given))));
    }

    /** What a cell of the first stage sees there. */
    public static List<Cell> context(PatchGraph graph, Cell cell) {
        List<Cell> context = new ArrayList<>();
        Grid grid = graph.stage(0).grid();
        graph.forEachRead(0, grid.index(cell), (stage, index) -> context.add(grid.cell(index)));
        return context;
    }

    private Graphs() {}
}
