package handscroll.worker.render;

import handscroll.protocol.task.KnownPixels;
import handscroll.protocol.task.PixelBlock;

/**
 * Leads from the pixels that a picture has to those that a model draws beside them. A model decodes the picture's own tokens a little
 * softer and a little off in colour, and where the picture is pasted over that, its border would show. So what the model is off by at the
 * border (the residual) is added to what lies outside, too, and fades with the distance: at the border as it is, farther out averaged
 * over as many pixels of the border as the distance has, so that it draws no streaks.
 *
 * <p>It ends inside its tile, wherever the picture's border lies in it: a tile is a function of its own task, and its neighbours, which
 * may not know of the picture, go on seamlessly.
 */
final class FadedResidual {

    /** Half a patch. */
    private static final int REACH = 32;

    private static final int CHANNELS = 3;

    /** One side of the picture, from its upper or left end: sums of the residual up to each of its pixels. */
    private record Side(long[] sums, int length, int reach) {

        /** The residual around one pixel of the side, averaged over {@code radius} to both sides. */
        double mean(int at, int radius, int channel) {
            int from = Math.max(0, at - radius);
            int to = Math.min(length, at + radius + 1);
            return (double) (sums[CHANNELS * to + channel] - sums[CHANNELS * from + channel]) / (to - from);
        }

        /** 1 at the border, 0 where it ends. */
        double fade(double distance) {
            double left = Math.max(0, 1 - distance / (reach + 1));
            return left * left;
        }
    }

    private final PixelBlock decoded;
    private final KnownPixels known;
    private final int right;
    private final int bottom;

    FadedResidual(PixelBlock decoded, KnownPixels known) {
        this.decoded = decoded;
        this.known = known;
        this.right = known.x() + known.pixels().widthPixels();
        this.bottom = known.y() + known.pixels().heightPixels();
    }

    /** The decoded pixels, corrected around the known ones; those under them are left as they are. */
    byte[] corrected() {
        byte[] rgb = decoded.rgb().clone();
        int width = right - known.x();
        int height = bottom - known.y();
        Side left = side(0, 0, 0, 1, height, known.x());
        Side rightSide = side(width - 1, 0, 0, 1, height, decoded.widthPixels() - right);
        Side top = side(0, 0, 1, 0, width, known.y());
        Side bottomSide = side(0, height - 1, 1, 0, width, decoded.heightPixels() - bottom);
        for (int y = Math.max(0, known.y() - REACH); y < Math.min(decoded.heightPixels(), bottom + REACH); y++) {
            int dy = distance(y, known.y(), bottom);
            Side across = y < known.y() ? top : bottomSide;
            for (int x = Math.max(0, known.x() - REACH); x < Math.min(decoded.widthPixels(), right + REACH); x++) {
                int dx = distance(x, known.x(), right);
                if (dx == 0 && dy == 0) {
                    continue;
                }
                Side along = x < known.x() ? left : rightSide;
                correct(rgb, x, y, dx, dy, along, across);
            }
        }
        return rgb;
    }

    private void correct(byte[] rgb, int x, int y, int dx, int dy, Side along, Side across) {
        double distance = Math.sqrt(dx * dx + dy * dy);
        double fade = Math.min(dx == 0 ? 1 : along.fade(distance), dy == 0 ? 1 : across.fade(distance));
        int radius = (int) distance - 1;
        int row = Math.min(Math.max(y, known.y()), bottom - 1) - known.y();
        int column = Math.min(Math.max(x, known.x()), right - 1) - known.x();
        for (int channel = 0; channel < CHANNELS; channel++) {
            double off = 0;
            if (dx > 0) {
                off += along.mean(row, radius, channel) * dx;
            }
            if (dy > 0) {
                off += across.mean(column, radius, channel) * dy;
            }
            int at = CHANNELS * (y * decoded.widthPixels() + x) + channel;
            long corrected = Math.round((rgb[at] & 255) + fade * off / (dx + dy));
            rgb[at] = (byte) Math.max(0, Math.min(255, corrected));
        }
    }

    /**
     * @param column of its first pixel, and {@code row}, among the known ones
     * @param room from it to the edge of the tile
     */
    private Side side(int column, int row, int stepX, int stepY, int length, int room) {
        long[] sums = new long[CHANNELS * (length + 1)];
        for (int i = 0; i < length; i++) {
            int knownX = column + i * stepX;
            int knownY = row + i * stepY;
            int from = CHANNELS * (knownY * known.pixels().widthPixels() + knownX);
            int under = CHANNELS * ((known.y() + knownY) * decoded.widthPixels() + known.x() + knownX);
            for (int channel = 0; channel < CHANNELS; channel++) {
                int off = (known.pixels().rgb()[from + channel] & 255) - (decoded.rgb()[under + channel] & 255);
                sums[CHANNELS * (i + 1) + channel] = sums[CHANNELS * i + channel] + off;
            }
        }
        return new Side(sums, length, Math.min(REACH, room));
    }

    private static int distance(int at, int from, int to) {
        return at < from ? from - at : at >= to ? at - to + 1 : 0;
    }
}
