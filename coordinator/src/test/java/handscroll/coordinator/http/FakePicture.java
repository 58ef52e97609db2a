package handscroll.coordinator.http;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;

/** A Deep Zoom picture on the disk whose tiles are stored one by one, as a rendering job stores them. */
final class FakePicture {

    private final Path directory;
    private final BufferedImage whole;
    private final int tilePixels;
    private final int top;

    FakePicture(Path directory, BufferedImage whole, int tilePixels) {
        this.directory = directory;
        this.whole = whole;
        this.tilePixels = tilePixels;
        this.top = 32 - Integer.numberOfLeadingZeros(Math.max(whole.getWidth(), whole.getHeight()) - 1);
    }

    int top() {
        return top;
    }

    int columns(int level) {
        return ceil(ceil(whole.getWidth(), 1 << (top - level)), tilePixels);
    }

    int rows(int level) {
        return ceil(ceil(whole.getHeight(), 1 << (top - level)), tilePixels);
    }

    /** Stores the tile as the output does: under another name first. */
    void store(int level, int column, int row) throws IOException {
        int scale = 1 << (top - level);
        int width = Math.min(tilePixels, ceil(whole.getWidth(), scale) - column * tilePixels);
        int height = Math.min(tilePixels, ceil(whole.getHeight(), scale) - row * tilePixels);
        var tile = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = tile.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.translate(-column * tilePixels, -row * tilePixels);
        graphics.scale(1.0 / scale, 1.0 / scale);
        graphics.drawImage(whole, 0, 0, null);
        graphics.dispose();
        Path file = directory.resolve("picture_files/" + level + "/" + column + "_" + row + ".png");
        Files.createDirectories(file.getParent());
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        ImageIO.write(tile, "png", unfinished.toFile());
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static int ceil(int pixels, int by) {
        return (pixels + by - 1) / by;
    }
}
