package handscroll.worker.train;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.djl.Rounds;
import handscroll.worker.djl.TokenizerShape;
import handscroll.worker.djl.TransformerShape;
import handscroll.worker.render.PatchOperators;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A small canvas painted to the right of a picture in one thread, for the sample sheet: the farm's
 * extension job without the farm.
 *
 * <p>Patches follow the order omega (PAPERS 1.3). Those with equal {@code 3 * column + row} do not see each
 * other and are drawn as one batch.
 */
final class Sketch {

    /** Side of a patch. */
    static final int PATCH_PIXELS = TransformerShape.PATCH_SIDE * TokenizerShape.FACTOR;

    private static final int SIDE = TransformerShape.PATCH_SIDE;
    private static final int TILE_TOKENS = 32;
    private static final double GUIDANCE = 2;

    private final PatchOperators operators;
    private final int extent;
    private final boolean recurrent;
    private final RenderSettings settings;
    private final int columns; // of patches
    private final int rows;
    private final double top;
    private final double bottom;
    private final short[] tokens; // of the whole canvas, row by row
    private final boolean[] done; // by patch
    private Optional<TokenGrid> layout = Optional.empty();

    /**
     * @param columns of patches
     * @param rows of patches
     * @param top height of the canvas's upper edge on the model's vertical axis, with {@code bottom}
     * @param text that it follows
     */
    Sketch(
            PatchOperators operators,
            TransformerShape shape,
            int columns,
            int rows,
            double top,
            double bottom,
            long seed,
            double temperature,
            Optional<String> text) {
        this.operators = operators;
        this.extent = shape.extent();
        this.recurrent = shape.isRecurrent();
        this.columns = columns;
        this.rows = rows;
        this.top = top;
        this.bottom = bottom;
        tokens = new short[columns * rows * SIDE * SIDE];
        done = new boolean[columns * rows];
        JobId job = new JobId("sketch");
        settings = new RenderSettings(
                job,
                "",
                "",
                seed,
                RenderSettings.Sampling.of(temperature, 100)
                        .inRounds(Rounds.DEFAULT)
                        .guidedBy(text.isPresent() ? GUIDANCE : 1),
                columns,
                rows,
                shape.slots(1, false),
                shape.slots(2, false),
                TileEncoding.PNG,
                100,
                text.stream().toList());
    }

    /** Puts a picture's tokens on the left of the canvas; all of its columns that fill whole patches. */
    void begin(TokenGrid picture) {
        int wide = Math.min(picture.columns() / SIDE, columns);
        for (int y = 0; y < Math.min(rows * SIDE, picture.rows()); y++) {
            System.arraycopy(picture.tokens(), y * picture.columns(), tokens, y * columns * SIDE, wide * SIDE);
        }
        for (int patch = 0; patch < done.length; patch++) {
            done[patch] = patch % columns < wide;
        }
    }

    /** Gives the canvas a layout to be drawn over. */
    void layOut(TokenGrid smaller) {
        layout = Optional.of(smaller);
    }

    /** Draws all patches that are not there yet. */
    void draw() {
        for (int wave = 0; wave <= 3 * (columns - 1) + rows - 1; wave++) {
            List<Task.Sample> batch = new ArrayList<>();
            for (int r = 0; r < rows; r++) {
                int c = (wave - r) / 3;
                if (wave >= r && (wave - r) % 3 == 0 && c < columns && !done[r * columns + c]) {
                    batch.add(task(c, r));
                }
            }
            if (!batch.isEmpty()) {
                keep(batch, operators.sample(settings, batch));
            }
        }
        operators.release(settings.job(), allPatches());
    }

    private List<PatchId> allPatches() {
        List<PatchId> all = new ArrayList<>();
        for (int patch = 0; patch < done.length; patch++) {
            all.add(new PatchId(0, patch % columns, patch / columns, 0));
        }
        return all;
    }

    private Task.Sample task(int c, int r) {
        List<ContextPatch> context = new ArrayList<>();
        for (int dy = -extent; dy <= extent; dy++) {
            for (int dx = -extent; dx <= 0; dx++) {
                int x = c + dx;
                int y = r + dy;
                boolean earlier = dx < 0 || dy < 0;
                if (earlier && x >= 0 && y >= 0 && y < rows) {
                    context.add(new ContextPatch(dx, dy, 0, patch(x, y)));
                }
            }
        }
        double height = (bottom - top) / rows;
        return new Task.Sample(
                new PatchId(0, c, r, 0),
                context,
                top + r * height,
                top + (r + 1) * height,
                layoutWindow(c, r),
                recurrent ? memory(c, r, context, height) : List.of(),
                settings.texts().isEmpty() ? Task.Sample.NO_TEXT : 0);
    }

    /** All that is drawn in the blocks of a patch's context, in the order omega. */
    private List<RememberedPatch> memory(int c, int r, List<ContextPatch> context, double height) {
        List<RememberedPatch> memory = new ArrayList<>();
        for (int x = 0; x <= c; x++) {
            for (int y = 0; y < rows; y++) {
                int column = x;
                int row = y;
                boolean needed = done[row * columns + column]
                        && context.stream()
                                .anyMatch(seen -> RememberedPatch.shareABlock(
                                        column, row, c + seen.columnOffset(), r + seen.rowOffset()));
                if (!needed) {
                    continue;
                }
                short[] seen = new short[memory.size()];
                int count = 0;
                for (short i = 0; i < memory.size(); i++) {
                    int otherColumn = c + memory.get(i).columnOffset();
                    int otherRow = r + memory.get(i).rowOffset();
                    boolean within = Math.max(Math.abs(otherColumn - column), Math.abs(otherRow - row)) <= extent;
                    if (within && RememberedPatch.shareABlock(column, row, otherColumn, otherRow)) {
                        seen[count++] = i;
                    }
                }
                memory.add(new RememberedPatch(
                        column - c,
                        row - r,
                        0,
                        patch(column, row),
                        top + row * height,
                        top + (row + 1) * height,
                        Arrays.copyOf(seen, count)));
            }
        }
        return memory;
    }

    private TokenBlock layoutWindow(int c, int r) {
        int beneath = SIDE / TransformerShape.LAYOUT_FACTOR;
        int margin = Task.Sample.LAYOUT_MARGIN;
        return layout.map(tokens ->
                        tokens.window(c * beneath - margin, r * beneath - margin, TransformerShape.LAYOUT_SIDE))
                .orElse(TokenBlock.EMPTY);
    }

    private short[] patch(int c, int r) {
        short[] found = new short[SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            System.arraycopy(tokens, ((r * SIDE + y) * columns + c) * SIDE, found, y * SIDE, SIDE);
        }
        return found;
    }

    private void keep(List<Task.Sample> batch, List<short[]> drawn) {
        for (int i = 0; i < batch.size(); i++) {
            int c = batch.get(i).patch().column();
            int r = batch.get(i).patch().row();
            for (int y = 0; y < SIDE; y++) {
                System.arraycopy(drawn.get(i), y * SIDE, tokens, ((r * SIDE + y) * columns + c) * SIDE, SIDE);
            }
            done[r * columns + c] = true;
        }
    }

    /** The pixels of the whole canvas, decoded tile by tile. */
    Picture decode() {
        return decode(operators, tokens, columns * SIDE, rows * SIDE);
    }

    /** Decodes a grid of tokens tile by tile, as the farm does. */
    static Picture decode(PatchOperators operators, short[] tokens, int columns, int rows) {
        int width = columns * TokenizerShape.FACTOR;
        int height = rows * TokenizerShape.FACTOR;
        TokenGrid grid = new TokenGrid(columns, rows, tokens, 0, 1.0 / rows);
        byte[] rgb = new byte[3 * width * height];
        for (int top = 0; top < rows; top += TILE_TOKENS) {
            for (int left = 0; left < columns; left += TILE_TOKENS) {
                int margin = TokenizerShape.DECODER_MARGIN_TOKENS;
                PixelBlock tile = operators.decode(grid.window(left - margin, top - margin, TILE_TOKENS + 2 * margin));
                int x = left * TokenizerShape.FACTOR;
                int wide = Math.min(tile.widthPixels(), width - x);
                for (int line = 0; line < tile.heightPixels(); line++) {
                    int y = top * TokenizerShape.FACTOR + line;
                    if (y < height) {
                        System.arraycopy(tile.rgb(), 3 * line * tile.widthPixels(), rgb, 3 * (y * width + x), 3 * wide);
                    }
                }
            }
        }
        return new Picture(width, height, rgb);
    }
}
