package handscroll.protocol.task;

/** A rectangle of tokens, row by row: {@code tokens.length == columns * rows}. */
public record TokenBlock(int columns, int rows, short[] tokens) {

    /** No tokens. */
    public static final TokenBlock EMPTY = new TokenBlock(0, 0, new short[0]);

    public TokenBlock {
        if (tokens.length != (long) columns * rows) {
            throw new IllegalArgumentException(columns + " x " + rows + " tokens cannot be " + tokens.length);
        }
    }
}
