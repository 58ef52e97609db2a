package handscroll.worker.train;

import ai.djl.Device;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.djl.LoadedModel;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.Rounds;
import handscroll.worker.djl.SlotOperators;
import handscroll.worker.djl.TransformerShape;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows what a model of a video can do: above some frames of the video, in the middle what the tokenizer makes of
 * them, below the first of them and how the model goes on.
 */
final class ClipSheet {

    private static final int FRAMES = 5;
    private static final int GAP_PIXELS = 8;
    private static final long POOL_BYTES = 64L << 20;
    private static final int SIDE = TransformerShape.PATCH_SIDE;

    private final SlotOperators operators;
    private final TransformerShape shape;
    private final RenderSettings settings;
    private final int columns;
    private final int rows;
    private final List<short[][]> frames = new ArrayList<>(); // patch by patch

    private ClipSheet(SlotOperators operators, TransformerShape shape, int columns, int rows, long seed) {
        this.operators = operators;
        this.shape = shape;
        this.columns = columns;
        this.rows = rows;
        this.settings = new RenderSettings(
                new JobId("sheet"),
                "",
                "",
                seed,
                RenderSettings.Sampling.of(ModelDirectory.VIDEO_TEMPERATURE, ModelDirectory.VIDEO_TOP_K)
                        .inRounds(Rounds.DEFAULT),
                columns,
                rows,
                shape.slots(1, false),
                shape.slots(2, false),
                TileEncoding.PNG,
                100,
                List.of());
    }

    static BufferedImage draw(ModelDirectory model, Film film, TokenGrids grids, long seed) {
        List<Picture> clip = film.shots().get(0).clip(0, FRAMES, film.every());
        try (LoadedModel loaded = new LoadedModel(model, Device.cpu(), POOL_BYTES);
                SlotOperators operators = loaded.open()) {
            List<TokenGrid> tokens =
                    clip.stream().map(frame -> grids.encode(frame, 0, 0)).toList();
            var sheet = new ClipSheet(
                    operators,
                    model.transformer(),
                    tokens.get(0).columns() / SIDE,
                    tokens.get(0).rows() / SIDE,
                    seed);
            sheet.begin(tokens.get(0));
            for (int frame = 1; frame < FRAMES; frame++) {
                sheet.draw(frame);
            }
            return sheet.place(clip, tokens);
        }
    }

    private void begin(TokenGrid first) {
        short[][] patches = new short[columns * rows][];
        for (int patch = 0; patch < patches.length; patch++) {
            patches[patch] = first.window(patch % columns * SIDE, patch / columns * SIDE, SIDE)
                    .tokens();
        }
        frames.add(patches);
    }

    /** Row by row, a patch at a time. */
    private void draw(int frame) {
        frames.add(new short[columns * rows][]);
        for (int patch = 0; patch < columns * rows; patch++) {
            int c = patch % columns;
            int r = patch / columns;
            double height = 1.0 / rows;
            Task.Sample task = new Task.Sample(
                    new PatchId(0, c, r, frame), context(c, r, frame), r * height, (r + 1) * height, TokenBlock.EMPTY);
            frames.get(frame)[patch] = operators.sample(settings, List.of(task)).get(0);
        }
    }

    private List<ContextPatch> context(int c, int r, int frame) {
        List<ContextPatch> context = new ArrayList<>();
        int extent = shape.extent();
        for (int back = Math.min(shape.frames(), frame); back >= 0; back--) {
            for (int y = Math.max(0, r - extent); y <= Math.min(rows - 1, r + extent); y++) {
                for (int x = Math.max(0, c - extent); x <= Math.min(columns - 1, c + extent); x++) {
                    boolean isEarlier = back > 0 || y < r || y == r && x < c;
                    if (isEarlier) {
                        context.add(new ContextPatch(x - c, y - r, -back, frames.get(frame - back)[y * columns + x]));
                    }
                }
            }
        }
        return context;
    }

    private BufferedImage place(List<Picture> clip, List<TokenGrid> tokens) {
        int width = clip.get(0).width() + GAP_PIXELS;
        int height = clip.get(0).height() + GAP_PIXELS;
        BufferedImage image = new BufferedImage(FRAMES * width, 3 * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        for (int frame = 0; frame < FRAMES; frame++) {
            TokenGrid grid = tokens.get(frame);
            Picture copy = Sketch.decode(operators, grid.tokens(), grid.columns(), grid.rows());
            Picture drawn = Sketch.decode(operators, joined(frames.get(frame)), columns * SIDE, rows * SIDE);
            graphics.drawImage(clip.get(frame).toImage(), frame * width, 0, null);
            graphics.drawImage(copy.toImage(), frame * width, height, null);
            graphics.drawImage(drawn.toImage(), frame * width, 2 * height, null);
        }
        graphics.dispose();
        return image;
    }

    private short[] joined(short[][] patches) {
        short[] joined = new short[columns * rows * SIDE * SIDE];
        for (int y = 0; y < rows * SIDE; y++) {
            for (int c = 0; c < columns; c++) {
                System.arraycopy(
                        patches[y / SIDE * columns + c], y % SIDE * SIDE, joined, (y * columns + c) * SIDE, SIDE);
            }
        }
        return joined;
    }
}
