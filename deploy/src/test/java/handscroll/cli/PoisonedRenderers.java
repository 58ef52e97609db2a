package handscroll.cli;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.util.List;

/** Renders everything but one patch. */
record PoisonedRenderers(RendererFactory behind, PatchId poison) implements RenderersAround {

    @Override
    public TaskRenderer.Rendering render(TaskRenderer renderer, RenderSettings settings, List<Task> tasks)
            throws TaskRenderer.RenderFailure {
        if (tasks.stream().anyMatch(task -> task.patch().equals(poison))) {
            throw new TaskRenderer.RenderFailure("nobody can render " + poison, new IllegalStateException("poison"));
        }
        return renderer.render(settings, tasks);
    }
}
