package handscroll.worker.render;

import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.KnownPixels;
import handscroll.protocol.task.PixelBlock;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The pixels of one output tile on their way to a file. */
record TilePixels(PixelBlock block) {

    /** The upper left part; all of it where the canvas does not end inside the tile. */
    TilePixels clippedTo(int width, int height) {
        if (width == block.widthPixels() && height == block.heightPixels()) {
            return this;
        }
        if (width > block.widthPixels() || height > block.heightPixels()) {
            throw new IllegalArgumentException("a tile of " + block.widthPixels() + " x " + block.heightPixels()
                    + " px cannot be cut to " + width + " x " + height + " px");
        }
        byte[] clipped = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(block.rgb(), 3 * y * block.widthPixels(), clipped, 3 * y * width, 3 * width);
        }
        return new TilePixels(new PixelBlock(width, height, clipped));
    }

    /** The same tile with these pixels as they are. */
    TilePixels with(KnownPixels known) {
        if (known.isEmpty()) {
            return this;
        }
        int width = known.pixels().widthPixels();
        byte[] rgb = block.rgb().clone();
        for (int y = 0; y < known.pixels().heightPixels(); y++) {
            int at = 3 * ((known.y() + y) * block.widthPixels() + known.x());
            System.arraycopy(known.pixels().rgb(), 3 * y * width, rgb, at, 3 * width);
        }
        return new TilePixels(new PixelBlock(block.widthPixels(), block.heightPixels(), rgb));
    }

    /** Averaged two by two; an odd last row or column is averaged with itself. */
    PixelBlock half() {
        int width = block.widthPixels();
        int height = block.heightPixels();
        int halfWidth = (width + 1) / 2;
        int halfHeight = (height + 1) / 2;
        byte[] rgb = block.rgb();
        byte[] half = new byte[3 * halfWidth * halfHeight];
        for (int y = 0; y < halfHeight; y++) {
            int above = 2 * y * width;
            int below = Math.min(2 * y + 1, height - 1) * width;
            for (int x = 0; x < halfWidth; x++) {
                int left = 2 * x;
                int right = Math.min(left + 1, width - 1);
                for (int c = 0; c < 3; c++) {
                    int sum = (rgb[3 * (above + left) + c] & 255)
                            + (rgb[3 * (above + right) + c] & 255)
                            + (rgb[3 * (below + left) + c] & 255)
                            + (rgb[3 * (below + right) + c] & 255);
                    half[3 * (y * halfWidth + x) + c] = (byte) (sum + 2 >> 2);
                }
            }
        }
        return new PixelBlock(halfWidth, halfHeight, half);
    }

    /** The bytes of a file. */
    byte[] encode(TileEncoding encoding, int quality) {
        ImageWriter writer =
                ImageIO.getImageWritersByFormatName(encoding.extension()).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(block.rgb().length / 4);
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (encoding == TileEncoding.JPEG) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(quality / 100f);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(toImage(), null, null), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory never fails
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private BufferedImage toImage() {
        int width = block.widthPixels();
        int height = block.heightPixels();
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        DataBufferByte data = (DataBufferByte) image.getRaster().getDataBuffer();
        byte[] bgr = data.getData();
        byte[] rgb = block.rgb();
        for (int i = 0; i < bgr.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 1] = rgb[i + 1];
            bgr[i + 2] = rgb[i];
        }
        return image;
    }
}
