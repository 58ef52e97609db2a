package handscroll.bench;

import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.Extent;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Reads;
import handscroll.coordinator.plan.Stage;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.RenderingTask;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.RelativePositions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Plans for measuring the farm: patches that no model draws, and in the place of tiles a last stage of a few idle
 * tasks that wait for all patches together. When the last of them reaches a worker, every patch is in the token log.
 */
final class BenchPlans {

    /** A cell cannot wait for more others than fit into 16 bits. */
    private static final int END_CELLS_A_SIDE = 2;

    /**
     * @param tokensPerSide of a patch: its result has two bytes for each token
     * @param extent how many patches to each side a patch looks
     * @param time that a patch takes; it travels with a task as its temperature, and the number of tokens as its top-k
     */
    record Shape(
            Direction direction,
            int columns,
            int rows,
            int tokensPerSide,
            int extentColumns,
            int extentRows,
            TaskTime time) {}

    static Plan of(Shape shape) {
        int tokenCount = shape.tokensPerSide() * shape.tokensPerSide();
        ModelCard model = new ModelCard(
                BenchWorker.MODEL,
                Path.of(""),
                "none",
                new ModelCard.Patch(shape.tokensPerSide(), shape.tokensPerSide()),
                new ModelCard.Tokenizer(BenchWorker.CODES, 0, 0),
                new ModelCard.Context(
                        Math.max(1, shape.extentColumns()),
                        Math.max(1, shape.extentRows()),
                        0,
                        ContextStates.ENCODED,
                        RelativePositions.KEYS),
                1,
                new ModelCard.Learned(0.5, shape.rows() * shape.tokensPerSide()),
                new ModelCard.Sampling(1.0, 1, 0, Decoding.AUTOREGRESSIVE, 0),
                "none",
                "",
                BenchWorker.MODEL_HASH);
        JobSpec spec = JobSpec.builder(
                        "bench",
                        RenderingTask.UNCONDITIONAL,
                        new Canvas(shape.columns() * shape.tokensPerSide(), shape.rows() * shape.tokensPerSide(), 1),
                        model.name(),
                        JobSpec.Output.to("", JobSpec.TileEncoding.JPEG, 90))
                .direction(shape.direction().configName())
                .seed(shape.time().seed())
                .sampling(JobSpec.Sampling.AS_THE_MODEL_SAYS
                        .withTemperature(shape.time().meanMillis())
                        .withTopK(tokenCount))
                .build();
        Plan plan = Planner.plan(spec, model, Optional.empty());
        int side = Math.max(shape.columns(), shape.rows());
        int endCells = Math.min(side, END_CELLS_A_SIDE);
        int endPixels = (side + endCells - 1) / endCells * shape.tokensPerSide();
        Grid end = spec.canvas().cutInto(endPixels);
        Stage last = new Stage("end", Stage.Operator.IDLE, end, endPixels, List.of(new Reads.Upstream(0, 0)));
        Stage planned = plan.graph().stage(0);
        // A row alone is no order that anybody renders, and the planner refuses it; it is what shows a single step's
        // cost.
        Extent extent = new Extent(shape.extentColumns(), shape.extentRows(), 0);
        Stage sample = new Stage(
                planned.name(),
                planned.operator(),
                planned.grid(),
                planned.cellPixels(),
                List.of(new Reads.Itself(extent, planned.order().orElseThrow())));
        return new Plan(
                spec,
                model,
                new PatchGraph(List.of(sample, last)),
                plan.layoutFactor(),
                plan.direction(),
                plan.directionReason(),
                plan.given(),
                plan.axis(),
                plan.wavefronts(),
                plan.nearSlots(),
                plan.farSlots());
    }

    private BenchPlans() {}
}
