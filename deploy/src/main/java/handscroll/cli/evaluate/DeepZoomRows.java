package handscroll.cli.evaluate;

import handscroll.coordinator.output.StoredPicture;
import handscroll.coordinator.output.TileId;
import handscroll.worker.seam.Luminance;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The rows of a Deep Zoom directory's largest level; one row of tiles is in memory at a time. */
final class DeepZoomRows implements LuminanceRows {

    private static final String DESCRIPTION = "picture.dzi";

    private final Path directory;
    private final int topLevel;
    private final int width;
    private final int height;
    private final int tileSide;
    private final String format;

    /** @throws IOException in a sentence, when the directory holds no Deep Zoom picture */
    DeepZoomRows(Path directory) throws IOException {
        String description = Files.readString(directory.resolve(DESCRIPTION));
        this.width = number(description, "Width");
        this.height = number(description, "Height");
        this.tileSide = number(description, "TileSize");
        this.format = attribute(description, "Format");
        if (number(description, "Overlap") != 0) {
            throw new IOException(directory.resolve(DESCRIPTION) + " has overlapping tiles, which are not read");
        }
        this.directory = directory;
        this.topLevel = 32 - Integer.numberOfLeadingZeros(Math.max(width, height) - 1);
    }

    static boolean isOne(Path directory) {
        return Files.isRegularFile(directory.resolve(DESCRIPTION));
    }

    @Override
    public int widthPixels() {
        return width;
    }

    @Override
    public int heightPixels() {
        return height;
    }

    int tileSide() {
        return tileSide;
    }

    /** A tile of the largest level, wherever it is stored; empty when it is missing. */
    Optional<BufferedImage> tile(int column, int row) throws IOException {
        Optional<byte[]> encoded = StoredPicture.tile(directory, new TileId(topLevel, column, row), format);
        return encoded.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(
                        ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded.get()))));
    }

    @Override
    public void forEach(RowConsumer consumer) throws IOException {
        char[][] band = new char[Math.min(tileSide, height)][width];
        for (int row = 0; row * tileSide < height; row++) {
            for (int column = 0; column * tileSide < width; column++) {
                readTile(column, row, band);
            }
            for (int y = 0; y < Math.min(tileSide, height - row * tileSide); y++) {
                consumer.accept(band[y]);
            }
        }
    }

    private void readTile(int column, int row, char[][] band) throws IOException {
        int left = column * tileSide;
        int tileWidth = Math.min(tileSide, width - left);
        int tileHeight = Math.min(tileSide, height - row * tileSide);
        var id = new TileId(topLevel, column, row);
        Optional<byte[]> encoded = StoredPicture.tile(directory, id, format);
        if (encoded.isEmpty()) {
            for (int y = 0; y < tileHeight; y++) {
                Arrays.fill(band[y], left, left + tileWidth, Luminance.MISSING);
            }
            return;
        }
        BufferedImage tile = ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded.get())));
        if (tile == null || tile.getWidth() != tileWidth || tile.getHeight() != tileHeight) {
            throw new IOException("tile " + id + " in " + directory + " is no picture of " + tileWidth + " x "
                    + tileHeight + " pixels");
        }
        int[] rgb = new int[tileWidth];
        for (int y = 0; y < tileHeight; y++) {
            tile.getRGB(0, y, tileWidth, 1, rgb, 0, tileWidth);
            for (int x = 0; x < tileWidth; x++) {
                band[y][left + x] = Luminance.of(rgb[x]);
            }
        }
    }

    private static int number(String description, String name) throws IOException {
        return Integer.parseInt(attribute(description, name));
    }

    private static String attribute(String description, String name) throws IOException {
        Matcher matcher =
                Pattern.compile("\\b" + name + "\\s*=\\s*\"([A-Za-z0-9]+)\"").matcher(description);
        if (!matcher.find()) {
            throw new IOException(DESCRIPTION + " says nothing of " + name);
        }
        return matcher.group(1);
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
