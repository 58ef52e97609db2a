package handscroll.worker.train;

import handscroll.protocol.job.Problem;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * A picture to learn from, as 8-bit RGB.
 *
 * @param rgb row-major, three bytes a pixel
 */
record Picture(int width, int height, byte[] rgb) {

    /** The smallest side a model can be learned from. */
    static final int SMALLEST_SIDE_PIXELS = 256;

    /**
     * Reads RGB, grey, palette, alpha (over white) and 16-bit pictures; cuts {@code frame} pixels off each side.
     *
     * @param problems gets what keeps the picture from being learned from; then nothing comes back
     */
    static Optional<Picture> read(Path path, int frame, List<Problem> problems) {
        String name = path.toString();
        BufferedImage image;
        try {
            if (!Files.isRegularFile(path)) {
                problems.add(new Problem(name, "is no file", "give the path of a PNG or JPEG picture"));
                return Optional.empty();
            }
            image = ImageIO.read(path.toFile());
        } catch (IOException e) {
            problems.add(new Problem(name, "cannot be read: " + e.getMessage(), "try another copy of it"));
            return Optional.empty();
        }
        if (image == null) {
            problems.add(new Problem(name, "is no picture that Java reads", "convert it to PNG or JPEG"));
            return Optional.empty();
        }
        int width = image.getWidth() - 2 * frame;
        int height = image.getHeight() - 2 * frame;
        if (Math.min(width, height) < SMALLEST_SIDE_PIXELS) {
            problems.add(new Problem(
                    name,
                    "is " + image.getWidth() + " x " + image.getHeight() + " px",
                    "both sides must have at least " + (SMALLEST_SIDE_PIXELS + 2 * frame) + " px: enlarge it first"));
            return Optional.empty();
        }
        BufferedImage plain = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = plain.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.drawImage(image, -frame, -frame, null);
        graphics.dispose();
        return Optional.of(of(plain));
    }

    static Picture of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] packed = image.getRGB(0, 0, width, height, null, 0, width);
        byte[] rgb = new byte[3 * packed.length];
        for (int i = 0; i < packed.length; i++) {
            rgb[3 * i] = (byte) (packed[i] >> 16);
            rgb[3 * i + 1] = (byte) (packed[i] >> 8);
            rgb[3 * i + 2] = (byte) packed[i];
        }
        return new Picture(width, height, rgb);
    }

    BufferedImage toImage() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] packed = new int[width * height];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8 | rgb[3 * i + 2] & 255;
        }
        image.setRGB(0, 0, width, height, packed, 0, width);
        return image;
    }

    /** This picture at another size: bicubic, halving first as often as the reduction allows. */
    Picture resized(int newWidth, int newHeight) {
        BufferedImage from = toImage();
        while (from.getWidth() >= 2 * newWidth && from.getHeight() >= 2 * newHeight) {
            from = draw(from, from.getWidth() / 2, from.getHeight() / 2);
        }
        return of(draw(from, newWidth, newHeight));
    }

    private static BufferedImage draw(BufferedImage from, int width, int height) {
        BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = to.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(from, 0, 0, width, height, null);
        graphics.dispose();
        return to;
    }

    /** The rectangle whose upper left is at (left, top). */
    Picture cut(int left, int top, int cutWidth, int cutHeight) {
        byte[] cut = new byte[3 * cutWidth * cutHeight];
        for (int y = 0; y < cutHeight; y++) {
            System.arraycopy(rgb, 3 * ((top + y) * width + left), cut, 3 * y * cutWidth, 3 * cutWidth);
        }
        return new Picture(cutWidth, cutHeight, cut);
    }

    Picture mirrored() {
        byte[] flipped = new byte[rgb.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                System.arraycopy(rgb, 3 * (y * width + x), flipped, 3 * (y * width + width - 1 - x), 3);
            }
        }
        return new Picture(width, height, flipped);
    }

    /** A random variant: mirrored or not, scaled by {@code smallest..largest}. */
    Picture varied(Random random, double smallest, double largest) {
        double scale = smallest * Math.pow(largest / smallest, random.nextDouble());
        int newWidth = Math.max(Math.min(width, SMALLEST_SIDE_PIXELS), (int) Math.round(width * scale));
        int newHeight = Math.max(Math.min(height, SMALLEST_SIDE_PIXELS), (int) Math.round(height * scale));
        Picture scaled = resized(newWidth, newHeight);
        return random.nextBoolean() ? scaled.mirrored() : scaled;
    }

    /**
     * Writes the crop at (left, top) as planes of floats in -1..1: [3, cropHeight, cropWidth] from {@code at}
     * on. Outside the picture its border is repeated.
     */
    void cropInto(float[] planes, int at, int left, int top, int cropWidth, int cropHeight) {
        int plane = cropWidth * cropHeight;
        for (int y = 0; y < cropHeight; y++) {
            int row = Math.min(Math.max(top + y, 0), height - 1) * width;
            for (int x = 0; x < cropWidth; x++) {
                int from = 3 * (row + Math.min(Math.max(left + x, 0), width - 1));
                for (int c = 0; c < 3; c++) {
                    planes[at + c * plane + y * cropWidth + x] = (rgb[from + c] & 255) / 127.5f - 1;
                }
            }
        }
    }
}
