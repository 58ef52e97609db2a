package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Specs;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenderBookTest {

    private static final int TOKENS = 64;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void anyOrderOfCompletionMakesTheSameTokens(long seed) {
        for (String direction : List.of("omega", "zeta*", "auto")) {
            Map<PatchId, Integer> inOrder = renderAll(unconditional(direction), new Random(0), 1);
            assertThat(renderAll(unconditional(direction), new Random(seed), 30))
                    .as("seed %d, direction %s", seed, direction)
                    .isEqualTo(inOrder);
        }
        assertThat(renderAll(extension(), new Random(seed), 30)).isEqualTo(renderAll(extension(), new Random(0), 1));
        assertThat(renderAll(overLayout(), new Random(seed), 30)).isEqualTo(renderAll(overLayout(), new Random(0), 1));
    }

    @Test
    void takesUpTheLayoutAndThePatchesOverItAfterARestart() {
        RenderBook first = overLayout();
        Plan plan = planOverLayout();
        Map<PatchId, Integer> made = renderAll(first, new Random(0), 1);
        RenderBook second = overLayout();
        for (PatchId patch : made.keySet()) {
            if (patch.stage() < plan.decodeStage()) {
                second.restoreTokens(patch.stage(), plan.graph().index(patch), new short[TOKENS]);
            }
        }
        second.start();
        assertThat(second.unrenderedPatchCount()).isZero();
        assertThat(taken(second, 1000)).allMatch(offered -> offered.task() instanceof Task.Decode);
    }

    @Test
    void whatWasLoggedBeforeARestartIsNotOfferedAgain() {
        RenderBook first = unconditional("zeta");
        first.start();
        List<TaskResult.Tokens> logged = new ArrayList<>();
        for (int round = 0; round < 8; round++) {
            for (OfferedTask offered : taken(first, 1)) {
                var rows = new TaskResult.Tokens(offered.task().patch(), tokens(offered.task()));
                logged.add(rows);
                first.tokensLogged(rows);
            }
        }
        RenderBook second = unconditional("zeta");
        Plan plan = plan(Specs.unconditional(640, 384, "zeta"), Optional.empty());
        logged.forEach(rows -> second.restoreTokens(0, plan.graph().index(rows.patch()), rows.tokens()));
        second.start();

        assertThat(taken(second, 1000))
                .extracting(offered -> offered.task().patch())
                .isNotEmpty()
                .doesNotContainAnyElementsOf(
                        logged.stream().map(TaskResult.Tokens::patch).toList());
    }

    @Test
    void aPatchThatIsSkippedHasTheMostCommonTokenEverywhereAndLetsItsReadersGoOn() {
        RenderBook book = unconditional("zeta");
        short[] made = new short[TOKENS];
        Arrays.fill(made, 0, 40, (short) 7);
        book.restoreTokens(0, 0, made);
        PatchId skipped = book.plan().graph().patch(0, 1);
        List<TaskResult.Tokens> placeholders = book.restorePlaceholders(List.of(skipped));
        assertThat(placeholders).singleElement().satisfies(rows -> {
            short[] sevens = new short[TOKENS];
            Arrays.fill(sevens, (short) 7);
            assertThat(rows.patch()).isEqualTo(skipped);
            assertThat(rows.tokens()).isEqualTo(sevens);
        });
        assertThat(book.restorePlaceholders(List.of(skipped))).as("it is there").isEmpty();
        assertThat(book.isPlaceholder(skipped)).isTrue();
        assertThat(book.isPlaceholder(book.plan().graph().patch(0, 0))).isFalse();
        book.start();
        assertThat(taken(book, 100))
                .extracting(offered -> offered.task().patch())
                .isNotEmpty()
                .doesNotContain(skipped);
    }

    @Test
    void neverOffersMoreThanAsked() {
        RenderBook book = new RenderBook(
                plan(Specs.withoutContext(Specs.unconditional(640, 384, "zeta")), Optional.empty()), Optional.empty());
        book.start();
        List<OfferedTask> first = taken(book, 7);
        assertThat(first).hasSize(7);
        assertThat(taken(book, 7)).isEmpty();
        book.tokensLogged(new TaskResult.Tokens(first.get(0).task().patch(), new short[TOKENS]));
        assertThat(taken(book, 7)).hasSize(1);
    }

    @Test
    void whatDoesNotReadAPatchThatWasGivenUpGoesOn() {
        RenderBook book = unconditional("colours");
        book.start();
        List<OfferedTask> first = taken(book, 100);
        book.quarantine(first.get(0).task().patch(), "it broke");
        assertThat(book.isStuck()).as("others are with the desk").isEqualTo(first.size() == 1);
        for (List<OfferedTask> next = first.subList(1, first.size()); !next.isEmpty(); next = taken(book, 100)) {
            next.forEach(task -> rendered(book, task.task().patch()));
        }
        assertThat(book.isStuck()).isTrue();
        int missing = 0;
        for (Jobs.StageProgress stage : book.stages()) {
            missing += stage.cellCount() - stage.renderedCount();
        }
        assertThat(book.blockedCount(1_000_000)).isEqualTo(missing - 1);
        book.readmit(first.get(0).task().patch());
        assertThat(book.isStuck()).isFalse();
    }

    private static void rendered(RenderBook book, PatchId patch) {
        if (patch.stage() == book.plan().decodeStage()) {
            book.tileStored(patch);
        } else {
            book.tokensLogged(new TaskResult.Tokens(patch, new short[TOKENS]));
        }
    }

    @Test
    void aSecondResultForAPatchChangesNothing() {
        RenderBook book = unconditional("zeta");
        book.start();
        Task first = taken(book, 1).get(0).task();
        book.tokensLogged(new TaskResult.Tokens(first.patch(), tokens(first)));
        long unrendered = book.unrenderedPatchCount();
        book.tokensLogged(new TaskResult.Tokens(first.patch(), tokens(first)));
        assertThat(book.unrenderedPatchCount()).isEqualTo(unrendered);
    }

    /** Keeps up to {@code inFlight} tasks with imagined workers and ends them in random order. */
    private static Map<PatchId, Integer> renderAll(RenderBook book, Random random, int inFlight) {
        Map<PatchId, Integer> made = new HashMap<>();
        List<Task> running = new ArrayList<>();
        book.start();
        while (!book.isComplete()) {
            taken(book, inFlight).forEach(offered -> running.add(offered.task()));
            assertThat(running).as("something can always be rendered").isNotEmpty();
            Task ended = running.remove(random.nextInt(running.size()));
            if (ended instanceof Task.Decode decode) {
                made.put(ended.patch(), Arrays.hashCode(decode.window().tokens()));
                book.tileStored(ended.patch());
            } else {
                short[] tokens = tokens(ended);
                made.put(ended.patch(), Arrays.hashCode(tokens));
                book.tokensLogged(new TaskResult.Tokens(ended.patch(), tokens));
            }
        }
        return made;
    }

    /** A hash of everything the task reads, as tokens. */
    private static short[] tokens(Task given) {
        Task task = given instanceof Task.Fill fill ? fill.sample() : given;
        long hash = task.patch().hashCode();
        if (task instanceof Task.Sample sample) {
            for (ContextPatch patch : sample.context()) {
                hash = hash * 1_000_003 + patch.columnOffset() * 31 + patch.rowOffset();
                hash = hash * 1_000_003 + Arrays.hashCode(patch.tokens());
            }
            hash = hash * 31 + Arrays.hashCode(sample.layout().tokens());
        } else if (task instanceof Task.Encode encode) {
            hash = hash * 31 + Arrays.hashCode(encode.window().rgb());
        }
        short[] tokens = new short[TOKENS];
        Random made = new Random(hash);
        for (int index = 0; index < TOKENS; index++) {
            tokens[index] = (short) made.nextInt(512);
        }
        return tokens;
    }

    private static List<OfferedTask> taken(RenderBook book, int most) {
        return book.takeReady(most).values().stream().flatMap(List::stream).toList();
    }

    private static RenderBook unconditional(String direction) {
        return new RenderBook(plan(Specs.unconditional(640, 384, direction), Optional.empty()), Optional.empty());
    }

    private static RenderBook overLayout() {
        return new RenderBook(planOverLayout(), Optional.empty());
    }

    private static Plan planOverLayout() {
        return Planner.plan(Specs.unconditional(384, 1536, "zeta"), Specs.MODEL_OF_LAYOUTS, Optional.empty());
    }

    private static RenderBook extension() {
        Picture picture = Picture.of(new PixelBlock(200, 150, new byte[3 * 200 * 150]));
        return new RenderBook(
                plan(Specs.extension(640, 384, 192, 64, "auto"), Optional.of(picture)), Optional.of(picture));
    }

    private static Plan plan(JobSpec spec, Optional<Picture> picture) {
        return Planner.plan(spec, Specs.MODEL, picture.map(Picture::size));
    }
}
