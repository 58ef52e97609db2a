package handscroll.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import handscroll.coordinator.lease.LeaseSettings;
import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.PictureSize;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Specs;
import handscroll.protocol.job.JobSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {

    private static final LeaseSettings LEASE = new LeaseSettings(Duration.ofSeconds(30), 3, 512 * 1024);
    private static final Costs EVEN = even(Duration.ofMillis(40));
    /** As the command has them: a patch in a batch takes less than a patch alone. */
    private static final Costs BATCHED = new Costs(
            BatchTimes.ofPatches(new TreeMap<>(Map.of(
                    1,
                    Duration.ofMillis(154),
                    4,
                    Duration.ofMillis(56),
                    8,
                    Duration.ofMillis(44),
                    16,
                    Duration.ofMillis(36)))),
            Duration.ofMillis(3),
            Duration.ofMillis(4),
            0.1,
            Duration.ofNanos(200_000),
            Duration.ofNanos(200_000));

    @Test
    void oneWorkerTakesAsLongAsTheWork() {
        Plan plan = unconditional(1280, 512, "zeta");
        SimulatedRender render = Simulation.run(plan, settings(EVEN), 1);
        // 20 x 8 patches, and 5 x 2 tiles of 16 patches each.
        assertThat(render.work()).isEqualTo(Duration.ofMillis(160 * 40 + 10 * 16 * 3));
        assertThat(render.time()).isEqualTo(render.work());
        assertThat(render.busyShare()).isEqualTo(1);
    }

    @Test
    void patchesThatWaitForNothingAreSharedEvenly() {
        SimulatedRender render = Simulation.run(withoutContext(2048, 1024), settings(EVEN), 4);
        assertThat(render.busyShare()).isGreaterThan(0.9);
        assertThat(render.poolPeak()).isZero();
    }

    @Property(tries = 150)
    void noFarmIsFasterThanTheBound(
            @ForAll @IntRange(min = 1, max = 24) int columns,
            @ForAll @IntRange(min = 1, max = 9) int rows,
            @ForAll @IntRange(min = 1, max = 12) int workerCount,
            @ForAll @DoubleRange(min = 0, max = 0.5) double spread,
            @ForAll long seed) {
        for (String direction : List.of("omega", "zeta*")) {
            Plan plan = unconditional(64 * columns - 7, 64 * rows - 9, direction);
            var settings = new SimulationSettings(spread(BATCHED, spread), LEASE, 64, 16, seed);
            SimulatedRender render = Simulation.run(plan, settings, workerCount);
            assertThat(render.time())
                    .as("%d x %d, %s, %d workers, seed %d", columns, rows, direction, workerCount, seed)
                    .isGreaterThanOrEqualTo(bound(plan, settings).of(workerCount));
            assertThat(render.time().multipliedBy(workerCount)).isGreaterThanOrEqualTo(render.work());
        }
    }

    @Property(tries = 60)
    void moreWorkersAreNotSlower(
            @ForAll @IntRange(min = 1, max = 30) int columns, @ForAll @IntRange(min = 1, max = 9) int rows) {
        Plan plan = unconditional(64 * columns, 64 * rows, "zeta");
        double fewer = Double.MAX_VALUE;
        for (int workerCount : new int[] {1, 2, 4, 8, 16}) {
            double time =
                    seconds(Simulation.run(plan, settings(EVEN), workerCount).time());
            assertThat(time).as("%d workers", workerCount).isLessThanOrEqualTo(1.02 * fewer);
            fewer = time;
        }
    }

    @Test
    void enoughWorkersTakeTheLongestChainAndNoMore() {
        Plan plan = unconditional(1280, 512, "zeta");
        SimulatedRender render = Simulation.run(plan, settings(EVEN), 40);
        // The lower right patch is the last of its chain, and the tiles that wait for it come after.
        assertThat(bound(plan, settings(EVEN)).longestChain())
                .isEqualTo(Duration.ofMillis(plan.criticalPath() * 40L + 16 * 3));
        assertThat(seconds(render.time()))
                .isCloseTo(seconds(bound(plan, settings(EVEN)).longestChain()), within(0.1));
    }

    @Test
    void theSameSeedGivesTheSameNumbers() {
        Plan plan = unconditional(1280, 512, "zeta");
        assertThat(Simulation.run(plan, seeded(7), 3)).isEqualTo(Simulation.run(plan, seeded(7), 3));
        assertThat(Simulation.run(plan, seeded(7), 3).time())
                .isNotEqualTo(Simulation.run(plan, seeded(8), 3).time());
    }

    @Test
    void whatThePictureGivesIsEncodedNotSampled() {
        Plan plan = Planner.plan(
                Specs.extension(640, 256, 0, 0, "auto"), Specs.MODEL, Optional.of(new PictureSize(256, 256)));
        assertThat(plan.given().orElseThrow().cellCount()).isEqualTo(16);
        SimulatedRender render = Simulation.run(plan, settings(EVEN), 2);
        assertThat(render.work()).isEqualTo(Duration.ofMillis(16 * 4 + 24 * 40 + 3 * 16 * 3));
    }

    @Test
    void thePoolOfOneWorkerIsThatOfThePlan() {
        Plan plan = unconditional(4096, 512, "omega");
        SimulatedRender render = Simulation.run(plan, settings(EVEN), 1);
        assertThat(render.poolPeak()).isBetween(plan.poolPeak(), 2 * plan.poolPeak());
        assertThat(render.tokensPeak()).isGreaterThanOrEqualTo(render.poolPeak());
    }

    @Test
    void tilesAreDecodedWhileTheRestIsStillSampled() {
        // 64 x 8 patches, 16 x 2 tiles: omega finishes a column of tiles with every fourth column of patches.
        for (int workerCount : new int[] {1, 2, 8}) {
            SimulatedRender columns = Simulation.run(unconditional(4096, 512, "omega"), settings(EVEN), workerCount);
            assertThat(seconds(columns.firstTile())).isLessThan(0.1 * seconds(columns.time()));
            // Decoding follows so closely that only the last columns' tokens are kept: of 512 patches some dozens.
            assertThat(columns.tokensPeak()).isLessThan(80);
            SimulatedRender rows = Simulation.run(unconditional(4096, 512, "zeta"), settings(EVEN), workerCount);
            assertThat(seconds(rows.firstTile())).isLessThan(0.75 * seconds(rows.time()));
        }
    }

    @Test
    void tilesOfACanvasOverALayoutDoNotWaitForTheWholeLayout() {
        Plan plan = Planner.plan(Specs.unconditional(8192, 2048, "omega"), Specs.MODEL_OF_LAYOUTS, Optional.empty());
        assertThat(plan.hasLayout()).isTrue();
        SimulatedRender render = Simulation.run(plan, settings(EVEN), 4);
        assertThat(seconds(render.firstTile())).isLessThan(0.25 * seconds(render.time()));
    }

    @Test
    void patchesSlowerThanALeaseKeepTheirs() {
        Plan plan = unconditional(256, 256, "zeta");
        SimulatedRender render = Simulation.run(plan, settings(even(Duration.ofMinutes(5))), 2);
        assertThat(render.time()).isGreaterThan(Duration.ofHours(1).minusMinutes(15));
    }

    @Test
    void narrowJobsShareTheirBatches() {
        Plan plan = unconditional(2048, 512, "omega");
        var settings = new SimulationSettings(BATCHED, LEASE, 1024, 16, 7);
        double alone = seconds(Simulation.run(plan, settings, 2).time());
        List<SimulatedRender> together = Simulation.run(List.of(plan, plan, plan, plan), settings, 2);
        assertThat(together)
                .allSatisfy(render -> assertThat(seconds(render.time()))
                        .isLessThan(2 * alone)
                        .isCloseTo(seconds(together.get(0).time()), withinPercentage(5)));
    }

    @Test
    void noSlotWaitsForAMessageWhileSeveralJobsHaveSomethingReady() {
        Plan plan = unconditional(2048, 1024, "colours");
        var slow = new Costs(
                BATCHED.sampling(), BATCHED.decoding(), BATCHED.encoding(), 0, Duration.ofMillis(50), Duration.ZERO);
        var settings = new SimulationSettings(slow, LEASE, 1024, 16, 7);
        List<SimulatedRender> renders = Simulation.run(List.of(plan, plan, plan), settings, 2);
        double work =
                renders.stream().mapToDouble(render -> seconds(render.work())).sum();
        double time = renders.stream()
                .mapToDouble(render -> seconds(render.time()))
                .max()
                .orElseThrow();
        assertThat(work / time / 2).isGreaterThan(0.97);
    }

    @Test
    void statesThatAWorkerLacksCostItTime() {
        Plan plan = unconditional(2048, 512, "zeta");
        var dear = new Costs(
                BATCHED.sampling(),
                BATCHED.decoding(),
                BATCHED.encoding(),
                Duration.ofMillis(10),
                0.1,
                BATCHED.message(),
                BATCHED.log());
        SimulatedRender one = Simulation.run(plan, new SimulationSettings(dear, LEASE, 1024, 16, 7), 1);
        assertThat(one.statesMade()).isZero();
        SimulatedRender two = Simulation.run(plan, new SimulationSettings(dear, LEASE, 1024, 16, 7), 2);
        assertThat(two.statesMade()).isPositive();
        assertThat(two.work()).isGreaterThan(one.work());
    }

    @Test
    void slowMessagesCostNoWorkWhileTheNextBatchWaitsAlready() {
        Costs slow = new Costs(
                EVEN.sampling(), EVEN.decoding(), EVEN.encoding(), 0, Duration.ofMillis(50), Duration.ofMillis(50));
        Plan plan = withoutContext(2048, 1024);
        double near = seconds(Simulation.run(plan, settings(EVEN), 4).time());
        double far = seconds(Simulation.run(plan, settings(slow), 4).time());
        assertThat(far).isGreaterThan(near).isLessThan(1.1 * near);
    }

    @Test
    void aPlanWithALayoutIsRenderedToItsEnd() {
        Plan plan = Planner.plan(Specs.unconditional(2048, 1536, "zeta"), Specs.MODEL_OF_LAYOUTS, Optional.empty());
        assertThat(plan.graph().stages()).hasSize(3);
        SimulatedRender one = Simulation.run(plan, settings(EVEN), 1);
        // A layout of 8 x 6 patches, 32 x 24 patches over it, and as many tiles as the layout has patches.
        assertThat(one.time()).isEqualTo(Duration.ofMillis((8 * 6 + 32 * 24) * 40 + 8 * 6 * 16 * 3));
        SimulatedRender many = Simulation.run(plan, seeded(7), 12);
        assertThat(many.time()).isGreaterThanOrEqualTo(bound(plan, seeded(7)).of(12));
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void everyDirectionIsRenderedToItsEnd(Direction direction) {
        Plan plan = Planner.plan(
                Specs.extension(1280, 768, 512, 256, direction.configName()),
                Specs.MODEL,
                Optional.of(new PictureSize(256, 256)));
        SimulatedRender render = Simulation.run(plan, seeded(7), 5);
        assertThat(render.time()).isGreaterThanOrEqualTo(bound(plan, seeded(7)).of(5));
    }

    @Test
    void aFarmWithoutWorkersIsRefused() {
        assertThatThrownBy(() -> Simulation.run(unconditional(256, 256, "zeta"), settings(EVEN), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 workers");
    }

    @Test
    void theMostWorkersThatHelpAreThoseThatReachTheShortestTime() {
        Plan plan = unconditional(4096, 512, "zeta");
        var estimates = new Estimates(plan, settings(EVEN));
        int most = estimates.mostThatHelp(64);
        assertThat(most).isBetween(2, 12);
        double shortest = seconds(estimates.with(64).time());
        assertThat(seconds(estimates.with(most).time())).isLessThanOrEqualTo(1.02 * shortest);
        assertThat(seconds(estimates.with(most - 1).time())).isGreaterThan(1.02 * shortest);
    }

    private static Costs even(Duration sampling) {
        return new Costs(
                BatchTimes.even(sampling), Duration.ofMillis(3), Duration.ofMillis(4), 0, Duration.ZERO, Duration.ZERO);
    }

    private static Costs spread(Costs costs, double spread) {
        return new Costs(costs.sampling(), costs.decoding(), costs.encoding(), spread, costs.message(), costs.log());
    }

    private static SimulationSettings settings(Costs costs) {
        return new SimulationSettings(costs, LEASE, 1024, 16, 7);
    }

    private static SimulationSettings seeded(long seed) {
        return new SimulationSettings(BATCHED, LEASE, 1024, 16, seed);
    }

    private static LowerBound bound(Plan plan, SimulationSettings settings) {
        return LowerBound.of(plan.graph(), plan.model().patchPixels(), settings);
    }

    private static Plan unconditional(int width, int height, String direction) {
        return Planner.plan(Specs.unconditional(width, height, direction), Specs.MODEL, Optional.empty());
    }

    /** Patches that wait for nothing. */
    private static Plan withoutContext(int width, int height) {
        JobSpec blind = Specs.withoutContext(Specs.unconditional(width, height, "zeta"));
        return Planner.plan(blind, Specs.MODEL, Optional.empty());
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
