package handscroll.worker.render;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Does the work of a lease on the calling thread. One renderer serves one slot and is called by one
 * thread at a time; what slots can share (weights, the nearby context pool) they share behind it.
 */
public interface TaskRenderer extends AutoCloseable {

    /**
     * Renders tasks of one job and of one kind.
     *
     * @throws RenderFailure when a task cannot be rendered; then none of the batch counts
     */
    Rendering render(RenderSettings settings, List<Task> tasks) throws RenderFailure;

    /**
     * Renders all tasks of one lease. Here one job after the other; whoever gains by it samples the patches of all
     * jobs at once.
     *
     * @param batch tasks of one kind; several jobs only for tasks to sample, and then of equal shape
     * @throws RenderFailure when a task cannot be rendered; then none of the batch counts
     */
    default Rendering render(List<JobTasks> batch) throws RenderFailure {
        List<TaskResult> results = new ArrayList<>();
        List<Tile> tiles = new ArrayList<>();
        WorkTime work = WorkTime.NONE;
        for (JobTasks part : batch) {
            Rendering rendering = render(part.settings(), part.tasks());
            results.addAll(rendering.results());
            tiles.addAll(rendering.tiles());
            work = work.plus(rendering.work());
        }
        return new Rendering(results, tiles, work);
    }

    /** Drops the states of patches that no later patch reads. Called between renderings, by the same thread. */
    void release(JobId job, List<PatchId> patches);

    @Override
    void close();

    /**
     * @param results of the tasks whose answer is small, in their order
     * @param tiles of the tasks whose answer is pixels, in their order
     */
    record Rendering(List<TaskResult> results, List<Tile> tiles, WorkTime work) {
        public Rendering {
            results = List.copyOf(results);
            tiles = List.copyOf(tiles);
        }
    }

    /**
     * An output tile, encoded, and its pixels averaged two by two.
     *
     * @param seams as in {@link TaskResult.TileStored}
     */
    record Tile(PatchId patch, byte[] encoded, PixelBlock half, byte[] seams) {
        /** One whose seams nobody looks for. */
        public Tile(PatchId patch, byte[] encoded, PixelBlock half) {
            this(patch, encoded, half, new byte[0]);
        }
    }

    /** Says in one sentence why a batch could not be rendered. */
    final class RenderFailure extends Exception {
        private static final long serialVersionUID = 1;

        public RenderFailure(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
