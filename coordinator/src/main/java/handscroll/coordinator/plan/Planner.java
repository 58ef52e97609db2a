package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Turns a job spec into a plan, or says everything that keeps it from being one. */
public final class Planner {

    /** How much lower than the learned picture a layout may be: of a lower one the model would know too little. */
    private static final double LEAST_LAYOUT_SHARE = 0.75;

    private final JobSpec spec;
    private final ModelCard model;
    private final int layoutFactor;
    private final PlanChecks checks;

    private Planner(JobSpec spec, ModelCard model) {
        this.spec = spec;
        this.model = model;
        this.layoutFactor = needsLayout() ? model.layoutFactor() : 1;
        this.checks = new PlanChecks(spec, model, layoutFactor, extent());
    }

    /**
     * A canvas so tall that its layout is no lower than the smallest picture the model learned from is drawn
     * over a layout. One that extends a picture is as large as that picture says and needs none, and the
     * control whose patches see nothing shall see no layout either.
     */
    private boolean needsLayout() {
        double layoutHeight = (double) canvas().heightPixels() / model.layoutFactor();
        return model.layoutFactor() > 1
                && spec.input().isEmpty()
                && spec.context() == JobSpec.Context.FULL
                && layoutHeight >= LEAST_LAYOUT_SHARE * model.learned().heightPixels();
    }

    /**
     * Plans a job. Looks at every patch a few times: milliseconds for most canvases, seconds for one
     * of ten million patches.
     *
     * @param picture size of the input picture, present exactly when the spec has one
     * @throws Refusal with every problem
     */
    public static Plan plan(JobSpec spec, ModelCard model, Optional<PictureSize> picture) {
        return plan(spec, model, picture, Long.MAX_VALUE);
    }

    /**
     * The same, for a process that has only so much memory.
     *
     * @param heapBytes of the process; canvases whose cells would take most of it are refused
     */
    public static Plan plan(JobSpec spec, ModelCard model, Optional<PictureSize> picture, long heapBytes) {
        return new Planner(spec, model).plan(picture, heapBytes);
    }

    /** The same job in every direction that the model serves, for a user who wants to choose. */
    public static Map<Direction, Plan> everyDirection(Plan plan) {
        Map<Direction, Plan> every = new EnumMap<>(Direction.class);
        var planner = new Planner(plan.spec(), plan.model());
        for (Direction direction : Direction.values()) {
            if (direction == plan.direction()) {
                every.put(direction, plan);
            } else if (planner.checks.reaches(direction.leastExtent())
                    && (!direction.needsPicture() || plan.given().isPresent())) {
                Candidate candidate = planner.candidate(plan.sampleGrid(), direction, plan.given());
                every.put(direction, planner.plan(candidate, "for comparison", plan.given(), plan.axis()));
            }
        }
        return every;
    }

    private Plan plan(Optional<PictureSize> picture, long heapBytes) {
        if (picture.isPresent() != spec.input().isPresent()) {
            throw new IllegalArgumentException("the size of the input picture is needed exactly if there is one");
        }
        Optional<Direction> wanted = checks.check(heapBytes);
        Grid grid = canvas().cutInto(model.patchPixels());
        Optional<Region> given = picture.flatMap(size -> checks.given(grid, size));
        checks.refuseIfNeeded();

        List<Candidate> candidates = wanted.map(List::of).orElseGet(() -> fitting(grid, given)).stream()
                .map(direction -> candidate(grid, direction, given))
                .toList();
        Candidate chosen = shortest(candidates);
        return plan(chosen, reason(wanted, candidates, chosen), given, axis(picture));
    }

    private Plan plan(Candidate chosen, String reason, Optional<Region> given, VerticalAxis axis) {
        ContextRoom room = ContextRoom.of(
                chosen.graph(), Plan.sampleStage(layoutFactor), extentOfModel(), chosen.direction(), given);
        return new Plan(
                spec,
                model,
                chosen.graph(),
                layoutFactor,
                chosen.direction(),
                reason,
                given,
                axis,
                chosen.wavefronts(),
                room.near(),
                room.far());
    }

    private record Candidate(Direction direction, PatchGraph graph, Wavefronts wavefronts) {}

    /**
     * The sweeps whose arrows fit the task. Away from a picture with room on one side: to the
     * right, say, omega, and zeta and zeta* as well, whose lines run along the growth. Around a picture
     * with room on more sides only outward fits.
     */
    private static List<Direction> fitting(Grid grid, Optional<Region> given) {
        if (given.isEmpty()) {
            return List.of(Direction.OMEGA, Direction.ZETA);
        }
        List<Direction> leadingAway = Arrays.stream(Direction.values())
                .filter(direction -> direction.isSweep() && direction.leadsAwayFrom(given.get(), grid))
                .toList();
        return leadingAway.isEmpty() ? List.of(Direction.OUTWARD) : leadingAway;
    }

    /** The first of those with the shortest critical path. */
    private static Candidate shortest(List<Candidate> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> candidate.wavefronts().criticalPath()))
                .orElseThrow();
    }

    private static String reason(Optional<Direction> wanted, List<Candidate> candidates, Candidate chosen) {
        if (wanted.isPresent()) {
            return "as the job says";
        }
        if (chosen.direction() == Direction.OUTWARD) {
            return "the picture has room on more than one side";
        }
        if (candidates.size() == 1) {
            return "it alone leads away from the picture";
        }
        return "the shortest critical path: "
                + candidates.stream()
                        .map(candidate -> candidate.direction().configName() + " "
                                + candidate.wavefronts().criticalPath())
                        .collect(Collectors.joining(", "));
    }

    private VerticalAxis axis(Optional<PictureSize> picture) {
        return picture.map(size ->
                        VerticalAxis.ofPicture(spec.input().orElseThrow().yPixels(), size.heightPixels()))
                .orElseGet(() -> VerticalAxis.ofCanvas(
                        canvas().heightPixels(),
                        layoutFactor * model.learned().heightPixels(),
                        model.learned().horizon(),
                        spec.sampling().horizon()));
    }

    private Candidate candidate(Grid grid, Direction direction, Optional<Region> given) {
        PatchGraph graph = graph(grid, direction, given);
        return new Candidate(direction, graph, Wavefronts.of(graph, Plan.sampleStage(layoutFactor)));
    }

    private PatchGraph graph(Grid grid, Direction direction, Optional<Region> given) {
        Extent extent = extent();
        List<Stage> stages = new ArrayList<>();
        List<Reads> sampleReads =
                new ArrayList<>(List.of(new Reads.Itself(extent, direction.over(grid, extent, given))));
        if (model.context().states() == ContextStates.RECURRENT) {
            sampleReads.add(new Reads.Remembered());
        }
        if (layoutFactor > 1) {
            int cellPixels = layoutFactor * model.patchPixels();
            Grid layout = canvas().cutInto(cellPixels);
            stages.add(new Stage(
                    "layout",
                    Stage.Operator.SAMPLE,
                    layout,
                    cellPixels,
                    List.of(new Reads.Itself(extent, direction.over(layout, extent, Optional.empty())))));
            int marginPixels = Task.Sample.LAYOUT_MARGIN * layoutFactor * model.tokenPixels();
            sampleReads.add(new Reads.Upstream(stages.size() - 1, marginPixels));
        }
        stages.add(new Stage("sample", Stage.Operator.SAMPLE, grid, model.patchPixels(), sampleReads));
        stages.add(new Stage(
                "decode",
                Stage.Operator.DECODE,
                canvas().cutInto(Plan.TILE_PIXELS),
                Plan.TILE_PIXELS,
                List.of(new Reads.Upstream(
                        Plan.sampleStage(layoutFactor),
                        model.tokenizer().decodeMarginTokens() * model.tokenPixels(),
                        model.tokenizer().framesBefore()))));
        return new PatchGraph(stages);
    }

    private Extent extent() {
        return spec.context() == JobSpec.Context.NONE ? Extent.NONE : extentOfModel();
    }

    private Extent extentOfModel() {
        return new Extent(
                model.context().columns(),
                model.context().rows(),
                model.context().frames());
    }

    private Canvas canvas() {
        return spec.canvas();
    }
}
