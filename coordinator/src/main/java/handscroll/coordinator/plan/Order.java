package handscroll.coordinator.plan;

import java.util.function.IntConsumer;

/**
 * A strict order of the cells of one grid: the answer of the direction controller. A cell sees those
 * cells of its context extent that rank before it, whatever was in fact finished first; an order may
 * show it fewer.
 *
 * <p>Given cells are known before anything is rendered and see nothing. They rank before all others,
 * except in an order that leads away from them, see {@link Direction#leadsAwayFrom}. Frames follow each
 * other: every cell of a frame ranks after every cell of the frame before.
 */
public interface Order {

    /** Ranks are distinct, and not always without gaps. */
    long rank(int column, int row, int frame);

    /**
     * Whether a cell's context holds a cell that is within its extent and ranks before it. Asked for
     * every pair of neighbours.
     */
    default boolean sees(int column, int row, int frame, int earlierColumn, int earlierRow, int earlierFrame) {
        return true;
    }

    /**
     * Grows with the number of cells that must be rendered one after the other before this one can:
     * cells of small depth have the longest path still ahead of them and are rendered first. A hint,
     * cheap enough to be asked for every cell. Where nothing is given it is greater than that of every
     * cell that this one sees.
     */
    long depth(int column, int row, int frame);

    /** Whether this cell is known from the start. */
    boolean isGiven(int column, int row, int frame);

    /** Visits the index of every cell by ascending rank. */
    void forEach(IntConsumer visitor);
}
