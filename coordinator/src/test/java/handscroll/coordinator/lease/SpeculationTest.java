package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseBook.Comparison;
import handscroll.coordinator.lease.LeaseBook.Ended;
import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.protocol.lease.Leasing.Completed;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.task.TokenBlock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Anna renders ten patches, a second each, and takes much longer for the last two; the job has sixteen cells. */
class SpeculationTest extends LeaseBookFixture {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private Instant now = START;
    private Grant copied;

    private List<Grant> grants() {
        return book.grantReady(now);
    }

    private Grant granted(WorkerId worker) {
        book.pull(worker, 0, 2, now);
        List<Grant> grants = grants();
        assertThat(grants).hasSize(1);
        return grants.get(0);
    }

    private static List<OfferedTask> some(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> sample(i, i)).toList();
    }

    private static List<TaskResult> tokens(Grant grant, int token) {
        return grant.patches().stream()
                .<TaskResult>map(patch -> new TaskResult.Tokens(patch, new short[] {(short) token}))
                .toList();
    }

    private List<Ended> complete(Grant grant, int token) {
        return book.complete(new Completed(grant.worker(), grant.epoch(), tokens(grant, token), WorkTime.NONE), now);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private Grant straggler(int done, int cells) {
        join(ANNA);
        offer(some(0, done), cells);
        for (int patch = 0; patch < done; patch += 2) {
            Grant quick = granted(ANNA);
            pass(SECOND);
            assertThat(complete(quick, 1)).isNotEmpty();
        }
        offer(some(done, done + 2), cells);
        return granted(ANNA);
    }

    private void offer(List<OfferedTask> tasks, int cells) {
        book.offer(settings(SKY), JobTerms.USUAL.withCells(cells, 0), 0, tasks);
    }

    private void idle(WorkerId worker) {
        book.join(worker, 1, CPU, MODELS, now);
        book.pull(worker, 0, 2, now);
    }

    private Grant copied() {
        straggler(10, 16);
        pass(SECOND.multipliedBy(4));
        idle(BERT);
        List<Grant> grants = grants();
        assertThat(grants).hasSize(1);
        return grants.get(0);
    }

    private Grant original() {
        return new Grant(ANNA, copied.epoch() - 1, 0, copied.parts(), Optional.empty());
    }

    @Test
    void anIdleWorkerRendersOnceMoreWhatAnotherTakesTooLongFor() {
        Grant slow = straggler(10, 16);
        pass(SECOND.multipliedBy(4));
        idle(BERT);
        assertThat(grants()).singleElement().satisfies(copy -> {
            assertThat(copy.worker()).isEqualTo(BERT);
            assertThat(copy.patches()).isEqualTo(slow.patches());
            assertThat(copy.copyBecause()).contains("worker anna has them for 4.0 s, others of the stage take 1.0 s");
        });
    }

    @Test
    void noSoonerThanAfterThreeMedians() {
        straggler(10, 16);
        pass(SECOND.multipliedBy(3));
        idle(BERT);
        assertThat(grants()).isEmpty();
    }

    @Test
    void notBeforeTenTasksOfTheStageAreRendered() {
        straggler(8, 12);
        pass(SECOND.multipliedBy(9));
        idle(BERT);
        assertThat(grants()).isEmpty();
    }

    @Test
    void notBeforeHalfOfTheJobIsRendered() {
        straggler(10, 21);
        pass(SECOND.multipliedBy(9));
        idle(BERT);
        assertThat(grants()).isEmpty();
    }

    @Test
    void neverOnTheSameWorker() {
        book.join(ANNA, 2, CPU, MODELS, now);
        straggler(10, 16);
        pass(SECOND.multipliedBy(9));
        book.pull(ANNA, 1, 2, now);
        assertThat(grants()).isEmpty();
    }

    @Test
    void atMostOnce() {
        copied();
        pass(SECOND.multipliedBy(9));
        idle(CARL);
        assertThat(grants()).isEmpty();
    }

    @Test
    void whatIsReadyGoesFirst() {
        straggler(10, 16);
        pass(SECOND.multipliedBy(4));
        offer(some(12, 13), 16);
        idle(BERT);
        assertThat(grants())
                .singleElement()
                .satisfies(grant -> assertThat(grant.patches()).containsExactly(patch(12)));
    }

    @Test
    void aBatchThatWaitsBehindAnotherIsNoStraggler() {
        straggler(10, 18);
        offer(some(12, 14), 18);
        Grant waiting = granted(ANNA);
        pass(SECOND.multipliedBy(9));
        idle(BERT);
        assertThat(grants()).noneMatch(copy -> copy.patches().equals(waiting.patches()));
    }

    @Test
    void aTileIsNot() {
        join(ANNA);
        List<OfferedTask> tiles = IntStream.range(0, 12)
                .mapToObj(i -> new OfferedTask(new Task.Decode(patch(i), TokenBlock.EMPTY, 256, 256), i))
                .toList();
        offer(tiles, 16);
        for (int done = 0; done < 10; done += 2) {
            Grant quick = granted(ANNA);
            pass(SECOND);
            complete(quick, 1);
        }
        granted(ANNA);
        pass(SECOND.multipliedBy(9));
        idle(BERT);
        assertThat(grants()).isEmpty();
    }

    @Test
    void offMeansOff() {
        var off = new SpeculationSettings(false, 10, 0.5, 3, SECOND);
        var leases = new RunningLeases(TERM, Map.of(), 0);
        var settings = new LeaseSettings(
                TERM, TERM.multipliedBy(60), 3, 1024, SharingSettings.USUAL, BlameSettings.USUAL, off);
        assertThat(new Speculation(settings, leases).next(now)).isEmpty();
    }

    @Test
    void whoIsThroughFirstIsAcceptedAndTheOtherComparedOnly() {
        copied = copied();
        pass(SECOND);
        assertThat(complete(copied, 7))
                .singleElement()
                .satisfies(ended -> assertThat(ended.results()).hasSize(2));
        pass(SECOND);
        assertThat(complete(original(), 7)).isEmpty();
        assertThat(book.takeComparisons())
                .containsExactly(new Comparison(SKY, copied.patches(), BERT, ANNA, SECOND.multipliedBy(6), List.of()));
        assertThat(book.takeComparisons()).isEmpty();
    }

    @Test
    void otherTokensAreAnIncident() {
        copied = copied();
        complete(original(), 7);
        assertThat(complete(copied, 8)).isEmpty();
        assertThat(book.takeComparisons()).singleElement().satisfies(compared -> {
            assertThat(compared.differing()).isEqualTo(copied.patches());
            assertThat(compared.accepted()).isEqualTo(ANNA);
        });
    }

    @Test
    void theOneThatIsLeftGoesOnWhenTheOtherFails() {
        copied = copied();
        assertThat(returned(fail(original()))).isEmpty();
        assertThat(complete(copied, 7)).isNotEmpty();
        assertThat(book.whyWaiting(SKY, now)).isEqualTo("nothing of it is ready to be rendered");
    }

    @Test
    void whenBothAreGoneThePatchesGoOutAgainOnce() {
        copied = copied();
        assertThat(book.lose(ANNA))
                .allSatisfy(taken -> assertThat(returned(taken)).isEmpty());
        List<Taken> taken = book.lose(BERT);
        assertThat(taken)
                .singleElement()
                .satisfies(one -> assertThat(returned(one)).isEqualTo(copied.patches()));
        assertThat(book.account(SKY, List.of(), now).stages().get(0).readyCount())
                .isEqualTo(2);
    }

    @Test
    void whatCameSecondAndFailsIsNobodysLoss() {
        copied = copied();
        complete(copied, 7);
        assertThat(returned(fail(original()))).isEmpty();
        assertThat(book.account(SKY, List.of(), now).stages().get(0).readyCount())
                .isZero();
    }

    @Test
    void aJobThatIsWithdrawnLeavesNothingOfEither() {
        copied = copied();
        assertThat(book.withdraw(SKY, now)).hasSize(2);
        assertThat(complete(copied, 7)).isEmpty();
        assertThat(complete(original(), 7)).isEmpty();
        assertThat(book.takeComparisons()).isEmpty();
    }
}
