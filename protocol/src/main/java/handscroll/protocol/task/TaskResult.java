package handscroll.protocol.task;

import handscroll.protocol.canvas.PatchId;
import java.util.Arrays;

/** What a task came to. Tokens travel with the lease; the pixels of a tile go their own way as a stream. */
public sealed interface TaskResult {

    PatchId patch();

    /** Whether another worker made the same bits. */
    default boolean isSameAs(TaskResult other) {
        if (this instanceof Tokens one && other instanceof Tokens two) {
            return one.patch.equals(two.patch) && Arrays.equals(one.tokens, two.tokens);
        }
        if (this instanceof Nothing one && other instanceof Nothing two) {
            return one.patch.equals(two.patch) && Arrays.equals(one.payload, two.payload);
        }
        if (this instanceof TileStored one && other instanceof TileStored two) {
            return one.patch.equals(two.patch) && Arrays.equals(one.seams, two.seams);
        }
        return equals(other);
    }

    /** The tokens of an encoded or sampled patch, row by row. */
    record Tokens(PatchId patch, short[] tokens) implements TaskResult {}

    /**
     * A decoded tile that the output has taken and made durable.
     *
     * @param seams how well its patches fit to each other, a byte for each, row by row: 128 + 32 log2(score), where a score
     *     of 1 is no seam; 0 for an unknown one. Empty when nobody looked
     */
    record TileStored(PatchId patch, byte[] seams) implements TaskResult {
        public TileStored(PatchId patch) {
            this(patch, new byte[0]);
        }
    }

    /** What an idle task answers with. */
    record Nothing(PatchId patch, byte[] payload) implements TaskResult {}
}
