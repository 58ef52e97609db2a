package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.RenderingTask;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.RelativePositions;
import java.nio.file.Path;
import java.util.Optional;

/** Job specs and a model to plan with: patches of 64 pixels and 8 x 8 tokens, margins of 5 tokens and 16 pixels. */
public final class Specs {

    public static final ModelCard MODEL = model(1);

    /** The same, able to draw over a layout a quarter of the canvas's size. */
    public static final ModelCard MODEL_OF_LAYOUTS = model(4);

    /** The same, whose states remember what patches saw. */
    public static final ModelCard RECURRENT_MODEL = model(1, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE);

    /** The same, that draws a patch in rounds. */
    public static final ModelCard PARALLEL_MODEL = model(1, ContextStates.ENCODED, Decoding.PARALLEL);

    /** One of videos, whose decoder looks two frames back. */
    public static final ModelCard VIDEO_MODEL = lookingBack(model(1, 1, 1, 3), 2);

    private static ModelCard lookingBack(ModelCard model, int framesBefore) {
        ModelCard.Tokenizer forItself = model.tokenizer();
        return new ModelCard(
                model.name(),
                model.directory(),
                model.family(),
                model.patch(),
                new ModelCard.Tokenizer(
                        forItself.codes(),
                        forItself.decodeMarginTokens(),
                        forItself.encodeMarginPixels(),
                        framesBefore),
                model.context(),
                model.layoutFactor(),
                model.learned(),
                model.sampling(),
                model.licence(),
                model.textEncoder(),
                model.hash());
    }

    private static ModelCard model(int layoutFactor) {
        return model(layoutFactor, 2, 2, 0);
    }

    private static ModelCard model(int layoutFactor, ContextStates states, Decoding decoding) {
        return model(layoutFactor, 2, 2, 0, states, decoding);
    }

    private static ModelCard model(int layoutFactor, int contextColumns, int contextRows, int contextFrames) {
        return model(
                layoutFactor,
                contextColumns,
                contextRows,
                contextFrames,
                ContextStates.ENCODED,
                Decoding.AUTOREGRESSIVE);
    }

    private static ModelCard model(
            int layoutFactor,
            int contextColumns,
            int contextRows,
            int contextFrames,
            ContextStates states,
            Decoding decoding) {
        return new ModelCard(
                "starry-night",
                Path.of("models/starry-night"),
                "ar-over-ar",
                new ModelCard.Patch(64, 8),
                new ModelCard.Tokenizer(512, 5, 16),
                new ModelCard.Context(contextColumns, contextRows, contextFrames, states, RelativePositions.KEYS),
                layoutFactor,
                new ModelCard.Learned(0.6, 512),
                new ModelCard.Sampling(1.0, 256, 0, decoding, decoding == Decoding.PARALLEL ? 10 : 0),
                "CC0",
                "",
                "hash");
    }

    /** The same job, each patch blind to all others. */
    public static JobSpec withoutContext(JobSpec spec) {
        return spec.toBuilder().context(JobSpec.Context.NONE).build();
    }

    /** The same job on another canvas. */
    public static JobSpec on(Canvas canvas, JobSpec spec) {
        return spec.toBuilder().canvas(canvas).build();
    }

    /** The same job 360 degrees round. */
    public static JobSpec wrapped(JobSpec spec) {
        return on(new Canvas(spec.canvas().widthPixels(), spec.canvas().heightPixels(), 1, true), spec);
    }

    /** The same model, trained to look this far. */
    public static ModelCard looking(int columns, int rows, int frames) {
        return model(1, columns, rows, frames);
    }

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
        return JobSpec.builder(
                        "sky",
                        task,
                        new Canvas(width, height, 1),
                        "starry-night",
                        JobSpec.Output.to("/out/sky", JobSpec.TileEncoding.JPEG, 90))
                .input(input)
                .direction(direction)
                .seed(7)
                .build();
    }

    private Specs() {}
}
