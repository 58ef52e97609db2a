package handscroll.cli.evaluate;

import handscroll.worker.seam.BorderScores;
import handscroll.worker.seam.BorderScores.Border;
import handscroll.worker.seam.BorderScores.Comparison;
import handscroll.worker.seam.BorderScores.Piece;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores the border of the given picture, wherever it lies: keeps three pixels to each side of it while the rows
 * go by, as strips that are laid upright, and scores each strip like a border between patches.
 */
final class KnownBorder {

    /** Three pixels on each side. */
    private static final int REACH = 3;

    private final Rectangle known;
    private final int width;
    private final int height;
    private final List<char[]> left = new ArrayList<>();
    private final List<char[]> right = new ArrayList<>();
    private final char[][] top;
    private final char[][] bottom;
    private int row;

    /** @param known on the canvas; it may stick out */
    KnownBorder(Rectangle known, int width, int height) {
        this.known = known.intersection(new Rectangle(width, height));
        this.width = width;
        this.height = height;
        this.top = new char[this.known.width][2 * REACH];
        this.bottom = new char[this.known.width][2 * REACH];
    }

    void accept(char[] luminance) {
        int y = row++;
        if (y >= known.y && y < known.y + known.height) {
            keep(luminance, known.x, left);
            keep(luminance, known.x + known.width, right);
        }
        keep(luminance, y - known.y + REACH, top);
        keep(luminance, y - known.y - known.height + REACH, bottom);
    }

    private void keep(char[] luminance, int x, List<char[]> strip) {
        if (isInside(x, width)) {
            char[] across = new char[2 * REACH];
            System.arraycopy(luminance, x - REACH, across, 0, across.length);
            strip.add(across);
        }
    }

    private void keep(char[] luminance, int index, char[][] strip) {
        if (index >= 0 && index < 2 * REACH) {
            for (int i = 0; i < strip.length; i++) {
                strip[i][index] = luminance[known.x + i];
            }
        }
    }

    private static boolean isInside(int border, int size) {
        return border >= REACH && border + REACH <= size;
    }

    /** Pieces as long as a patch; none for a side that lies on the border of the canvas. */
    List<Piece> pieces(int patch, Comparison comparison) {
        List<Piece> pieces = new ArrayList<>();
        score(left, patch, comparison, Border.VERTICAL, known.x, pieces);
        score(right, patch, comparison, Border.VERTICAL, known.x + known.width, pieces);
        if (isInside(known.y, height)) {
            score(List.of(top), patch, comparison, Border.HORIZONTAL, known.y, pieces);
        }
        if (isInside(known.y + known.height, height)) {
            score(List.of(bottom), patch, comparison, Border.HORIZONTAL, known.y + known.height, pieces);
        }
        return pieces;
    }

    private void score(
            List<char[]> strip, int patch, Comparison comparison, Border border, int at, List<Piece> pieces) {
        if (strip.isEmpty()) {
            return;
        }
        var scores = new BorderScores(2 * REACH, strip.size(), false, patch, REACH, comparison);
        strip.forEach(scores::accept);
        scores.pieces().stream()
                .filter(piece -> piece.border() == Border.VERTICAL)
                .map(piece -> border == Border.VERTICAL
                        ? new Piece(border, at, known.y + piece.yPixels(), piece.score())
                        : new Piece(border, known.x + piece.yPixels(), at, piece.score()))
                .forEach(pieces::add);
    }
}
