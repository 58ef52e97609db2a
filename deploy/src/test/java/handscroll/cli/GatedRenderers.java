package handscroll.cli;

import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Renders nothing until a gate is opened: a worker in the middle of a batch for as long as a test needs it. */
record GatedRenderers(RendererFactory behind, CountDownLatch gate) implements RenderersAround {

    @Override
    public TaskRenderer.Rendering render(TaskRenderer renderer, RenderSettings settings, List<Task> tasks)
            throws TaskRenderer.RenderFailure {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TaskRenderer.RenderFailure("interrupted at the gate", e);
        }
        return renderer.render(settings, tasks);
    }
}
