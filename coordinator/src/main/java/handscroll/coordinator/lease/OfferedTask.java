package handscroll.coordinator.lease;

import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.Task;

/**
 * A task that is ready to be rendered, and its place in the order.
 *
 * @param priority of two ready tasks the one with the lower number is granted first
 */
public record OfferedTask(Task task, long priority) {

    private static final int FRAME_BYTES = 64;

    /** Roughly what the task, or its answer where that is larger, adds to a message. */
    int messageBytes() {
        return bytes(task);
    }

    private static int bytes(Task task) {
        if (task instanceof Task.Encode encode) {
            return FRAME_BYTES + encode.window().rgb().length;
        }
        if (task instanceof Task.Sample sample) {
            int bytes = FRAME_BYTES;
            for (ContextPatch patch : sample.context()) {
                bytes += FRAME_BYTES / 4 + 2 * patch.tokens().length;
            }
            for (RememberedPatch patch : sample.memory()) {
                bytes += FRAME_BYTES / 2 + 2 * patch.tokens().length + 2 * patch.seen().length;
            }
            return bytes;
        }
        if (task instanceof Task.Fill fill) {
            return bytes(fill.sample()) + fill.window().rgb().length;
        }
        if (task instanceof Task.Decode decode) {
            return FRAME_BYTES
                    + 2 * decode.window().tokens().length * (1 + decode.before().size())
                    + decode.known().pixels().rgb().length;
        }
        if (task instanceof Task.Idle idle) {
            return FRAME_BYTES + idle.resultBytes();
        }
        throw new IllegalStateException("a task of an unknown kind: " + task.getClass());
    }
}
