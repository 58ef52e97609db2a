package handscroll.cli;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.util.List;
import java.util.Map;

/** Renders everything but one patch. */
record PoisonedRenderers(RendererFactory behind, PatchId poison) implements RendererFactory {

    @Override
    public TaskRenderer open(int slot) {
        TaskRenderer renderer = behind.open(slot);
        return new TaskRenderer() {
            @Override
            public Rendering render(RenderSettings settings, List<Task> tasks) throws RenderFailure {
                if (tasks.stream().anyMatch(task -> task.patch().equals(poison))) {
                    throw new RenderFailure("nobody can render " + poison, new IllegalStateException("poison"));
                }
                return renderer.render(settings, tasks);
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
    public String deviceClass() {
        return behind.deviceClass();
    }

    @Override
    public Map<String, String> modelHashes() {
        return behind.modelHashes();
    }
}
