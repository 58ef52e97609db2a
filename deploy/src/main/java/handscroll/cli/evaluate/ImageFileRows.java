package handscroll.cli.evaluate;

import handscroll.worker.seam.Luminance;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;

/**
 * The rows of one picture file, decoded in strips of bounded size. Decoders start again at the top
 * for each strip: nothing for pictures that fit one, slow but possible for those that don't.
 */
final class ImageFileRows implements LuminanceRows {

    private static final int STRIP_PIXELS = 32_000_000;

    private final Path file;
    private final int width;
    private final int height;

    /** @throws IOException in a sentence, when it is no picture that Java can read */
    ImageFileRows(Path file) throws IOException {
        this.file = file;
        try (FileImageInputStream input = new FileImageInputStream(file.toFile())) {
            ImageReader reader = reader(input);
            this.width = reader.getWidth(0);
            this.height = reader.getHeight(0);
            reader.dispose();
        }
    }

    @Override
    public int widthPixels() {
        return width;
    }

    @Override
    public int heightPixels() {
        return height;
    }

    @Override
    public void forEach(RowConsumer consumer) throws IOException {
        int stripRows = Math.max(1, STRIP_PIXELS / width);
        int[] rgb = new int[width];
        char[] row = new char[width];
        for (int top = 0; top < height; top += stripRows) {
            BufferedImage strip = strip(top, Math.min(stripRows, height - top));
            for (int y = 0; y < strip.getHeight(); y++) {
                strip.getRGB(0, y, width, 1, rgb, 0, width);
                for (int x = 0; x < width; x++) {
                    row[x] = Luminance.of(rgb[x]);
                }
                consumer.accept(row);
            }
        }
    }

    private BufferedImage strip(int top, int rows) throws IOException {
        try (FileImageInputStream input = new FileImageInputStream(file.toFile())) {
            ImageReader reader = reader(input);
            ImageReadParam part = reader.getDefaultReadParam();
            part.setSourceRegion(new Rectangle(0, top, width, rows));
            BufferedImage strip = reader.read(0, part);
            reader.dispose();
            return strip;
        }
    }

    private ImageReader reader(FileImageInputStream input) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
        if (!readers.hasNext()) {
            throw new IOException(file + " is no PNG, JPEG, BMP, GIF or TIFF");
        }
        ImageReader reader = readers.next();
        reader.setInput(input);
        return reader;
    }
}
