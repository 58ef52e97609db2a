package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.KnownPixels;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Packs a ready cell into a task with everything it reads, so that any worker can do it. */
public final class TaskBuilder {

    private final Plan plan;
    private final TokenLookup tokens;
    private final Optional<Picture> picture;
    private final Telling telling;

    /**
     * @param tokens of all cells that the asked ones read
     * @param picture present if the plan has given cells
     */
    public TaskBuilder(Plan plan, TokenLookup tokens, Optional<Picture> picture) {
        this.plan = plan;
        this.tokens = tokens;
        this.picture = picture;
        this.telling = Telling.of(plan.spec());
    }

    /** The task of a cell whose reads are all rendered. */
    public Task task(int stage, int index) {
        PatchId patch = plan.graph().patch(stage, index);
        return switch (plan.graph().stage(stage).operator(index)) {
            case ENCODE -> encode(patch);
            case SAMPLE -> filled(sample(patch, index));
            case DECODE -> decode(patch);
            case IDLE -> new Task.Idle(patch, 0);
        };
    }

    private Task encode(PatchId patch) {
        return new Task.Encode(patch, pixelsToEncode(patch));
    }

    /** The pixels of a patch with the model's margin around them. */
    private PixelBlock pixelsToEncode(PatchId patch) {
        JobSpec.Input input = plan.spec().input().orElseThrow();
        int margin = plan.model().tokenizer().encodeMarginPixels();
        int side = plan.model().patchPixels();
        return picture.orElseThrow()
                .window(
                        patch.column() * side - input.xPixels() - margin,
                        patch.row() * side - input.yPixels() - margin,
                        side + 2 * margin);
    }

    /** The same task, or one that keeps the tokens which the picture covers wholly. */
    private Task filled(Task.Sample sample) {
        PatchId patch = sample.patch();
        if (patch.stage() != plan.sampleStage() || patch.frame() != 0) {
            return sample;
        }
        return covered(patch, plan.model().patchPixels(), plan.model().tokenPixels())
                .<Task>map(tokens -> new Task.Fill(
                        sample,
                        pixelsToEncode(patch),
                        tokens.column(),
                        tokens.row(),
                        tokens.endColumn(),
                        tokens.endRow()))
                .orElse(sample);
    }

    /** What the picture covers wholly of a cell, in units of so many pixels counted from the cell's upper left. */
    private Optional<Region> covered(PatchId cell, int cellPixels, int unitPixels) {
        if (picture.isEmpty()) {
            return Optional.empty();
        }
        JobSpec.Input input = plan.spec().input().orElseThrow();
        int left = cell.column() * cellPixels;
        int top = cell.row() * cellPixels;
        return Region.coveredBy(
                new Grid(cellPixels / unitPixels, cellPixels / unitPixels, 1),
                unitPixels,
                Math.min(cellPixels, plan.spec().canvas().widthPixels() - left),
                Math.min(cellPixels, plan.spec().canvas().heightPixels() - top),
                input.xPixels() - left,
                input.yPixels() - top,
                picture.get().size());
    }

    private Task.Sample sample(PatchId patch, int index) {
        Stage sampling = plan.graph().stage(patch.stage());
        Grid grid = sampling.grid();
        List<ContextPatch> context = new ArrayList<>();
        plan.graph().forEachRead(patch.stage(), index, (stage, read) -> {
            if (stage == patch.stage() && plan.graph().isContext(stage, index, read)) {
                context.add(new ContextPatch(
                        grid.columnsBetween(patch.column(), grid.columnOf(read)),
                        grid.rowOf(read) - patch.row(),
                        grid.frameOf(read) - patch.frame(),
                        tokens.tokens(stage, read)));
            }
        });
        double side = sampling.cellPixels();
        boolean overLayout = plan.hasLayout() && patch.stage() == plan.sampleStage();
        return new Task.Sample(
                patch,
                context,
                plan.axis().position(patch.row() * side),
                plan.axis().position((patch.row() + 1) * side),
                overLayout ? layoutWindow(patch) : TokenBlock.EMPTY,
                sampling.remembers() ? memory(patch, index) : List.of(),
                telling.at((patch.column() + 0.5) * side, (patch.row() + 0.5) * side, patch.frame()));
    }

    /** All of its own stage that a patch reads, by rank, each with those of them that it saw. */
    private List<RememberedPatch> memory(PatchId patch, int index) {
        Stage sampling = plan.graph().stage(patch.stage());
        Grid grid = sampling.grid();
        Order order = sampling.order().orElseThrow();
        List<Integer> cells = new ArrayList<>();
        plan.graph().forEachRead(patch.stage(), index, (stage, read) -> {
            if (stage == patch.stage()) {
                cells.add(read);
            }
        });
        cells.sort(Comparator.comparingLong(
                cell -> order.rank(grid.columnOf(cell), grid.rowOf(cell), grid.frameOf(cell))));
        double side = sampling.cellPixels();
        List<RememberedPatch> memory = new ArrayList<>();
        for (int cell : cells) {
            List<Integer> seen = new ArrayList<>();
            plan.graph().forEachRememberedBy(patch.stage(), cell, (stage, read) -> seen.add(cells.indexOf(read)));
            short[] positions = new short[seen.size()];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = seen.get(i).shortValue();
            }
            memory.add(new RememberedPatch(
                    grid.columnOf(cell) - patch.column(),
                    grid.rowOf(cell) - patch.row(),
                    grid.frameOf(cell) - patch.frame(),
                    tokens.tokens(patch.stage(), cell),
                    plan.axis().position(grid.rowOf(cell) * side),
                    plan.axis().position((grid.rowOf(cell) + 1) * side),
                    positions));
        }
        return memory;
    }

    private TokenBlock layoutWindow(PatchId patch) {
        int side = plan.model().tokensPerSide() / plan.layoutFactor();
        int margin = Task.Sample.LAYOUT_MARGIN;
        return window(
                plan.sampleStage() - 1,
                patch.column() * side - margin,
                patch.row() * side - margin,
                side + 2 * margin,
                patch.frame());
    }

    private Task decode(PatchId patch) {
        int side = Plan.TILE_PIXELS;
        int width = Math.min(side, plan.spec().canvas().widthPixels() - patch.column() * side);
        int height = Math.min(side, plan.spec().canvas().heightPixels() - patch.row() * side);
        KnownPixels known = known(patch, width, height);
        var wholly = new Task.Decode(patch, TokenBlock.EMPTY, List.of(), width, height, known);
        if (wholly.isKnown()) {
            return wholly;
        }
        List<TokenBlock> before = new ArrayList<>();
        int earliest = Math.max(0, patch.frame() - plan.model().tokenizer().framesBefore());
        for (int frame = patch.frame() - 1; frame >= earliest; frame--) {
            before.add(tokensToDecode(patch, frame));
        }
        return new Task.Decode(patch, tokensToDecode(patch, patch.frame()), before, width, height, known);
    }

    private KnownPixels known(PatchId tile, int width, int height) {
        if (picture.isEmpty() || tile.frame() != 0) {
            return KnownPixels.NONE;
        }
        JobSpec.Input input = plan.spec().input().orElseThrow();
        int pictureX = tile.column() * Plan.TILE_PIXELS - input.xPixels();
        int pictureY = tile.row() * Plan.TILE_PIXELS - input.yPixels();
        int left = Math.max(0, -pictureX);
        int top = Math.max(0, -pictureY);
        int right = Math.min(width, picture.get().widthPixels() - pictureX);
        int bottom = Math.min(height, picture.get().heightPixels() - pictureY);
        return left < right && top < bottom
                ? new KnownPixels(
                        left, top, picture.get().window(pictureX + left, pictureY + top, right - left, bottom - top))
                : KnownPixels.NONE;
    }

    private TokenBlock tokensToDecode(PatchId patch, int frame) {
        int side = Plan.TILE_PIXELS;
        int margin = plan.model().tokenizer().decodeMarginTokens();
        int tokensPerTile = side / plan.model().tokenPixels();
        return window(
                plan.sampleStage(),
                patch.column() * tokensPerTile - margin,
                patch.row() * tokensPerTile - margin,
                tokensPerTile + 2 * margin,
                frame);
    }

    /**
     * The square of tokens of a stage whose upper left is at (left, top), counted in that stage's tokens;
     * beyond the last patches their border is repeated, or the canvas goes on at its other side.
     */
    private TokenBlock window(int stage, int left, int top, int side, int frame) {
        int perPatch = plan.model().tokensPerSide();
        Grid grid = plan.graph().stage(stage).grid();
        int tokenColumns = grid.columns() * perPatch;
        int tokenRows = grid.rows() * perPatch;
        int firstRow = clamp(top, tokenRows) / perPatch;
        int lastRow = clamp(top + side - 1, tokenRows) / perPatch;
        int firstColumn = Math.floorDiv(left, perPatch);
        int lastColumn = Math.floorDiv(left + side - 1, perPatch);
        short[][][] patches = new short[lastRow - firstRow + 1][lastColumn - firstColumn + 1][];
        for (int row = firstRow; row <= lastRow; row++) {
            for (int column = firstColumn; column <= lastColumn; column++) {
                int index = grid.index(across(column, grid.columns(), grid.wraps()), row, frame);
                patches[row - firstRow][column - firstColumn] = tokens.tokens(stage, index);
            }
        }
        short[] window = new short[side * side];
        for (int y = 0; y < side; y++) {
            int tokenRow = clamp(top + y, tokenRows);
            short[][] patchRow = patches[tokenRow / perPatch - firstRow];
            for (int x = 0; x < side; x++) {
                short[] patch = patchRow[Math.floorDiv(left + x, perPatch) - firstColumn];
                window[y * side + x] =
                        patch[tokenRow % perPatch * perPatch + across(left + x, tokenColumns, grid.wraps()) % perPatch];
            }
        }
        return new TokenBlock(side, side, window);
    }

    private static int across(int position, int count, boolean wraps) {
        return wraps ? Math.floorMod(position, count) : clamp(position, count);
    }

    private static int clamp(int position, int count) {
        return Math.max(0, Math.min(position, count - 1));
    }
}
