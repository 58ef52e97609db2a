package handscroll.coordinator.job;

import handscroll.coordinator.plan.PatchGraph;
import java.util.function.Consumer;

/**
 * Tokens of rendered patches that somebody will read, by stage and cell. What is held lies together, in a front that moves
 * over the canvas: a page for some cells is there as long as one of them is held, and a patch with four to read finds them
 * without a look at a hash. Takes a reference and a byte for every {@link #PAGE} cells of the canvas, and 4 bytes for each of
 * a page.
 */
final class HeldTokens {

    private static final int PAGE_BITS = 6;

    private static final int PAGE = 1 << PAGE_BITS;

    private final Pages[] stages;
    private int size;

    private static final class Pages {
        final short[][][] pages;
        final byte[] counts;

        Pages(int cellCount) {
            int pageCount = (int) (((long) cellCount + PAGE - 1) >> PAGE_BITS);
            this.pages = new short[pageCount][][];
            this.counts = new byte[pageCount];
        }
    }

    HeldTokens(PatchGraph graph) {
        this.stages = new Pages[graph.stages().size()];
        for (int stage = 0; stage < stages.length; stage++) {
            // Nothing of a stage that nobody reads is ever held.
            stages[stage] = new Pages(graph.isRead(stage) ? graph.cellCount(stage) : 0);
        }
    }

    void put(int stage, int cell, short[] tokens) {
        Pages held = stages[stage];
        int number = cell >> PAGE_BITS;
        short[][] page = held.pages[number];
        if (page == null) {
            page = held.pages[number] = new short[PAGE][];
        }
        if (page[cell & PAGE - 1] == null) {
            held.counts[number]++;
            size++;
        }
        page[cell & PAGE - 1] = tokens;
    }

    /** @return whether they were held */
    boolean remove(int stage, int cell) {
        if (!holds(stage, cell)) {
            return false;
        }
        Pages held = stages[stage];
        int number = cell >> PAGE_BITS;
        held.pages[number][cell & PAGE - 1] = null;
        size--;
        if (--held.counts[number] == 0) {
            held.pages[number] = null;
        }
        return true;
    }

    private boolean holds(int stage, int cell) {
        Pages held = stages[stage];
        int number = cell >> PAGE_BITS;
        return number < held.pages.length && held.counts[number] > 0 && held.pages[number][cell & PAGE - 1] != null;
    }

    /** @throws IllegalStateException if they are not held */
    short[] get(int stage, int cell) {
        if (!holds(stage, cell)) {
            throw new IllegalStateException(
                    "the tokens of cell " + cell + " of stage " + stage + " were released before their last reader");
        }
        return stages[stage].pages[cell >> PAGE_BITS][cell & PAGE - 1];
    }

    void forEach(int stage, Consumer<short[]> visitor) {
        for (short[][] page : stages[stage].pages) {
            if (page != null) {
                for (short[] tokens : page) {
                    if (tokens != null) {
                        visitor.accept(tokens);
                    }
                }
            }
        }
    }

    /** Patches whose tokens are held. */
    int size() {
        return size;
    }
}
