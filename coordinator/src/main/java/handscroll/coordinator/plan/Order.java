package handscroll.coordinator.plan;

import java.util.function.IntConsumer;

/**
 * A strict order of the cells of one grid: the answer of the direction controller. A cell sees those
 * cells of its context extent that rank before it, whatever was in fact finished first.
 *
 * <p>Given cells are known before anything is rendered and see nothing. They rank before all others,
 * except in a sweep that leads away from them, see {@link Direction#leadsAwayFrom}. Frames follow each
 * other: every cell of a frame ranks after every cell of the frame before.
 */
public interface Order {

    /** Ranks are distinct, and not always without gaps. */
    long rank(int column, int row, int frame);

    /**
     * About how many cells must be rendered one after the other before this one can: cells of small
     * depth have the longest path still ahead of them and are rendered first. A hint, cheap enough to
     * be asked for every cell, exact where nothing is given.
     */
    long depth(int column, int row, int frame);

    /** Whether this cell is known from the start. */
    boolean isGiven(int column, int row, int frame);

    /** Visits the index of every cell by ascending rank. */
    void forEach(IntConsumer visitor);
}
