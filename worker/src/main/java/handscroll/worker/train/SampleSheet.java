package handscroll.worker.train;

import ai.djl.Device;
import handscroll.worker.djl.LoadedModel;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.SlotOperators;
import handscroll.worker.djl.TransformerShape;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a model can do so far, on one picture: above, the source beside what the tokenizer makes of it;
 * below, the source continued to the right; at the bottom a piece of the source four times as large, drawn
 * over the layout that the source then is. A model that follows texts draws some of them instead.
 */
final class SampleSheet {

    private static final int MOST_HEIGHT_PIXELS = 512;
    private static final int NEW_COLUMNS = 7;
    private static final int LARGE_COLUMNS = 18;
    private static final int LARGE_ROWS = 8;
    /** Of the source's height, that lies beneath those rows. */
    private static final double LARGE_SHARE =
            (double) LARGE_ROWS * Sketch.PATCH_PIXELS / TransformerShape.LAYOUT_FACTOR / MOST_HEIGHT_PIXELS;

    private static final int TEXT_COLUMNS = 10;
    private static final int TEXT_ROWS = 5;
    private static final int GAP_PIXELS = 8;
    private static final long POOL_BYTES = 64L << 20;

    private SampleSheet() {}

    static BufferedImage draw(ModelDirectory model, Picture source, TokenGrids grids, List<String> texts, long seed) {
        int height = Math.min(MOST_HEIGHT_PIXELS, source.height() / Sketch.PATCH_PIXELS * Sketch.PATCH_PIXELS);
        int width = (int) Math.round((double) source.width() * height / source.height());
        Picture scaled = source.resized(width, height);
        TokenGrid grid = grids.encode(scaled, width % 64, 0);
        try (LoadedModel loaded = new LoadedModel(model, Device.cpu(), POOL_BYTES);
                SlotOperators operators = loaded.open()) {
            Picture copy = Sketch.decode(operators, grid.tokens(), grid.columns(), grid.rows());
            int patches = grid.columns() / TransformerShape.PATCH_SIDE;
            int rows = grid.rows() / TransformerShape.PATCH_SIDE;
            Sketch sketch = new Sketch(
                    operators, model.transformer(), patches + NEW_COLUMNS, rows, 0, 1, seed, 0.9, Optional.empty());
            sketch.begin(grid);
            sketch.draw();
            List<Picture> below = new ArrayList<>(List.of(sketch.decode()));
            if (model.transformer().knowsTexts()) {
                for (String text : texts) {
                    Sketch told = new Sketch(
                            operators,
                            model.transformer(),
                            TEXT_COLUMNS,
                            TEXT_ROWS,
                            0,
                            1,
                            seed,
                            0.9,
                            Optional.of(text));
                    told.draw();
                    below.add(told.decode());
                }
            } else if (model.transformer().knowsLayouts()) {
                Sketch large = new Sketch(
                        operators,
                        model.transformer(),
                        LARGE_COLUMNS,
                        LARGE_ROWS,
                        0,
                        LARGE_SHARE,
                        seed,
                        0.9,
                        Optional.empty());
                large.layOut(grid);
                large.draw();
                below.add(large.decode());
            }
            return place(scaled, copy, below);
        }
    }

    private static BufferedImage place(Picture source, Picture copy, List<Picture> below) {
        int width = source.width() + copy.width() + GAP_PIXELS;
        int height = source.height();
        for (Picture picture : below) {
            width = Math.max(width, picture.width());
            height += GAP_PIXELS + picture.height();
        }
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.drawImage(source.toImage(), 0, 0, null);
        graphics.drawImage(copy.toImage(), source.width() + GAP_PIXELS, 0, null);
        int top = source.height() + GAP_PIXELS;
        for (Picture picture : below) {
            graphics.drawImage(picture.toImage(), 0, top, null);
            top += GAP_PIXELS + picture.height();
        }
        graphics.dispose();
        return sheet;
    }
}
