package handscroll.worker.render;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.tile.TileCodec;
import handscroll.worker.seam.TileSeams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Turns the tasks of a lease into results: the model's mathematics first, then the encoding of tiles. */
public final class PatchRenderer implements TaskRenderer {

    private final PatchOperators operators;

    public PatchRenderer(PatchOperators operators) {
        this.operators = operators;
    }

    @Override
    public Rendering render(RenderSettings settings, List<Task> tasks) throws RenderFailure {
        return render(List.of(new JobTasks(settings, tasks)));
    }

    @Override
    public Rendering render(List<JobTasks> batch) throws RenderFailure {
        try {
            return dispatch(batch);
        } catch (IllegalArgumentException e) {
            throw new RenderFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private Rendering dispatch(List<JobTasks> batch) {
        List<TaskResult> results = new ArrayList<>();
        List<Tile> tiles = new ArrayList<>();
        List<PatchOperators.Patch> patches = new ArrayList<>();
        WorkTime work = WorkTime.NONE;
        for (JobTasks part : batch) {
            work = work.plus(renderOfOneJob(part, results, tiles, patches));
        }
        long start = System.nanoTime();
        if (!patches.isEmpty()) {
            List<short[]> tokens = operators.sample(patches);
            answer(patches.stream().map(PatchOperators.Patch::task).toList(), tokens, results);
        }
        PatchOperators.StateUse states = operators.takeStateUse();
        work = work.plus(new WorkTime(since(start), Duration.ZERO, Duration.ZERO, states.found(), states.made()));
        return new Rendering(results, tiles, work);
    }

    /** @param patches gets those that are sampled with those of all jobs */
    private WorkTime renderOfOneJob(
            JobTasks part, List<TaskResult> results, List<Tile> tiles, List<PatchOperators.Patch> patches) {
        List<Task.Fill> fills = new ArrayList<>();
        WorkTime work = WorkTime.NONE;
        for (Task task : part.tasks()) {
            if (task instanceof Task.Sample sample) {
                patches.add(new PatchOperators.Patch(part.settings(), sample));
            } else if (task instanceof Task.Encode encode) {
                long begin = System.nanoTime();
                results.add(new TaskResult.Tokens(encode.patch(), operators.encode(encode.window())));
                work = work.plus(new WorkTime(since(begin), Duration.ZERO, Duration.ZERO));
            } else if (task instanceof Task.Fill fill) {
                fills.add(fill);
            } else if (task instanceof Task.Decode decode) {
                work = work.plus(decode(part.settings(), decode, tiles));
            } else if (task instanceof Task.Idle idle) {
                results.add(new TaskResult.Nothing(idle.patch(), new byte[idle.resultBytes()]));
            }
        }
        if (!fills.isEmpty()) {
            long begin = System.nanoTime();
            answer(fills, operators.fill(part.settings(), fills), results);
            work = work.plus(new WorkTime(since(begin), Duration.ZERO, Duration.ZERO));
        }
        return work;
    }

    private static void answer(List<? extends Task> tasks, List<short[]> tokens, List<TaskResult> results) {
        for (int i = 0; i < tasks.size(); i++) {
            results.add(new TaskResult.Tokens(tasks.get(i).patch(), tokens.get(i)));
        }
    }

    private WorkTime decode(RenderSettings settings, Task.Decode task, List<Tile> tiles) {
        long start = System.nanoTime();
        PixelBlock pixels = (task.isKnown()
                        ? new TilePixels(task.known().pixels())
                        : new TilePixels(operators.decode(task.window(), task.before()))
                                .clippedTo(task.widthPixels(), task.heightPixels())
                                .with(task.known()))
                .block();
        Duration decoding = since(start);
        start = System.nanoTime();
        byte[] encoded = new TileCodec(settings.tiles(), settings.quality()).encode(pixels);
        // What was given has no seams of ours.
        byte[] seams = task.isKnown() ? new byte[0] : TileSeams.of(pixels, operators.patchPixels());
        tiles.add(new Tile(task.patch(), encoded, TileCodec.half(pixels), seams));
        return new WorkTime(Duration.ZERO, decoding, since(start));
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public void release(JobId job, List<PatchId> patches) {
        operators.release(job, patches);
    }

    @Override
    public void close() {
        operators.close();
    }
}
