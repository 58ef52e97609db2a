package handscroll.coordinator.export;

import handscroll.coordinator.output.DeepZoomOutput;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.OutputSettings;
import handscroll.coordinator.output.Pyramid;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.RenderedTile;
import handscroll.protocol.tile.TileCodec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Finished pictures to export, and their pixels. */
final class Gallery {

    static final int TILE = 256;

    /** Three by two tiles, none of whose borders is even. */
    static final Pyramid PYRAMID = new Pyramid(700, 411, TILE);

    private static final OutputSettings SETTINGS = new OutputSettings(
            256,
            1 << 20,
            1000,
            true,
            Optional.empty(),
            Map.of(TileEncoding.JPEG, 0.5, TileEncoding.PNG, 2.5, TileEncoding.WEBP, 0.4));

    /** A pattern that no two places share, smooth enough for JPEG: red, green, blue. */
    static int[] pixel(int x, int y) {
        return new int[] {x * 255 / 700, y * 255 / 411, (x + y) * 255 / 1111};
    }

    /** Red, green, blue of a place. */
    interface Colours {
        int[] at(int x, int y);
    }

    static void hang(Path directory, TileEncoding encoding, Container container) throws Exception {
        hang(directory, encoding, container, Gallery::pixel);
    }

    static void hang(Path directory, TileEncoding encoding, Container container, Colours colours) throws Exception {
        var format = new JobSpec.Output("out", encoding, 90, Optional.of(container));
        manifest(encoding, container).write(directory);
        DeepZoomOutput output = DeepZoomOutput.open(
                        directory, PYRAMID, format, SETTINGS, Runnable::run, (level, column, row) -> {})
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        var codec = new TileCodec(encoding, 90);
        Grid grid = PYRAMID.grid(PYRAMID.topLevel());
        for (int cell = 0; cell < grid.cellCount(); cell++) {
            PixelBlock pixels = pixels(grid.columnOf(cell), grid.rowOf(cell), colours);
            PatchId patch = new PatchId(1, grid.columnOf(cell), grid.rowOf(cell), 0);
            output.store(new RenderedTile(new JobId("sky"), patch, 1, codec.encode(pixels), TileCodec.half(pixels)));
        }
        output.whenFinished().toCompletableFuture().get(10, TimeUnit.SECONDS);
        output.close().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    static Manifest manifest(TileEncoding encoding, Container container) {
        return new Manifest(
                "0.1.0",
                new JobId("sky"),
                "{\"task\":\"unconditional\"}",
                7,
                "5eed",
                new Manifest.Model("starry-night", "abc", "CC0-1.0", 64),
                Optional.empty(),
                Optional.of("cpu"),
                Optional.empty(),
                new Manifest.Tiles(encoding, 90, "any", TILE, 700, 411, Optional.of(container)),
                Instant.parse("2026-11-22T12:00:00Z"),
                Optional.empty(),
                Map.of());
    }

    private static PixelBlock pixels(int column, int row, Colours colours) {
        int width = Math.min(TILE, 700 - column * TILE);
        int height = Math.min(TILE, 411 - row * TILE);
        byte[] rgb = new byte[3 * width * height];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int value : colours.at(column * TILE + x, row * TILE + y)) {
                    rgb[at++] = (byte) value;
                }
            }
        }
        return new PixelBlock(width, height, rgb);
    }

    private Gallery() {}
}
