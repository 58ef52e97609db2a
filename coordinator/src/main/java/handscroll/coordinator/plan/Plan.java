package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.RenderSettings;
import java.util.Optional;

/**
 * Everything that is decided about a job before its first patch: a pure function of the spec, the
 * model and the size of the input picture, so a restarted coordinator makes the same plan again.
 *
 * @param graph its stages are layout (on tall canvases), sample and decode: {@code sample} draws patches,
 *     over the layout if there is one, and {@code decode} makes output tiles of them
 * @param layoutFactor how many times smaller the layout is; 1 without a layout
 * @param directionReason why this direction, in words for the user
 * @param given cells whose tokens come from the input picture
 * @param nearSlots patches at distance 1 that fit into a patch's context, see {@link RenderSettings}
 * @param farSlots those further away
 */
public record Plan(
        JobSpec spec,
        ModelCard model,
        PatchGraph graph,
        int layoutFactor,
        Direction direction,
        String directionReason,
        Optional<Region> given,
        VerticalAxis axis,
        Wavefronts wavefronts,
        int nearSlots,
        int farSlots) {

    /** Side of an output tile; what Deep Zoom viewers expect. */
    public static final int TILE_PIXELS = 256;

    /**
     * Whether patches are drawn over a layout: the whole canvas, sampled first at a fraction of its size,
     * where a patch sees enough of the picture to know how large things are.
     */
    public boolean hasLayout() {
        return layoutFactor > 1;
    }

    /** The stage that draws the canvas's own patches. */
    public int sampleStage() {
        return sampleStage(layoutFactor);
    }

    static int sampleStage(int layoutFactor) {
        return layoutFactor > 1 ? 1 : 0;
    }

    /** The stage that makes output tiles. */
    public int decodeStage() {
        return sampleStage() + 1;
    }

    public Grid sampleGrid() {
        return graph.stage(sampleStage()).grid();
    }

    public Grid tileGrid() {
        return graph.stage(decodeStage()).grid();
    }

    /** Patches of all stages that make tokens. */
    public int patchCount() {
        int count = 0;
        for (int stage = 0; stage <= sampleStage(); stage++) {
            count += graph.cellCount(stage);
        }
        return count;
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

    /** How tokens are drawn: as the job says, and where it says nothing, as the model does. */
    public RenderSettings.Sampling sampling() {
        JobSpec.Sampling asked = spec.sampling();
        boolean inRounds = model.sampling().decoding() == Decoding.PARALLEL;
        return new RenderSettings.Sampling(
                asked.temperature().orElse(model.sampling().temperature()),
                asked.topK().orElse(model.sampling().topK()),
                asked.minP().orElse(model.sampling().minP()),
                inRounds ? asked.rounds().orElse(model.sampling().rounds()) : 0,
                asked.lag().orElse(0),
                spec.texts().isEmpty() ? 1 : asked.guidance().orElse(Telling.DEFAULT_GUIDANCE));
    }

    /** What all tasks of this job have in common. */
    public RenderSettings renderSettings(JobId job) {
        return new RenderSettings(
                job,
                model.name(),
                model.hash(),
                spec.seed(),
                sampling(),
                sampleGrid().columns(),
                sampleGrid().rows(),
                nearSlots,
                farSlots,
                spec.output().tiles(),
                spec.output().quality(),
                Telling.of(spec).all());
    }
}
