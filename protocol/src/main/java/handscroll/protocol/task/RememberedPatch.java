package handscroll.protocol.task;

/**
 * A rendered patch whose states a recurrent model needs: they hold something of what it saw itself, so a
 * worker that lacks them makes them anew from its tokens and from the states of those that it saw.
 *
 * <p>How far states remember is fixed by geometry: the canvas is cut into blocks as large as a lesson, and what
 * a patch saw beyond its own block its states do not hold. Else whoever lacks states had to go back to the first
 * patch of the canvas, and a model would be asked to remember further than it ever learned to.
 *
 * @param columnOffset place relative to the reader, in patches, with {@code rowOffset} and {@code frameOffset}
 * @param tokens row by row
 * @param topPosition where it begins on the model's vertical axis
 * @param bottomPosition where it ends there
 * @param seen the patches of its block that it saw, by their positions in the list that this one stands in; all
 *     stand before it
 */
public record RememberedPatch(
        int columnOffset,
        int rowOffset,
        int frameOffset,
        short[] tokens,
        double topPosition,
        double bottomPosition,
        short[] seen) {

    /** Width in patches of the blocks that states remember: what the largest lesson has. */
    public static final int BLOCK_COLUMNS = 6;

    /** Their height. */
    public static final int BLOCK_ROWS = 5;

    /** Whether the states of one patch of a frame may hold something of another, of the same frame, that it saw. */
    public static boolean shareABlock(int column, int row, int otherColumn, int otherRow) {
        return column / BLOCK_COLUMNS == otherColumn / BLOCK_COLUMNS && row / BLOCK_ROWS == otherRow / BLOCK_ROWS;
    }
}
