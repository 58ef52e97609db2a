package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import handscroll.coordinator.job.Explanation.PatchStanding;
import handscroll.coordinator.job.Explanation.PatchState;
import handscroll.coordinator.job.Explanation.StageStanding;
import handscroll.coordinator.lease.LeaseBook;
import handscroll.coordinator.lease.LeaseSettings;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Specs;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.Completed;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** With the books of a job and of the desk as they are in the farm. */
class WhyTest {

    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
    private static final JobId SKY = new JobId("sky");
    private static final WorkerId ANNA = new WorkerId("anna");
    private static final PatchId FIRST = new PatchId(0, 0, 0, 0);

    private final Plan plan = Planner.plan(Specs.unconditional(640, 384, "zeta"), Specs.MODEL, Optional.empty());
    private final RenderBook book = new RenderBook(plan, Optional.empty());
    private final LeaseBook desk = new LeaseBook(new LeaseSettings(Duration.ofSeconds(30), 3, 512 * 1024), 1);
    private Instant now = START;

    WhyTest() {
        book.start();
    }

    @Test
    void aJobWithoutWorkersSaysHowToStartOne() {
        offer(100);
        Explanation why = explain();
        assertThat(why.summary())
                .isEqualTo("1 patch is ready, but no worker has joined; start one with"
                        + " handscroll worker --join HOST:PORT");
        assertThat(why.stages())
                .containsExactly(
                        new StageStanding("sample", 10, 6, 60, 0, 0, 0, 1, 59),
                        new StageStanding("decode", 3, 2, 6, 0, 0, 0, 0, 6));
    }

    @Test
    void aJobThatNoWorkerFitsSaysWhatDiffersAndWhatToDo() {
        desk.join(ANNA, 1, "cpu", Map.of("starry-night", "other"), now);
        offer(100);
        assertThat(explain().summary())
                .contains("no worker can render them", "[anna]", "hash", "other")
                .contains("copy the coordinator's model directory there");
        assertThat(patch("0,0").summary()).contains("is ready", "nobody can render it", "copy the coordinator's");
    }

    @Test
    void aLeasedPatchSaysWhoHasItSinceWhen() {
        lease();
        now = now.plusSeconds(12);
        PatchStanding first = patch("0,0");
        assertThat(first.state()).isEqualTo(PatchState.LEASED);
        assertThat(first.name()).isEqualTo("sample/0,0");
        assertThat(first.summary()).isEqualTo("is leased by worker anna on gpu07 for 12 s");
        assertThat(explain().stages().get(0)).isEqualTo(new StageStanding("sample", 10, 6, 60, 0, 0, 1, 0, 59));
        assertThat(explain().summary()).isEqualTo("all that is ready is being rendered");
    }

    @Test
    void aPatchThatFailedSaysWhichAttemptItIsAtAndWhatBroke() {
        long epoch = lease();
        desk.fail(ANNA, epoch, "not a number in step 3", now);
        assertThat(patch("0,0").summary())
                .isEqualTo("is ready and waits for a free slot, about number 1 of 1, attempt 2 of 3");
        assertThat(patch("0,0").account().orElseThrow().ended())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.reason()).isEqualTo("not a number in step 3"));
    }

    @Test
    void aWaitingPatchNamesThosePatchesThatItWaitsForAndTheirState() {
        lease();
        PatchStanding third = patch("2,0");
        assertThat(third.state()).isEqualTo(PatchState.WAITING);
        assertThat(third.summary()).isEqualTo("waits for 2 patches that it reads");
        assertThat(third.missing())
                .extracting(PatchStanding::name, PatchStanding::state)
                .containsExactly(tuple("sample/0,0", PatchState.LEASED), tuple("sample/1,0", PatchState.WAITING));
    }

    @Test
    void aPatchThatWaitsForManyListsTen() {
        lease();
        PatchStanding tile = patch("decode/0,0");
        assertThat(tile.missing()).hasSize(10);
        assertThat(tile.missingCount()).isGreaterThan(10);
        assertThat(tile.missing())
                .allSatisfy(missing -> assertThat(missing.missing()).isEmpty());
    }

    @Test
    void aResultThatIsNotLoggedYetIsOnItsWay() {
        long epoch = lease();
        desk.complete(
                new Completed(ANNA, epoch, List.of(new TaskResult.Tokens(FIRST, new short[64])), WorkTime.NONE), now);
        assertThat(patch("0,0").state()).isEqualTo(PatchState.STORING);
        assertThat(explain().summary())
                .isEqualTo("what was ready is rendered, and 1 result is on the way into the token log");
        book.tokensLogged(new TaskResult.Tokens(FIRST, new short[64]));
        assertThat(patch("0,0").summary()).isEqualTo("is rendered");
    }

    @Test
    void whatTheDeskHasNoRoomForWaitsBehindTheRest() {
        RenderBook blind = new RenderBook(
                Planner.plan(
                        Specs.withoutContext(Specs.unconditional(640, 384, "zeta")), Specs.MODEL, Optional.empty()),
                Optional.empty());
        blind.start();
        blind.takeReady(7)
                .forEach((stage, tasks) -> desk.offer(plan.renderSettings(SKY), Optional.empty(), stage, tasks));
        Explanation why = explain(blind, Jobs.State.RENDERING, Optional.of("9,5"));
        assertThat(why.stages().get(0).readyCount()).isEqualTo(60);
        assertThat(why.patch().orElseThrow().state()).isEqualTo(PatchState.READY);
        assertThat(why.patch().orElseThrow().summary()).contains("behind all those that are with the lease desk");
    }

    @Test
    void aStoppedJobSaysWhyAndHowItGoesOn() {
        Explanation paused = Why.explain(
                SKY,
                Jobs.State.PAUSED,
                Optional.of("the disk is full; free 2 GB"),
                2,
                Optional.empty(),
                desk.account(SKY, List.of(), now),
                Optional.empty());
        assertThat(paused.summary())
                .startsWith("the disk is full; free 2 GB")
                .contains("POST /api/jobs/sky/resume")
                .endsWith("; 2 patches were skipped and show placeholders");
        assertThat(paused.stages()).isEmpty();
    }

    @Test
    void everyStateHasAnAnswer() {
        for (Jobs.State state : Jobs.State.values()) {
            assertThat(explain(book, state, Optional.of("0,0")).summary())
                    .as("%s", state)
                    .isNotBlank();
        }
    }

    private void offer(int most) {
        for (Map.Entry<Integer, List<OfferedTask>> stage : book.takeReady(most).entrySet()) {
            desk.offer(plan.renderSettings(SKY), Optional.empty(), stage.getKey(), stage.getValue());
        }
    }

    /** Of the first patch, to anna. */
    private long lease() {
        desk.join(ANNA, 1, "cpu", Map.of("starry-night", "hash"), now);
        desk.locate(ANNA, "gpu07");
        desk.pull(ANNA, 0, 16, now);
        offer(100);
        return desk.grantReady(now).get(0).epoch();
    }

    private Explanation explain() {
        return explain(book, Jobs.State.RENDERING, Optional.empty());
    }

    private PatchStanding patch(String name) {
        return explain(book, Jobs.State.RENDERING, Optional.of(name)).patch().orElseThrow();
    }

    private Explanation explain(RenderBook of, Jobs.State state, Optional<String> name) {
        try {
            List<PatchId> asked = Why.patchesAskedOf(Optional.of(of), name);
            return Why.explain(
                    SKY,
                    state,
                    Optional.empty(),
                    0,
                    Optional.of(of),
                    desk.account(SKY, asked, now),
                    asked.stream().findFirst());
        } catch (PatchName.Unknown unknown) {
            throw new AssertionError(unknown);
        }
    }
}
