package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.RenderSettings;
import java.util.Optional;

/**
 * Everything that is decided about a job before its first patch: a pure function of the spec, the
 * model and the size of the input picture, so a restarted coordinator makes the same plan again.
 *
 * @param graph stage {@link #SAMPLE} makes tokens, stage {@link #DECODE} output tiles of them
 * @param directionReason why this direction, in words for the user
 * @param given cells whose tokens come from the input picture
 * @param nearSlots patches at distance 1 that fit into a patch's context, see {@link RenderSettings}
 * @param farSlots those further away
 */
public record Plan(
        JobSpec spec,
        ModelCard model,
        PatchGraph graph,
        Direction direction,
        String directionReason,
        Optional<Region> given,
        VerticalAxis axis,
        Wavefronts wavefronts,
        int nearSlots,
        int farSlots) {

    public static final int SAMPLE = 0;
    public static final int DECODE = 1;

    /** Side of an output tile; what Deep Zoom viewers expect. */
    public static final int TILE_PIXELS = 256;

    public Grid sampleGrid() {
        return graph.stage(SAMPLE).grid();
    }

    public Grid tileGrid() {
        return graph.stage(DECODE).grid();
    }

    public int criticalPath() {
        return wavefronts.criticalPath();
    }

    public int widestWavefront() {
        return wavefronts.widestWavefront();
    }

    public int poolPeak() {
        return wavefronts.poolPeak();
    }

    public double temperature() {
        return spec.sampling().temperature().orElse(model.temperature());
    }

    public int topK() {
        return spec.sampling().topK().orElse(model.topK());
    }

    /** What all tasks of this job have in common. */
    public RenderSettings renderSettings(JobId job) {
        return new RenderSettings(
                job,
                model.name(),
                model.hash(),
                spec.seed(),
                temperature(),
                topK(),
                sampleGrid().columns(),
                sampleGrid().rows(),
                nearSlots,
                farSlots,
                spec.output().tiles(),
                spec.output().quality());
    }
}
