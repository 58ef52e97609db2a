package handscroll.coordinator.plan;

/**
 * The context extent: how many patches to each side, upwards and downwards, and how many frames back
 * a patch may look. Which of these it sees is then a matter of the order.
 */
public record Extent(int columns, int rows, int frames) {

    /** Every patch on its own. */
    public static final Extent NONE = new Extent(0, 0, 0);

    public Extent {
        if (columns < 0 || rows < 0 || frames < 0) {
            throw new IllegalArgumentException(
                    "a context extent cannot be negative: " + columns + " x " + rows + " x " + frames);
        }
    }

    /** How many columns a patch may see, its own among them: a canvas that wraps needs as many. */
    int columnsAcross() {
        return 2 * columns + 1;
    }
}
