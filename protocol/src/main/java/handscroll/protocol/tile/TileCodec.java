package handscroll.protocol.tile;

import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.PixelBlock;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Pixels of a tile to the bytes of its file and back. Workers encode the tiles that they render, the coordinator those of the
 * lower levels: the same pixels give the same bytes on both, wherever {@link #name} is the same. Safe for many threads.
 *
 * @param quality of JPEG and WebP, 0 to 100
 */
public record TileCodec(TileEncoding encoding, int quality) {

    static {
        ImageIO.setUseCache(false); // its temporary files cost more than a tile
    }

    /** What encodes JPEG on this machine, for a worker's device class: two of another name make other bytes. */
    public static String name() {
        return TurboJpeg.ofThisMachine().isPresent() ? "turbo" : "imageio";
    }

    /** What encodes on this machine, for people. */
    public String description() {
        String platform =
                "javax.imageio of " + System.getProperty("java.vendor") + " " + System.getProperty("java.version");
        return switch (encoding) {
            case JPEG -> TurboJpeg.ofThisMachine().isPresent() ? "libjpeg-turbo" : platform;
            case PNG -> platform;
            case WEBP -> "libwebp of webp-imageio";
        };
    }

    public byte[] encode(PixelBlock tile) {
        Optional<TurboJpeg> turbo = encoding == TileEncoding.JPEG ? TurboJpeg.ofThisMachine() : Optional.empty();
        return turbo.isPresent() ? turbo.get().encode(tile, quality) : encodeWithPlatform(tile);
    }

    /** @throws IOException when it is no whole picture */
    public static PixelBlock decode(byte[] encoded) throws IOException {
        boolean jpeg = encoded.length > 2 && encoded[0] == (byte) 0xFF && encoded[1] == (byte) 0xD8;
        Optional<TurboJpeg> turbo = jpeg ? TurboJpeg.ofThisMachine() : Optional.empty();
        if (turbo.isPresent()) {
            try {
                return turbo.get().decode(encoded);
            } catch (IllegalArgumentException e) {
                throw new IOException("no whole JPEG: " + e.getMessage(), e);
            }
        }
        BufferedImage image = ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded)));
        if (image == null) {
            throw new IOException(encoded.length + " bytes that are no picture");
        }
        return pixels(image);
    }

    /**
     * How a tile becomes a quarter of its parent: pixels averaged two by two, rounded to the nearest; an odd last row or column
     * is averaged with itself.
     */
    public static PixelBlock half(PixelBlock tile) {
        int width = tile.widthPixels();
        int height = tile.heightPixels();
        int halfWidth = (width + 1) / 2;
        int halfHeight = (height + 1) / 2;
        byte[] rgb = tile.rgb();
        byte[] half = new byte[3 * halfWidth * halfHeight];
        int at = 0;
        for (int y = 0; y < halfHeight; y++) {
            int upper = 3 * 2 * y * width;
            int lower = 3 * Math.min(2 * y + 1, height - 1) * width;
            for (int x = 0; x < halfWidth; x++) {
                int left = 3 * 2 * x;
                int right = 3 * Math.min(2 * x + 1, width - 1);
                for (int channel = 0; channel < 3; channel++) {
                    int sum = (rgb[upper + left + channel] & 255)
                            + (rgb[upper + right + channel] & 255)
                            + (rgb[lower + left + channel] & 255)
                            + (rgb[lower + right + channel] & 255);
                    half[at++] = (byte) (sum + 2 >> 2);
                }
            }
        }
        return new PixelBlock(halfWidth, halfHeight, half);
    }

    private byte[] encodeWithPlatform(PixelBlock tile) {
        ImageWriter writer = writer();
        var bytes = new ByteArrayOutputStream(tile.rgb().length / 4 + 64);
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam how = writer.getDefaultWriteParam();
            if (encoding != TileEncoding.PNG) {
                how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                if (encoding == TileEncoding.WEBP) {
                    how.setCompressionType("Lossy");
                }
                how.setCompressionQuality(quality / 100f);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(image(tile), null, null), how);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory never fails
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** That of the Java platform where it has one: libraries that read more formats bring writers of their own. */
    private ImageWriter writer() {
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(encoding.extension());
        ImageWriter writer = writers.next();
        while (writers.hasNext()
                && !"java.desktop".equals(writer.getClass().getModule().getName())) {
            writer = writers.next();
        }
        return writer;
    }

    private static BufferedImage image(PixelBlock tile) {
        var image = new BufferedImage(tile.widthPixels(), tile.heightPixels(), BufferedImage.TYPE_3BYTE_BGR);
        byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        byte[] rgb = tile.rgb();
        for (int i = 0; i < rgb.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 1] = rgb[i + 1];
            bgr[i + 2] = rgb[i];
        }
        return image;
    }

    private static PixelBlock pixels(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[3 * width * height];
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int pixel : row) {
                rgb[at++] = (byte) (pixel >> 16);
                rgb[at++] = (byte) (pixel >> 8);
                rgb[at++] = (byte) pixel;
            }
        }
        return new PixelBlock(width, height, rgb);
    }
}
