package handscroll.cli.evaluate;

import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.PictureReader;
import handscroll.protocol.task.PixelBlock;
import java.awt.Point;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Square blocks out of a picture of any size, read where they are asked for. */
interface PictureBlocks {

    int widthPixels();

    int heightPixels();

    PixelBlock block(int x, int y, int side) throws IOException;

    /** Of a Deep Zoom directory, some tiles of which are in memory at a time, or of a picture file, which is whole. */
    static PictureBlocks open(Path path, PictureReader reader) throws IOException {
        return DeepZoomRows.isOne(path) ? new InTiles(new DeepZoomRows(path)) : new InMemory(reader.read(path));
    }

    record InMemory(Picture picture) implements PictureBlocks {
        @Override
        public int widthPixels() {
            return picture.widthPixels();
        }

        @Override
        public int heightPixels() {
            return picture.heightPixels();
        }

        @Override
        public PixelBlock block(int x, int y, int side) {
            return picture.window(x, y, side);
        }
    }

    /** Remembers as many tiles as blocks that are near each other need. */
    final class InTiles implements PictureBlocks {

        private static final int TILES_IN_MEMORY = 64;

        private final DeepZoomRows picture;
        private final Map<Point, BufferedImage> tiles = new LinkedHashMap<>(16, 0.75f, true);

        InTiles(DeepZoomRows picture) {
            this.picture = picture;
        }

        @Override
        public int widthPixels() {
            return picture.widthPixels();
        }

        @Override
        public int heightPixels() {
            return picture.heightPixels();
        }

        @Override
        public PixelBlock block(int x, int y, int side) throws IOException {
            int tileSide = picture.tileSide();
            byte[] rgb = new byte[3 * side * side];
            for (int row = 0; row < side; row++) {
                for (int column = 0; column < side; column++) {
                    BufferedImage tile = tile(new Point((x + column) / tileSide, (y + row) / tileSide));
                    int pixel = tile.getRGB((x + column) % tileSide, (y + row) % tileSide);
                    int at = 3 * (row * side + column);
                    rgb[at] = (byte) (pixel >> 16);
                    rgb[at + 1] = (byte) (pixel >> 8);
                    rgb[at + 2] = (byte) pixel;
                }
            }
            return new PixelBlock(side, side, rgb);
        }

        private BufferedImage tile(Point place) throws IOException {
            BufferedImage known = tiles.get(place);
            if (known != null) {
                return known;
            }
            BufferedImage tile = picture.tile(place.x, place.y)
                    .orElseThrow(() -> new IOException(
                            picture + " lacks the tile " + place.x + "_" + place.y + ", or it is no picture"));
            if (tiles.size() >= TILES_IN_MEMORY) {
                tiles.remove(tiles.keySet().iterator().next());
            }
            tiles.put(place, tile);
            return tile;
        }
    }
}
