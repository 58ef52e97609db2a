package handscroll.coordinator.farmsim;

import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Specs;
import handscroll.coordinator.plan.TaskBuilder;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.PixelBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** A small canvas, and what comes of it when nothing ever fails. */
final class SimulatedCanvas {

    /**
     * What is rendered where nothing fails.
     *
     * @param tokens by stage and cell
     * @param tiles what they look like
     */
    record Undisturbed(List<short[][]> tokens, long[] tiles) {}

    private record Whose(JobId job, String deviceClass) {}

    final Plan plan;
    final Optional<Picture> picture;
    private final Map<Whose, Undisturbed> undisturbed = new HashMap<>();

    private SimulatedCanvas(JobSpec spec, ModelCard model, Optional<Picture> picture) {
        this.plan = Planner.plan(spec, model, picture.map(Picture::size));
        this.picture = picture;
    }

    /** One of each kind of plan. */
    static List<SimulatedCanvas> all() {
        List<SimulatedCanvas> all = new ArrayList<>();
        for (String direction : List.of("omega", "zeta", "colours", "coarse-to-fine")) {
            all.add(new SimulatedCanvas(Specs.unconditional(512, 320, direction), Specs.MODEL, Optional.empty()));
        }
        all.add(new SimulatedCanvas(Specs.unconditional(256, 768, "zeta"), Specs.MODEL_OF_LAYOUTS, Optional.empty()));
        byte[] pixels = new byte[3 * 140 * 140];
        new Random(1).nextBytes(pixels);
        all.add(new SimulatedCanvas(
                Specs.extension(512, 320, 190, 64, "outward"),
                Specs.MODEL,
                Optional.of(Picture.of(new PixelBlock(140, 140, pixels)))));
        return all;
    }

    /** So large that a batch is a small part of it. */
    static SimulatedCanvas scroll() {
        return new SimulatedCanvas(Specs.unconditional(2560, 320, "colours"), Specs.MODEL, Optional.empty());
    }

    int tokensPerPatch() {
        return plan.model().tokensPerSide() * plan.model().tokensPerSide();
    }

    /** Rendered cell by cell in the order of ranks, with nothing of the farm but plan and tasks. */
    Undisturbed undisturbed(JobId job, String deviceClass) {
        return undisturbed.computeIfAbsent(new Whose(job, deviceClass), whose -> {
            PatchGraph graph = plan.graph();
            List<short[][]> tokens = new ArrayList<>();
            var tasks = new TaskBuilder(plan, (stage, index) -> tokens.get(stage)[index], picture);
            for (int at = 0; at <= plan.sampleStage(); at++) {
                int stage = at;
                tokens.add(new short[graph.cellCount(stage)][]);
                graph.stage(stage)
                        .order()
                        .orElseThrow()
                        .forEach(index -> tokens.get(stage)[index] = HashingRenderer.tokens(
                                job,
                                tasks.task(stage, index),
                                deviceClass,
                                tokensPerPatch(),
                                plan.model().codes()));
            }
            int decode = plan.decodeStage();
            long[] tiles = IntStream.range(0, graph.cellCount(decode))
                    .mapToLong(index -> HashingRenderer.content(job, tasks.task(decode, index), deviceClass))
                    .toArray();
            return new Undisturbed(tokens, tiles);
        });
    }

    @Override
    public String toString() {
        return plan.direction().configName() + (plan.hasLayout() ? " over a layout" : "");
    }
}
