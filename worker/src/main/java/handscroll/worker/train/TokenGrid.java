package handscroll.worker.train;

import handscroll.protocol.task.TokenBlock;
import handscroll.worker.djl.TransformerShape;
import handscroll.worker.text.TextStates;
import java.util.List;
import java.util.Optional;

/**
 * The tokens of one varied picture.
 *
 * @param tokens row by row
 * @param top height of the upper edge in the whole picture, 0 at its top and 1 at its bottom
 * @param rowHeight how much of the whole picture's height one row of tokens covers
 * @param layout the same picture {@link TransformerShape#LAYOUT_FACTOR} times smaller, whose upper left token
 *     lies beneath the first tokens of this one; nothing in a picture that is drawn over none
 * @param captions what may be said of it; nothing of a picture without words
 */
record TokenGrid(
        int columns,
        int rows,
        short[] tokens,
        double top,
        double rowHeight,
        Optional<TokenGrid> layout,
        List<TextStates> captions) {

    TokenGrid(int columns, int rows, short[] tokens, double top, double rowHeight) {
        this(columns, rows, tokens, top, rowHeight, Optional.empty(), List.of());
    }

    TokenGrid over(TokenGrid smaller) {
        return new TokenGrid(columns, rows, tokens, top, rowHeight, Optional.of(smaller), captions);
    }

    /** The same tokens as those of a piece: it begins at {@code pieceTop} of a picture and is this share of its height. */
    TokenGrid within(double pieceTop, double share) {
        return new TokenGrid(columns, rows, tokens, pieceTop + top * share, rowHeight * share, layout, captions);
    }

    /** The same tokens, of which something can be said. */
    TokenGrid saying(List<TextStates> texts) {
        return new TokenGrid(columns, rows, tokens, top, rowHeight, layout, texts);
    }

    /** The square of tokens whose upper left is at (left, top); outside the grid its border is repeated. */
    TokenBlock window(int left, int top, int side) {
        short[] window = new short[side * side];
        for (int y = 0; y < side; y++) {
            int row = Math.min(Math.max(top + y, 0), rows - 1);
            for (int x = 0; x < side; x++) {
                window[y * side + x] = tokens[row * columns + Math.min(Math.max(left + x, 0), columns - 1)];
            }
        }
        return new TokenBlock(side, side, window);
    }
}
