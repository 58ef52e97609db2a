package handscroll.coordinator.output;

import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.RenderedTile;
import handscroll.protocol.tile.TileCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Pictures to store, and what to compare when they are stored. */
final class Paintings {

    static final OutputSettings SETTINGS = settings(256, 1 << 20);

    static OutputSettings settings(int maxPendingTiles, long halvesInMemoryBytes) {
        return new OutputSettings(
                maxPendingTiles,
                halvesInMemoryBytes,
                1000,
                true,
                Optional.empty(),
                Map.of(TileEncoding.JPEG, 0.5, TileEncoding.PNG, 2.5, TileEncoding.WEBP, 0.4));
    }

    static JobSpec.Output format(TileEncoding encoding) {
        return format(encoding, Container.FILES);
    }

    static JobSpec.Output format(TileEncoding encoding, Container container) {
        return new JobSpec.Output("out", encoding, 90, Optional.of(container));
    }

    /** The tiles of full resolution, as workers would send them: a pattern that differs in each pixel. */
    static List<RenderedTile> tiles(Pyramid pyramid, TileEncoding encoding) {
        TileCodec codec = new TileCodec(encoding, 90);
        Grid grid = pyramid.grid(pyramid.topLevel());
        List<RenderedTile> tiles = new ArrayList<>();
        for (int index = 0; index < grid.cellCount(); index++) {
            TileId id = new TileId(pyramid.topLevel(), grid.columnOf(index), grid.rowOf(index));
            PixelBlock pixels = pixels(pyramid, id);
            PatchId patch = new PatchId(1, id.column(), id.row(), 0);
            tiles.add(new RenderedTile(new JobId("sky"), patch, 1, codec.encode(pixels), TileCodec.half(pixels)));
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

    /** Every file below a directory by its path, with a number for its content; tiles in an archive as if they were files. */
    static Map<String, Integer> tree(Path directory) {
        Map<String, Integer> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.endsWith("picture.zip")) {
                    addEntries(file, tree);
                    continue;
                }
                if (file.endsWith("picture.index")) {
                    continue;
                }
                tree.put(directory.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree;
    }

    private static void addEntries(Path archive, Map<String, Integer> tree) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                int content = Arrays.hashCode(zip.getInputStream(entry).readAllBytes());
                if (tree.putIfAbsent(entry.getName(), content) != null
                        && !entry.getName().equals("picture.dzi")) {
                    throw new IOException(entry.getName() + " is there twice");
                }
            }
        }
    }

    private Paintings() {}
}
