package handscroll.cli;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.util.List;
import java.util.Map;

/** Renderers that do something else with a batch than those behind them, and are like them in all other ways. */
interface RenderersAround extends RendererFactory {

    RendererFactory behind();

    TaskRenderer.Rendering render(TaskRenderer renderer, RenderSettings settings, List<Task> tasks)
            throws TaskRenderer.RenderFailure;

    @Override
    default TaskRenderer open(int slot) {
        TaskRenderer renderer = behind().open(slot);
        return new TaskRenderer() {
            @Override
            public Rendering render(RenderSettings settings, List<Task> tasks) throws RenderFailure {
                return RenderersAround.this.render(renderer, settings, tasks);
            }

            @Override
            public void release(JobId job, List<PatchId> patches) {
                renderer.release(job, patches);
            }

            @Override
            public void close() {
                renderer.close();
            }
        };
    }

    @Override
    default String deviceClass() {
        return behind().deviceClass();
    }

    @Override
    default Map<String, String> modelHashes() {
        return behind().modelHashes();
    }
}
