package handscroll.cli;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Renders nothing until a gate is opened: a worker in the middle of a batch for as long as a test needs it. */
record GatedRenderers(RendererFactory behind, CountDownLatch gate) implements RendererFactory {

    @Override
    public TaskRenderer open(int slot) {
        TaskRenderer renderer = behind.open(slot);
        return new TaskRenderer() {
            @Override
            public Rendering render(RenderSettings settings, List<Task> tasks) throws RenderFailure {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new RenderFailure("interrupted at the gate", e);
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
