package handscroll.worker.text;

/**
 * What a text encoder makes of a text: a vector for each word piece, in their order.
 *
 * @param count of word pieces, {@link #MOST} at most
 * @param rows their vectors, one after the other
 */
public record TextStates(int count, float[] rows) {

    /** Numbers in a word piece's vector. */
    public static final int WIDTH = 384;

    /** Word pieces of a text that a model is told, those that mark its beginning and end among them. */
    public static final int MOST = 48;

    /** No text at all. */
    public static final TextStates NONE = new TextStates(0, new float[0]);

    /** Writes the vectors to {@code states} [.., MOST, WIDTH] and to {@code bias} [.., MOST] which of them are there. */
    public void fill(float[] states, float[] bias, int position) {
        System.arraycopy(rows, 0, states, position * MOST * WIDTH, rows.length);
        for (int i = 0; i < MOST; i++) {
            bias[position * MOST + i] = i < count ? 0 : Float.NEGATIVE_INFINITY;
        }
    }
}
