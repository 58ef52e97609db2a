package handscroll.cli;

import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Region;
import handscroll.coordinator.plan.Wavefronts;
import handscroll.coordinator.plan.Widths;
import handscroll.coordinator.simulation.Estimates;
import handscroll.coordinator.simulation.LowerBound;
import handscroll.coordinator.simulation.SimulatedRender;
import handscroll.coordinator.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Everything that {@code handscroll plan} says of a job, however it is written.
 *
 * @param directions the same job in each of them
 * @param directionTimes of each direction with the most workers of the rows; empty where nothing is simulated
 * @param mostWorkersThatHelp with more the render would end no sooner; a bound of the graph where nothing is simulated
 */
record PlanReport(
        Plan plan,
        PlanSettings settings,
        Map<Direction, Plan> directions,
        Map<Direction, Duration> directionTimes,
        Widths widths,
        LowerBound bound,
        int mostWorkersThatHelp,
        List<Row> rows,
        Footprint footprint) {

    /** Keeps the search for the most workers that help below a minute. */
    private static final long MOST_PATCHES_TIMES_WORKERS = 20_000_000;

    /**
     * One size of the farm.
     *
     * @param render empty where nothing is simulated
     * @param speedUp against one worker
     */
    record Row(int workerCount, Duration bound, Optional<SimulatedRender> render, double speedUp) {

        /** How many times the bound the simulated time is. */
        double ofBound() {
            return render.map(simulated -> (double) simulated.time().toNanos() / Math.max(1, bound.toNanos()))
                    .orElse(1.0);
        }
    }

    /** @param workerCounts empty for those that say most about this plan */
    static PlanReport of(Plan plan, PlanSettings settings, List<Integer> workerCounts) {
        Map<Direction, Plan> directions = Planner.everyDirection(plan);
        var simulation = settings.simulation(plan.spec().seed());
        Widths widths = Widths.of(plan.graph());
        LowerBound bound = LowerBound.of(plan.graph(), plan.model().patchPixels(), simulation);
        int useful = usefulWorkers(plan.wavefronts());
        if (plan.patchCount() > settings.simulatedPatches()) {
            List<Row> rows = counts(workerCounts, useful).stream()
                    .map(count -> new Row(
                            count, bound.of(count), Optional.empty(), seconds(bound.of(1)) / seconds(bound.of(count))))
                    .toList();
            // A row of tiles waits for its last patches; until then their tokens are held.
            long tokens =
                    plan.poolPeak() * (1L + Plan.TILE_PIXELS / plan.model().patchPixels());
            // And a layout is sampled far ahead of what is drawn over it.
            tokens += plan.patchCount() - plan.sampleGrid().cellCount();
            return new PlanReport(
                    plan,
                    settings,
                    directions,
                    Map.of(),
                    widths,
                    bound,
                    useful,
                    rows,
                    footprint(plan, settings, widths, plan.poolPeak(), Math.min(tokens, plan.patchCount())));
        }

        var estimates = new Estimates(plan, simulation);
        int most = estimates.mostThatHelp(Math.min(mostSimulated(plan), widths.widest()));
        List<Row> rows = new ArrayList<>();
        int pool = 0;
        int tokens = 0;
        for (int count : counts(workerCounts, most)) {
            SimulatedRender render = estimates.with(count);
            double speedUp = seconds(estimates.with(1).time()) / seconds(render.time());
            rows.add(new Row(count, bound.of(count), Optional.of(render), speedUp));
            pool = Math.max(pool, render.poolPeak());
            tokens = Math.max(tokens, render.tokensPeak());
        }
        int largest = rows.get(rows.size() - 1).workerCount();
        Map<Direction, Duration> times = new EnumMap<>(Direction.class);
        directions.forEach((direction, other) -> times.put(
                direction,
                direction == plan.direction()
                        ? estimates.with(largest).time()
                        : Simulation.run(other, simulation, largest).time()));
        return new PlanReport(
                plan,
                settings,
                directions,
                times,
                widths,
                bound,
                most,
                rows,
                footprint(plan, settings, widths, pool, tokens));
    }

    boolean isSimulated() {
        return !directionTimes.isEmpty();
    }

    int givenCount() {
        return plan.given().map(Region::cellCount).orElse(0);
    }

    /** Whether more workers than a simulated farm may have could help. */
    boolean couldUseMore() {
        return isSimulated() && isCutShort(mostWorkersThatHelp, mostSimulated(plan), widths.widest());
    }

    /** The last workers of the largest farm helped as much as those before, and there is work for more. */
    static boolean isCutShort(int mostThatHelp, int mostSimulated, int widest) {
        return widest > mostSimulated && mostThatHelp >= 0.95 * mostSimulated;
    }

    /** A desk looks at every idle slot when something becomes ready, so large farms and large plans add up. */
    private static int mostSimulated(Plan plan) {
        return (int) Math.max(64, Math.min(PlanOptions.MOST_WORKERS, MOST_PATCHES_TIMES_WORKERS / plan.patchCount()));
    }

    /** How many workers have something to do, on average, until the picture is done. */
    static int usefulWorkers(Wavefronts wavefronts) {
        return (int) Math.max(1, Math.round(wavefronts.averageWidth()));
    }

    private static List<Integer> counts(List<Integer> asked, int most) {
        return asked.isEmpty()
                ? IntStream.concat(IntStream.iterate(1, count -> count < most, count -> 2 * count), IntStream.of(most))
                        .boxed()
                        .toList()
                : asked;
    }

    private static Footprint footprint(Plan plan, PlanSettings settings, Widths widths, int pool, long tokens) {
        return Footprint.of(plan, settings, pool, tokens, Math.min(settings.offeredTasks(), widths.widest()));
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
