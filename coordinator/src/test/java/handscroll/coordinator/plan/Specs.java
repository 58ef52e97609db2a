package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.RenderingTask;
import handscroll.protocol.model.ModelCard;
import java.nio.file.Path;
import java.util.Optional;

/** Job specs and a model to plan with: patches of 64 pixels and 8 x 8 tokens, margins of 5 tokens and 16 pixels. */
public final class Specs {

    public static final ModelCard MODEL = new ModelCard(
            "starry-night",
            Path.of("models/starry-night"),
            "ar-over-ar",
            64,
            8,
            512,
            2,
            2,
            0,
            5,
            16,
            0.6,
            512,
            1.0,
            256,
            "CC0",
            "hash");

    public static JobSpec unconditional(int width, int height, String direction) {
        return spec(RenderingTask.UNCONDITIONAL, width, height, Optional.empty(), direction);
    }

    public static JobSpec extension(int width, int height, int x, int y, String direction) {
        return spec(
                RenderingTask.EXTENSION,
                width,
                height,
                Optional.of(new JobSpec.Input("/pictures/night.jpg", x, y)),
                direction);
    }

    private static JobSpec spec(
            RenderingTask task, int width, int height, Optional<JobSpec.Input> input, String direction) {
        return new JobSpec(
                "sky",
                task,
                new Canvas(width, height, 1),
                "starry-night",
                input,
                direction,
                7,
                JobSpec.Sampling.AS_THE_MODEL_SAYS,
                JobSpec.Context.FULL,
                new JobSpec.Output("/out/sky", JobSpec.TileEncoding.JPEG, 90));
    }

    private Specs() {}
}
