package handscroll.coordinator.output;

import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.RenderedTile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Pictures to store, and what to compare when they are stored. */
final class Paintings {

    static final OutputSettings SETTINGS = new OutputSettings(256, 1 << 20, 1_000_000, 0.5, 2.5);

    static JobSpec.Output format(TileEncoding encoding) {
        return new JobSpec.Output("out", encoding, 90);
    }

    /** The tiles of full resolution, as workers would send them: a pattern that differs in each pixel. */
    static List<RenderedTile> tiles(Pyramid pyramid, TileEncoding encoding) {
        TileEncoder encoder = new TileEncoder(encoding, 90);
        Grid grid = pyramid.grid(pyramid.topLevel());
        List<RenderedTile> tiles = new ArrayList<>();
        for (int index = 0; index < grid.cellCount(); index++) {
            TileId id = new TileId(pyramid.topLevel(), grid.columnOf(index), grid.rowOf(index));
            PixelBlock pixels = pixels(pyramid, id);
            PatchId patch = new PatchId(1, id.column(), id.row(), 0);
            tiles.add(new RenderedTile(new JobId("sky"), patch, 1, encoder.encode(pixels), HalfSize.of(pixels)));
        }
        return tiles;
    }

    /** The pattern of {@link #tiles} at a pixel of the canvas: red, green, blue. */
    static int[] pixel(int x, int y) {
        return new int[] {(x * 7 + y) & 0xFF, (y * 5) & 0xFF, (x ^ y) & 0xFF};
    }

    private static PixelBlock pixels(Pyramid pyramid, TileId tile) {
        int width = pyramid.tileWidth(tile);
        int height = pyramid.tileHeight(tile);
        byte[] rgb = new byte[3 * width * height];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int value :
                        pixel(tile.column() * pyramid.tilePixels() + x, tile.row() * pyramid.tilePixels() + y)) {
                    rgb[at++] = (byte) value;
                }
            }
        }
        return new PixelBlock(width, height, rgb);
    }

    /** Every file below a directory by its path, with a number for its content. */
    static Map<String, Integer> tree(Path directory) {
        Map<String, Integer> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                tree.put(directory.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree;
    }

    private Paintings() {}
}
