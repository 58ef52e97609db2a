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
        return equals(other);
    }

    /** The tokens of an encoded or sampled patch, row by row. */
    record Tokens(PatchId patch, short[] tokens) implements TaskResult {}

    /** A decoded tile that the output has taken and made durable. */
    record TileStored(PatchId patch) implements TaskResult {}

    /** What an idle task answers with. */
    record Nothing(PatchId patch, byte[] payload) implements TaskResult {}
}
