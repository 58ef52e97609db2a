package handscroll.coordinator.output;

import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Makes one PNG file of a finished picture; holds one row of tiles in memory at a time. */
public final class PngExport {

    /**
     * Blocks on the disk; {@code target} appears when it is whole, and replaces what was there.
     *
     * @param directory of the output
     * @throws Refusal when there is no picture, tiles are missing, or it is too large for one file
     */
    public static void write(Path directory, Path target, OutputSettings settings) throws IOException {
        Manifest.Tiles tiles = Manifest.read(directory)
                .orElseThrow(() -> refusal(
                        directory, "there is no " + Manifest.FILE_NAME, "name a directory that handscroll rendered"))
                .tiles();
        Pyramid pyramid = tiles.pyramid();
        long pixels = (long) pyramid.widthPixels() * pyramid.heightPixels();
        if (pixels > settings.pngMaxPixels()) {
            throw refusal(
                    directory,
                    pixels + " pixels are more than the " + settings.pngMaxPixels() + " that one PNG file may have",
                    "look at " + TileFiles.DESCRIPTION + " with any Deep Zoom viewer, or raise"
                            + " handscroll.coordinator.output.png-max-pixels");
        }
        TileFiles files = new TileFiles(directory, tiles.encoding().extension());
        checkComplete(directory, files, pyramid);
        Path temporary = target.resolveSibling(target.getFileName() + ".part");
        try {
            writePicture(temporary, files, pyramid);
            DurableFile.rename(temporary, target);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void writePicture(Path file, TileFiles files, Pyramid pyramid) throws IOException {
        Grid grid = pyramid.grid(pyramid.topLevel());
        int rowBytes = 3 * pyramid.widthPixels();
        byte[] strip = new byte[Math.multiplyExact(rowBytes, pyramid.tilePixels())];
        try (PngWriter png = new PngWriter(
                new BufferedOutputStream(Files.newOutputStream(file)), pyramid.widthPixels(), pyramid.heightPixels())) {
            for (int row = 0; row < grid.rows(); row++) {
                for (int column = 0; column < grid.columns(); column++) {
                    TileId tile = new TileId(pyramid.topLevel(), column, row);
                    decode(files.tilePath(tile), strip, rowBytes, column * pyramid.tilePixels());
                }
                int height = pyramid.tileHeight(new TileId(pyramid.topLevel(), 0, row));
                for (int y = 0; y < height; y++) {
                    png.writeRow(strip, y * rowBytes);
                }
            }
        }
    }

    private static void decode(Path tile, byte[] strip, int rowBytes, int x) throws IOException {
        BufferedImage image = ImageIO.read(tile.toFile());
        if (image == null) {
            throw new IOException(tile + " is no picture; delete it and render the job again");
        }
        int width = image.getWidth();
        int[] row = new int[width];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            int at = y * rowBytes + 3 * x;
            for (int pixel : row) {
                strip[at++] = (byte) (pixel >> 16);
                strip[at++] = (byte) (pixel >> 8);
                strip[at++] = (byte) pixel;
            }
        }
    }

    private static void checkComplete(Path directory, TileFiles files, Pyramid pyramid) throws IOException {
        int expected = pyramid.grid(pyramid.topLevel()).cellCount();
        long there = files.storedTiles(pyramid).stream()
                .filter(tile -> tile.level() == pyramid.topLevel() && pyramid.contains(tile))
                .count();
        if (there < expected) {
            throw refusal(
                    directory,
                    (expected - there) + " of " + expected + " tiles are not there yet",
                    "let the job finish, or resume it");
        }
    }

    private static Refusal refusal(Path directory, String what, String remedy) {
        return new Refusal(
                "The picture in " + directory + " cannot be exported:", List.of(new Problem("export", what, remedy)));
    }

    private PngExport() {}
}
