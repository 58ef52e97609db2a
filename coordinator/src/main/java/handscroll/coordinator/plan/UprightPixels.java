package handscroll.coordinator.plan;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;

/** Pixels as decoders give them become pixels as they are shown: eight bits of sRGB without alpha, upright. */
final class UprightPixels {

    private static final int WHITE = 255;

    static BufferedImage of(BufferedImage decoded, Orientation orientation) {
        boolean isPlain =
                decoded.getType() == BufferedImage.TYPE_3BYTE_BGR || decoded.getType() == BufferedImage.TYPE_INT_RGB;
        if (isPlain && orientation == Orientation.TOP_LEFT) {
            return decoded;
        }
        int storedWidth = decoded.getWidth();
        int storedHeight = decoded.getHeight();
        int width = orientation.swapsSides() ? storedHeight : storedWidth;
        int height = orientation.swapsSides() ? storedWidth : storedHeight;
        Source source = isGrey(decoded.getColorModel()) ? grey(decoded) : (x, y) -> onWhite(decoded.getRGB(x, y));
        BufferedImage upright = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                upright.setRGB(
                        x,
                        y,
                        source.rgb(orientation.storedX(x, y, storedWidth), orientation.storedY(x, y, storedHeight)));
            }
        }
        return upright;
    }

    private interface Source {
        int rgb(int x, int y);
    }

    private static boolean isGrey(ColorModel colours) {
        return colours instanceof ComponentColorModel
                && colours.getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && colours.getTransferType() <= java.awt.image.DataBuffer.TYPE_USHORT;
    }

    /** Samples as they are: Java takes grey for linear light and would make every middle tone brighter. */
    private static Source grey(BufferedImage decoded) {
        Raster raster = decoded.getRaster();
        int most = (1 << decoded.getColorModel().getComponentSize(0)) - 1;
        boolean hasAlpha = raster.getNumBands() > 1;
        return (x, y) -> {
            int level = (raster.getSample(x, y, 0) * 255 + most / 2) / most;
            int alpha = hasAlpha ? (raster.getSample(x, y, 1) * 255 + most / 2) / most : 255;
            return onWhite(alpha << 24 | level << 16 | level << 8 | level);
        };
    }

    private static int onWhite(int argb) {
        int alpha = argb >>> 24;
        if (alpha == 255) {
            return argb;
        }
        int red = blend(argb >> 16 & 255, alpha);
        int green = blend(argb >> 8 & 255, alpha);
        return 0xff000000 | red << 16 | green << 8 | blend(argb & 255, alpha);
    }

    private static int blend(int colour, int alpha) {
        return (colour * alpha + WHITE * (255 - alpha) + 127) / 255;
    }

    private UprightPixels() {}
}
