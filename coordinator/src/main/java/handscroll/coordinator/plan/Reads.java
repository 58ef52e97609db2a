package handscroll.coordinator.plan;

/** What the cells of a stage read. */
public sealed interface Reads {

    /** Those cells of the same stage within the extent that the order puts before the reader and lets it see. */
    record Itself(Extent extent, Order order) implements Reads {}

    /**
     * Those cells of the same stage that the states of what {@link Itself} names remember: whoever lacks those
     * states makes them from these cells' tokens. Waits for nothing more, because each of them comes before a cell
     * that is read anyway.
     */
    record Remembered() implements Reads {}

    /**
     * All cells of an earlier stage, in the same frame and so many before it, that meet the reader's rectangle grown by the
     * margin.
     */
    record Upstream(int stage, int marginPixels, int framesBefore) implements Reads {
        public Upstream {
            if (marginPixels < 0 || framesBefore < 0) {
                throw new IllegalArgumentException(
                        "a margin of " + marginPixels + " pixels and " + framesBefore + " frames");
            }
        }

        /** What meets the reader in its own frame. */
        public Upstream(int stage, int marginPixels) {
            this(stage, marginPixels, 0);
        }
    }
}
