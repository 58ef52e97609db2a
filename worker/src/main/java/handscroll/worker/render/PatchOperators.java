package handscroll.worker.render;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import java.util.List;

/**
 * The mathematics of one model on one slot's device. Called by one thread at a time.
 *
 * <p>What comes out for a task depends on the task, the settings, the model and the device class alone:
 * never on the other tasks of the batch or on what was rendered before.
 */
public interface PatchOperators extends AutoCloseable {

    /** The side of a patch. */
    int patchPixels();

    /** A patch of some job. */
    record Patch(RenderSettings settings, Task.Sample task) {}

    /**
     * Draws patches in one batch; their jobs' settings have the same {@link RenderSettings#shape shape}.
     *
     * @return the tokens of each, row by row, in their order
     */
    List<short[]> sample(List<Patch> patches);

    /** The tokens of patches of one job. */
    default List<short[]> sample(RenderSettings settings, List<Task.Sample> tasks) {
        return sample(tasks.stream().map(task -> new Patch(settings, task)).toList());
    }

    /** Draws the rest of patches of which some tokens are known; those stay as {@link #encode} makes them. */
    List<short[]> fill(RenderSettings settings, List<Task.Fill> tasks);

    /** The tokens of a window of pixels without its margin, row by row. */
    short[] encode(PixelBlock window);

    /**
     * The pixels of a window of tokens without its margin.
     *
     * @param before the same window of the frames before, backwards; the earliest stands in for those before it that a
     *     model looks at
     */
    PixelBlock decode(TokenBlock window, List<TokenBlock> before);

    /** The pixels of a window of a picture, or of the first frame of a video. */
    default PixelBlock decode(TokenBlock window) {
        return decode(window, List.of());
    }

    /** Forgets what was kept of patches that no later patch reads. */
    void release(JobId job, List<PatchId> patches);

    /** States of context patches that samples found in the pool, and had to make, since this was last asked. */
    default StateUse takeStateUse() {
        return StateUse.NONE;
    }

    /** How the nearby context pool served. */
    record StateUse(long found, long made) {
        public static final StateUse NONE = new StateUse(0, 0);
    }

    @Override
    void close();
}
