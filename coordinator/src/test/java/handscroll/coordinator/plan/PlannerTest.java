package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final Optional<PictureSize> NIGHT = Optional.of(new PictureSize(640, 512));

    @Test
    void cutsTheCanvasIntoPatchesAndTilesAndLetsTheLastOnesStickOut() {
        Plan plan = Planner.plan(Specs.unconditional(4001, 500, "omega"), Specs.MODEL, Optional.empty());
        assertThat(plan.sampleGrid()).isEqualTo(new Grid(63, 8, 1));
        assertThat(plan.tileGrid()).isEqualTo(new Grid(16, 2, 1));
        assertThat(plan.directionReason()).isEqualTo("as the job says");
    }

    @Test
    void choosesTheShorterPathForAPictureFromNothing() {
        Plan wide = Planner.plan(Specs.unconditional(152 * 64, 512, "auto"), Specs.MODEL, Optional.empty());
        assertThat(wide.direction()).isEqualTo(Direction.ZETA);
        assertThat(wide.directionReason()).isEqualTo("the shortest critical path: omega 461, zeta 173");
        Plan tall = Planner.plan(Specs.unconditional(512, 152 * 64, "auto"), Specs.MODEL, Optional.empty());
        assertThat(tall.direction()).isEqualTo(Direction.OMEGA);
        assertThat(tall.criticalPath()).isEqualTo(173);
    }

    @Test
    void choosesADirectionThatLeadsAwayFromThePicture() {
        assertThat(direction(1024, 512, 0, 0)).isEqualTo(Direction.OMEGA);
        assertThat(direction(3584, 512, 0, 0)).isEqualTo(Direction.ZETA);
        assertThat(direction(1280, 512, 640, 0)).isEqualTo(Direction.OMEGA_STAR);
        assertThat(direction(640, 1024, 0, 0)).isEqualTo(Direction.ZETA);
        assertThat(direction(640, 1024, 0, 512)).isEqualTo(Direction.ZETA_STAR);
        assertThat(direction(1280, 512, 320, 0)).isEqualTo(Direction.OUTWARD);
        assertThat(direction(1280, 1024, 0, 0)).isEqualTo(Direction.OUTWARD);
    }

    @Test
    void aCanvasThatWrapsIsAWholeNumberOfTilesWide() {
        assertThat(problems(Specs.wrapped(Specs.unconditional(1000, 512, "auto")), Specs.MODEL))
                .containsExactly("canvas.width: 1000 px are no multiple of 256 px, as the width of a canvas that wraps"
                        + " must be; try 768 or 1024");
        assertThat(problems(Specs.wrapped(Specs.unconditional(100, 512, "auto")), Specs.MODEL))
                .containsExactly("canvas.width: 100 px are no multiple of 256 px, as the width of a canvas that wraps"
                        + " must be; try 512");
        Plan plan = Planner.plan(Specs.wrapped(Specs.unconditional(1024, 512, "auto")), Specs.MODEL, Optional.empty());
        assertThat(plan.sampleGrid()).isEqualTo(new Grid(16, 8, 1, true));
        assertThat(plan.tileGrid()).isEqualTo(new Grid(4, 2, 1, true));
    }

    @Test
    void onACanvasThatWrapsNoPatchSeesAnotherFromBothSides() {
        assertThat(problems(Specs.wrapped(Specs.unconditional(256, 512, "omega")), Specs.MODEL))
                .containsExactly("canvas.width: 256 px are fewer than the 5 cells of 64 px that a patch sees around"
                        + " itself, so on a canvas that wraps it would see some twice; try 512");
        // The layout's cells are four times as wide.
        assertThat(problems(Specs.wrapped(Specs.unconditional(1024, 2048, "omega")), Specs.MODEL_OF_LAYOUTS))
                .containsExactly("canvas.width: 1024 px are fewer than the 5 cells of 256 px that a patch sees around"
                        + " itself, so on a canvas that wraps it would see some twice; try 1280");
        assertThat(problems(Specs.withoutContext(Specs.wrapped(Specs.unconditional(256, 64, "omega"))), Specs.MODEL))
                .isEmpty();
    }

    @Test
    void aPanoramaTakesTheShorterSweepAndBeginsAtItsPictureWhereverThatLies() {
        Plan fromNothing =
                Planner.plan(Specs.wrapped(Specs.unconditional(4096, 512, "auto")), Specs.MODEL, Optional.empty());
        assertThat(fromNothing.directionReason()).isEqualTo("the shortest critical path: omega 197, zeta 85");
        assertRoom(8, 16, fromNothing);
        for (int x : new int[] {0, 640, 2560 - 640}) {
            Plan plan = Planner.plan(Specs.wrapped(Specs.extension(2560, 512, x, 0, "auto")), Specs.MODEL, NIGHT);
            assertThat(plan.directionReason()).contains("omega 95, omega* 95, zeta 51, zeta* 51");
            assertThat(plan.graph().stage(0).operator(plan.sampleGrid().index(x / 64, 0, 0)))
                    .isEqualTo(Stage.Operator.ENCODE);
        }
    }

    @Test
    void aModelOfPicturesDrawsNoFrames() {
        JobSpec film = Specs.on(new Canvas(640, 512, 5), Specs.unconditional(640, 512, "auto"));
        assertThat(problems(film, Specs.MODEL))
                .containsExactly("canvas.frames: starry-night draws pictures: its patches look 0 frames back; leave it"
                        + " out, or use a model with context.frames of at least 1");
        assertThat(problems(film, Specs.looking(2, 2, 1))).isEmpty();
    }

    @Test
    void aDirectionThatTheModelsReachDoesNotServeIsRefused() {
        assertThat(problems(Specs.unconditional(640, 512, "omega"), Specs.looking(0, 2, 0)))
                .containsExactly("direction: omega needs patches that see 1 columns and rows far; those of starry-night"
                        + " learned to look 0 columns and 2 rows; use a model that looks further");
        assertThat(problems(Specs.unconditional(640, 512, "auto"), Specs.looking(2, 0, 0)))
                .hasSize(1);
        assertThat(problems(Specs.unconditional(640, 64, "zeta"), Specs.looking(2, 0, 0)))
                .isEmpty();
        assertThat(problems(Specs.unconditional(640, 512, "coarse-to-fine"), Specs.looking(1, 1, 0)))
                .containsExactly("direction: coarse-to-fine needs patches that see 2 columns and rows far; those of"
                        + " starry-night learned to look 1 columns and 1 rows; use another direction, or a model that"
                        + " looks further");
        Plan near = Planner.plan(Specs.unconditional(640, 512, "zeta"), Specs.looking(1, 1, 0), Optional.empty());
        assertThat(Planner.everyDirection(near)).doesNotContainKey(Direction.COARSE_TO_FINE);
    }

    @Test
    void aCanvasThatTheHeapCannotLeadIsRefusedWithTheHeapThatItTakes() {
        JobSpec wide = Specs.unconditional(64_000, 64_000, "omega");
        Planner.plan(wide, Specs.MODEL, Optional.empty(), 12_000_000);
        assertThat(catchThrowableOfType(
                                Refusal.class, () -> Planner.plan(wide, Specs.MODEL, Optional.empty(), 10_000_000))
                        .problems())
                .containsExactly(new Problem(
                        "canvas",
                        "1,000,000 patches and 62,500 tiles take 8 MB of memory, more than three quarters of this"
                                + " process's 10 MB",
                        "make it smaller, or give the process more: HANDSCROLL_JAVA_OPTS=-Xmx1g"));
        // The tokens of a layout wait for the patches over it.
        assertThat(catchThrowableOfType(
                                Refusal.class,
                                () -> Planner.plan(wide, Specs.MODEL_OF_LAYOUTS, Optional.empty(), 12_000_000))
                        .problems())
                .extracting(Problem::what)
                .containsExactly("1,000,000 patches and 62,500 tiles take 20 MB of memory, more than three quarters of"
                        + " this process's 12 MB");
    }

    private static List<String> problems(JobSpec spec, ModelCard model) {
        try {
            Planner.plan(spec, model, Optional.empty());
            return List.of();
        } catch (Refusal refusal) {
            return refusal.problems().stream()
                    .map(problem -> problem.where() + ": " + problem.what() + "; " + problem.remedy())
                    .toList();
        }
    }

    @Test
    void countsACellAsGivenWhenThePictureCoversItWholly() {
        assertThat(extension(1280, 1024, 0, 0).given()).contains(new Region(0, 0, 10, 8));
        assertThat(extension(1280, 1024, 1, 63).given()).contains(new Region(1, 1, 9, 7));
        assertThat(extension(1280, 1024, 64, 128).given()).contains(new Region(1, 2, 10, 8));
    }

    @Test
    void aCellThatSticksOutOfTheCanvasIsCoveredWhenItsPartOnTheCanvasIs() {
        Plan plan = Planner.plan(
                Specs.extension(900, 500, 260, 0, "auto"), Specs.MODEL, Optional.of(new PictureSize(640, 500)));
        assertThat(plan.given()).contains(new Region(5, 0, 10, 8));
        assertThat(plan.direction()).isEqualTo(Direction.OMEGA_STAR);
    }

    @Test
    void givesRoomForHalfOfTheSurroundingsWhereNoPatchSeesMoreAndForAllElsewhere() {
        for (String direction : List.of("diamond", "colours")) {
            assertRoom(8, 16, Planner.plan(Specs.unconditional(640, 640, direction), Specs.MODEL, Optional.empty()));
        }
        for (String direction : List.of("omega", "omega*", "zeta", "zeta*", "quadrant", "coarse-to-fine")) {
            assertRoom(4, 8, Planner.plan(Specs.unconditional(640, 640, direction), Specs.MODEL, Optional.empty()));
        }
        assertRoom(4, 8, extension(1280, 512, 0, 0, "omega"));
        assertRoom(4, 8, extension(1280, 512, 0, 0, "zeta"));
        assertRoom(4, 8, extension(1280, 512, 640, 0, "omega*"));
        assertRoom(4, 8, extension(640, 1024, 0, 512, "zeta*"));
        assertRoom(4, 8, extension(1280, 1024, 0, 0, "quadrant"));
        assertRoom(8, 16, extension(1280, 1024, 320, 256, "outward"));
    }

    @Test
    void makesRoomForAllWhereASweepSeesGivenCellsBeforeIt() {
        assertRoom(8, 16, extension(1280, 512, 640, 0, "omega"));
        assertRoom(8, 16, extension(1280, 512, 640, 0, "quadrant"));
    }

    @Test
    void noPatchSeesMoreThanThereIsRoomFor() {
        for (Direction direction : Direction.values()) {
            for (int x = 0; x <= 640; x += 64) {
                for (int y : new int[] {0, 64, 256, 512}) {
                    Plan plan = extension(1280, 1024, x, y, direction.configName());
                    var room = new ContextRoom(plan.nearSlots(), plan.farSlots());
                    for (int index = 0; index < plan.sampleGrid().cellCount(); index++) {
                        assertThat(ContextRoom.needed(plan.graph(), plan.sampleStage(), index)
                                        .isWithin(room))
                                .as(direction.configName() + " at " + x + "," + y + ", cell " + index)
                                .isTrue();
                    }
                }
            }
        }
    }

    @Test
    void withoutContextAllPatchesAreReadyAtOnceInTheSameRoom() {
        JobSpec without = Specs.withoutContext(Specs.unconditional(640, 640, "omega"));
        Plan plan = Planner.plan(without, Specs.MODEL, Optional.empty());
        assertThat(plan.criticalPath()).isEqualTo(1);
        assertThat(plan.widestWavefront()).isEqualTo(100);
        assertRoom(4, 8, plan);
    }

    @Test
    void drawsATallCanvasOverALayoutAQuarterOfItsSize() {
        Plan plan = Planner.plan(Specs.unconditional(4096, 2048, "omega"), Specs.MODEL_OF_LAYOUTS, Optional.empty());
        assertThat(plan.graph().stages()).extracting(Stage::name).containsExactly("layout", "sample", "decode");
        assertThat(plan.graph().stage(0).grid()).isEqualTo(new Grid(16, 8, 1));
        assertThat(plan.sampleGrid()).isEqualTo(new Grid(64, 32, 1));
        assertThat(plan.patchCount()).isEqualTo(16 * 8 + 64 * 32);
        // The horizon lies where it does in the learned picture, on a canvas four times as tall.
        assertThat(plan.axis().position(0.6 * 2048)).isCloseTo(0.6, within(1e-9));
        // The first patch waits for four of the layout, the fourth of which comes after 4 others.
        int alone = 32 + 63 * 3;
        assertThat(plan.criticalPath()).isBetween(alone + 1, alone + 10);
    }

    @Test
    void needsNoLayoutWhereTheModelSeesEnough() {
        assertThat(overLayout(Specs.unconditional(4096, 4 * 384, "omega"))).isTrue();
        assertThat(overLayout(Specs.unconditional(4096, 4 * 384 - 1, "omega"))).isFalse();
        assertThat(overLayout(Specs.withoutContext(Specs.unconditional(4096, 2048, "omega"))))
                .isFalse();
        Plan extension = Planner.plan(Specs.extension(4096, 2048, 0, 0, "outward"), Specs.MODEL_OF_LAYOUTS, NIGHT);
        assertThat(extension.hasLayout()).isFalse();
        assertThat(extension.graph().stages()).hasSize(2);
    }

    private static boolean overLayout(JobSpec spec) {
        return Planner.plan(spec, Specs.MODEL_OF_LAYOUTS, Optional.empty()).hasLayout();
    }

    @Test
    void comparesAllDirections() {
        Plan plan = Planner.plan(Specs.unconditional(152 * 64, 512, "auto"), Specs.MODEL, Optional.empty());
        Map<Direction, Plan> every = Planner.everyDirection(plan);
        assertThat(every)
                .containsOnlyKeys(
                        Direction.OMEGA,
                        Direction.OMEGA_STAR,
                        Direction.ZETA,
                        Direction.ZETA_STAR,
                        Direction.DIAMOND,
                        Direction.QUADRANT,
                        Direction.COLOURS,
                        Direction.COARSE_TO_FINE);
        assertThat(every)
                .allSatisfy((direction, other) -> assertThat(other.direction()).isEqualTo(direction));
        assertThat(every.get(Direction.OMEGA_STAR).wavefronts()).isEqualTo(new Wavefronts(1216, 461, 3, 19));
        assertThat(Planner.everyDirection(extension(1280, 512, 0, 0))).containsKey(Direction.OUTWARD);
    }

    @Test
    void takesWhatLiesOnTheCanvasOfAPictureThatSticksOut() {
        Plan plan = extension(1280, 384, -4, -60);
        assertThat(plan.given()).contains(new Region(0, 0, 9, 6));
        assertThat(plan.axis().position(0)).isGreaterThan(0.1);
    }

    @Test
    void drawsInAsManyRoundsAsTheJobOrElseTheModelSays() {
        assertThat(Planner.plan(inRounds(8), Specs.PARALLEL_MODEL, Optional.empty())
                        .renderSettings(new JobId("sky"))
                        .sampling()
                        .rounds())
                .isEqualTo(8);
        JobSpec unsaid = Specs.unconditional(640, 512, "omega");
        assertThat(Planner.plan(unsaid, Specs.PARALLEL_MODEL, Optional.empty())
                        .sampling()
                        .rounds())
                .isEqualTo(10);
        assertThat(Planner.plan(unsaid, Specs.MODEL, Optional.empty())
                        .sampling()
                        .rounds())
                .isZero();
    }

    @Test
    void refusesRoundsThatTheModelDoesNotKnowOrThatWouldDrawNothing() {
        assertThat(problems(inRounds(10), Optional.empty()))
                .containsExactly(new Problem(
                        "sampling.rounds",
                        "starry-night draws token by token and knows no rounds",
                        "leave it out, or use a model learned with handscroll train --decoding parallel"));
        assertThatThrownBy(() -> Planner.plan(inRounds(65), Specs.PARALLEL_MODEL, Optional.empty()))
                .hasMessageContaining("65 rounds are more than the 64 tokens of a patch");
    }

    @Test
    void refusesALagThatWouldDrawATokenBeforeItsNeighboursOrThatTheModelDoesNotKnow() {
        assertThat(Planner.plan(lagging(4), Specs.MODEL, Optional.empty())
                        .sampling()
                        .lag())
                .isEqualTo(4);
        for (int lag : new int[] {1, Specs.MODEL.tokensPerSide()}) {
            assertThat(problems(lagging(lag), Optional.empty()))
                    .extracting(Problem::where)
                    .containsExactly("sampling.lag");
        }
        assertThatThrownBy(() -> Planner.plan(lagging(4), Specs.PARALLEL_MODEL, Optional.empty()))
                .hasMessageContaining("draws in rounds, not row by row");
    }

    private static JobSpec lagging(int lag) {
        return Specs.unconditional(640, 512, "omega").toBuilder()
                .sampling(JobSpec.Sampling.AS_THE_MODEL_SAYS.withLag(lag))
                .build();
    }

    @Test
    void refusesACanvasThatWrapsForAModelWhoseStatesRemember() {
        assertThatThrownBy(() -> Planner.plan(
                        Specs.wrapped(Specs.unconditional(2048, 512, "auto")), Specs.RECURRENT_MODEL, Optional.empty()))
                .hasMessageContaining("ends at the seam of a canvas that wraps");
    }

    private static JobSpec inRounds(int rounds) {
        return Specs.unconditional(640, 512, "omega").toBuilder()
                .sampling(JobSpec.Sampling.AS_THE_MODEL_SAYS.withRounds(rounds))
                .build();
    }

    @Test
    void tellsAllProblemsAtOnce() {
        JobSpec good = Specs.extension(640, 400, 700, 0, "spirall");
        var spec = good.toBuilder()
                .sampling(JobSpec.Sampling.AS_THE_MODEL_SAYS.withTopK(600).withHorizon(Optional.of(0.5)))
                .build();
        assertThat(problems(spec, NIGHT))
                .containsExactly(
                        new Problem(
                                "sampling.top-k", "600 is more than the 512 codes of starry-night", "give at most 512"),
                        new Problem(
                                "direction",
                                "\"spirall\" is unknown",
                                "one of auto, omega, omega*, zeta, zeta*, outward, diamond, quadrant, colours,"
                                        + " coarse-to-fine"),
                        new Problem(
                                "sampling.horizon",
                                "the picture has its own",
                                "leave it out; it is for canvases without input"),
                        new Problem(
                                "input",
                                "a picture of 640 x 512 pixels at [700, 0] lies beside the canvas",
                                "move it onto the canvas of 640 x 400"));
    }

    @Test
    void refusesWhatCannotBePlanned() {
        assertThat(problems(Specs.unconditional(1 << 30, 1 << 30, "auto"), Optional.empty())
                        .get(0)
                        .where())
                .isEqualTo("canvas");
        assertThat(problems(Specs.unconditional(640, 640, "outward"), Optional.empty())
                        .get(0)
                        .what())
                .isEqualTo("outward needs a picture to start from");
        assertThat(problems(Specs.extension(640, 512, 0, 0, "auto"), NIGHT)
                        .get(0)
                        .what())
                .isEqualTo("the picture fills all of it");
        assertThat(problems(Specs.extension(640, 512, 5, 5, "auto"), Optional.of(new PictureSize(100, 100)))
                        .get(0)
                        .what())
                .contains("covers no patch of 64 pixels wholly");
    }

    @Test
    void takesFromTheModelWhatTheJobLeavesOut() {
        Plan plan = extension(1280, 512, 0, 0);
        assertThat(plan.sampling().temperature()).isEqualTo(1.0);
        assertThat(plan.sampling().topK()).isEqualTo(256);
    }

    private static void assertRoom(int near, int far, Plan plan) {
        assertThat(new ContextRoom(plan.nearSlots(), plan.farSlots()))
                .as(plan.direction().configName())
                .isEqualTo(new ContextRoom(near, far));
    }

    private static Direction direction(int width, int height, int x, int y) {
        return extension(width, height, x, y).direction();
    }

    private static Plan extension(int width, int height, int x, int y) {
        return extension(width, height, x, y, "auto");
    }

    private static Plan extension(int width, int height, int x, int y, String direction) {
        return Planner.plan(Specs.extension(width, height, x, y, direction), Specs.MODEL, NIGHT);
    }

    private static List<Problem> problems(JobSpec spec, Optional<PictureSize> picture) {
        return catchThrowableOfType(Refusal.class, () -> Planner.plan(spec, Specs.MODEL, picture))
                .problems();
    }
}
