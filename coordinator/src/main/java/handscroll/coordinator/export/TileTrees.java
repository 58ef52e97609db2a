package handscroll.coordinator.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.output.DeepZoomDescription;
import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.TileId;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobSpec.TileEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Formats that are the tiles themselves under other names. */
final class TileTrees {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads ahead by so many tiles: a disk with a queue answers several at once. */
    private static final int READ_AHEAD = 16;

    private record Named(String name, byte[] content) {}

    private interface Names {
        String of(TileId tile);
    }

    static void writeDeepZoom(TileSource source, FileTree tree) throws IOException {
        String extension = source.tiles().encoding().extension();
        tree.add(
                DeepZoomDescription.FILE_NAME,
                DeepZoomDescription.of(source.pyramid(), extension).getBytes(StandardCharsets.UTF_8));
        Pyramid pyramid = source.pyramid();
        for (int level = 0; level < pyramid.levelCount(); level++) {
            copy(source, level, tree, tile -> DeepZoomDescription.tileName(tile, extension));
        }
        tree.complete();
    }

    /**
     * IIIF Image API 3, level 0: every tile that a viewer will ask for lies there under the path it asks with, so that any web
     * server of static files can serve the picture.
     */
    static void writeIiif(TileSource source, FileTree tree) throws IOException {
        Pyramid pyramid = source.pyramid();
        int smallest = smallestTiledLevel(pyramid);
        long count = 0;
        for (int level = smallest; level < pyramid.levelCount(); level++) {
            count += pyramid.grid(level).cellCount();
        }
        source.expect(count);
        tree.add("info.json", iiifInfo(source, smallest));
        for (int level = smallest; level < pyramid.levelCount(); level++) {
            copy(
                    source,
                    level,
                    tree,
                    tile -> iiifName(pyramid, tile, source.tiles().encoding()));
        }
        tree.complete();
    }

    /** The largest level that is one tile. */
    static int smallestTiledLevel(Pyramid pyramid) {
        int level = pyramid.topLevel();
        while (pyramid.grid(level).cellCount() > 1) {
            level--;
        }
        return level;
    }

    private static byte[] iiifInfo(TileSource source, int smallest) throws IOException {
        Pyramid pyramid = source.pyramid();
        ObjectNode info = JSON.createObjectNode();
        info.put("@context", "http://iiif.io/api/image/3/context.json");
        info.put("id", "https://example.org/" + source.manifest().job());
        info.put("type", "ImageService3");
        info.put("protocol", "http://iiif.io/api/image");
        info.put("profile", "level0");
        info.put("width", pyramid.widthPixels());
        info.put("height", pyramid.heightPixels());
        ArrayNode sizes = info.putArray("sizes");
        sizes.addObject().put("width", pyramid.widthPixels(smallest)).put("height", pyramid.heightPixels(smallest));
        ObjectNode tiles = info.putArray("tiles").addObject();
        tiles.put("width", pyramid.tilePixels()).put("height", pyramid.tilePixels());
        ArrayNode factors = tiles.putArray("scaleFactors");
        for (int level = pyramid.topLevel(); level >= smallest; level--) {
            factors.add(1L << pyramid.topLevel() - level);
        }
        if (source.tiles().encoding() != TileEncoding.JPEG) {
            String format = source.tiles().encoding().extension();
            info.putArray("extraFormats").add(format);
            info.putArray("preferredFormats").add(format);
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(info);
    }

    /** REGION/SIZE/ROTATION/QUALITY.FORMAT, in the canonical form of version 3. */
    private static String iiifName(Pyramid pyramid, TileId tile, TileEncoding encoding) {
        long scale = 1L << pyramid.topLevel() - tile.level();
        long x = tile.column() * scale * pyramid.tilePixels();
        long y = tile.row() * scale * pyramid.tilePixels();
        long width = Math.min(scale * pyramid.tilePixels(), pyramid.widthPixels() - x);
        long height = Math.min(scale * pyramid.tilePixels(), pyramid.heightPixels() - y);
        boolean full = width == pyramid.widthPixels() && height == pyramid.heightPixels();
        String region = full ? "full" : x + "," + y + "," + width + "," + height;
        String size = full && scale == 1 ? "max" : pyramid.tileWidth(tile) + "," + pyramid.tileHeight(tile);
        return region + "/" + size + "/0/default." + encoding.extension();
    }

    private static void copy(TileSource source, int level, FileTree tree, Names names) throws IOException {
        Grid grid = source.pyramid().grid(level);
        try (var ordered = new Ordered<Named>(READ_AHEAD, named -> tree.add(named.name(), named.content()))) {
            for (int index = 0; index < grid.cellCount(); index++) {
                TileId tile = new TileId(level, grid.columnOf(index), grid.rowOf(index));
                ordered.give(() -> new Named(names.of(tile), source.encoded(tile)));
                source.tell();
            }
            ordered.drain();
        }
        source.tell();
    }

    private TileTrees() {}
}
