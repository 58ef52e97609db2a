package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.coordinator.lease.LeaseBook.Verdict;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.task.TokenBlock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is to blame for what cannot be rendered: the patch, the worker, or nobody. */
class BlameTest extends LeaseBookFixture {

    private static final Instant LATER =
            START.plus(BlameSettings.USUAL.memory()).plusSeconds(1);

    // Workers.

    @Test
    void aWorkerIsBlockedWhenOthersRenderedThreeBatchesThatItFailed() {
        annaFailsWhatBertRenders(3);

        assertThat(verdict().worker()).isEqualTo(ANNA);
        assertThat(standing(ANNA).state()).isEqualTo(WorkerList.State.BLOCKED);
        offer(SKY, 30);
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(book.unblock(ANNA)).isTrue();
        assertThat(book.grantReady(START)).hasSize(1);
    }

    @Test
    void twoBatchesAreNotEnough() {
        annaFailsWhatBertRenders(2);
        assertThat(book.takeVerdicts()).isEmpty();
    }

    @Test
    void aBlockedWorkerGetsPatchesAgainWhenItsFailuresAreForgotten() {
        annaFailsWhatBertRenders(3);
        verdict();
        book.expire(LATER);
        assertThat(standing(ANNA).state()).isNotEqualTo(WorkerList.State.BLOCKED);
    }

    @Test
    void oneBadPatchDoesNotBringBlameOnItsWorkerByTheOthersOfItsBatch() {
        Grant batch = granted(ANNA, 4);
        fail(batch);
        join(BERT);
        for (int i = 0; i < 4; i++) {
            Grant single = nextGrant(BERT);
            if (single.patches().contains(batch.patches().get(0))) {
                fail(single);
            } else {
                complete(single);
            }
        }
        assertThat(book.takeVerdicts()).isEmpty();
    }

    @Test
    void aBlockedWorkerLosesWhatItHoldsAndBringsBackWhatWasGivenUpBecauseOfIt() {
        WorkerId[] others = {ANNA, BERT, CARL};
        offer(SKY, 1);
        for (WorkerId worker : others) {
            join(worker);
            fail(nextGrant(worker));
        }
        offer(SEA, 1);
        Grant held = nextGrant(ANNA);

        assertThat(book.block(ANNA, "somebody asked for it", START)).isTrue();

        Verdict verdict = verdict();
        assertThat(verdict.taken()).extracting(Taken::epoch).containsExactly(held.epoch());
        assertThat(verdict.readmitted().get(0).returned()).containsExactly(patch(0));
    }

    // Patches.

    @Test
    void runningOutOfMemoryHalvesTheBatchAndCountsAgainstNobody() {
        Grant batch = granted(ANNA, 4);
        Taken taken = fail(batch, Fault.MEMORY);
        assertThat(givenUp(taken)).isEmpty();
        pull(ANNA, 0);
        assertThat(book.grantReady(START))
                .allSatisfy(half -> assertThat(half.patches()).hasSizeLessThanOrEqualTo(2));
        assertThat(standing(ANNA).report().batchLimit()).hasValue(2);
    }

    @Test
    void aPatchThatIsTooLargeAloneGoesToAnotherWorkerAndIsGivenUpAtLast() {
        Grant alone = granted(ANNA, 1);
        assertThat(returned(fail(alone, Fault.MEMORY))).isNotEmpty();
        join(BERT);
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(returned(fail(nextGrant(BERT), Fault.MEMORY))).isNotEmpty();
        join(CARL);
        assertThat(givenUp(fail(nextGrant(CARL), Fault.MEMORY))).containsExactly(patch(0));
    }

    @Test
    void aDeviceErrorNeverCountsAgainstThePatchAndBlocksTheWorkerAfterThree() {
        join(BERT);
        join(ANNA);
        offer(SKY, 1);
        for (int i = 0; i < 3; i++) {
            assertThat(givenUp(fail(nextGrant(ANNA), Fault.DEVICE))).isEmpty();
        }
        assertThat(verdict().worker()).isEqualTo(ANNA);
        assertThat(book.account(SKY, List.of(patch(0)), START)
                        .patches()
                        .get(patch(0))
                        .attempt())
                .isEqualTo(1);
    }

    @Test
    void aSlotThatIsBusyForHoursWithoutAResultLosesItsBatchHoweverOftenItsWorkerRenews() {
        join(BERT);
        Grant stuck = granted(ANNA, 1);
        Instant longest = START.plus(SETTINGS.longest());
        for (Instant now = START; now.isBefore(longest.plus(TERM)); now = now.plus(TERM)) {
            assertThat(book.renew(ANNA, List.of(stuck.epoch()), now)).isEmpty();
            book.renew(BERT, List.of(), now);
            assertThat(book.expire(now)).isEmpty();
        }

        assertThat(book.endStuck(longest)).isEmpty();
        List<Taken> taken = book.endStuck(longest.plusMillis(1));

        assertThat(taken).singleElement().satisfies(one -> {
            assertThat(one.epoch()).isEqualTo(stuck.epoch());
            assertThat(returned(one)).containsExactly(patch(0));
        });
        assertThat(complete(stuck)).isEmpty();
        assertThat(book.account(SKY, List.of(patch(0)), longest)
                        .patches()
                        .get(patch(0))
                        .ended())
                .singleElement()
                .satisfies(ended -> assertThat(ended.reason()).contains("30 min without a result"));
    }

    @Test
    void whatWaitsBehindAStuckBatchGoesToOthersAndTheSlotGetsNothingUntilItAsksAnew() {
        Grant stuck = granted(ANNA, 1);
        offer(SKY, BATCH);
        Grant waiting = nextGrant(ANNA);
        Instant late = START.plus(SETTINGS.longest()).plusSeconds(1);
        book.renew(ANNA, List.of(stuck.epoch(), waiting.epoch()), late);
        join(BERT);
        book.renew(BERT, List.of(), late);

        assertThat(book.endStuck(late)).extracting(Taken::epoch).containsExactly(stuck.epoch(), waiting.epoch());
        assertThat(book.grantReady(late)).isEmpty();
        assertThat(standing(ANNA).objection())
                .hasValueSatisfying(why ->
                        assertThat(why).contains("none of its slots goes on").contains("end its process"));
        book.pull(ANNA, 0, BATCH, late);
        assertThat(book.grantReady(late)).extracting(Grant::worker).containsExactly(ANNA);
    }

    @Test
    void whatFailedElsewhereDoesNotWaitForAWorkerOfWhichEverySlotIsStuck() {
        granted(ANNA, 1);
        join(BERT);
        Instant late = START.plus(SETTINGS.longest()).plusSeconds(1);
        book.renew(ANNA, List.of(0L), late);
        book.renew(BERT, List.of(), late);
        book.endStuck(late);
        book.pull(BERT, 0, 1, late);
        Grant failed = book.grantReady(late).get(0);
        book.fail(BERT, failed.epoch(), "it broke", late);

        book.pull(BERT, 0, 1, late);
        assertThat(book.grantReady(late)).extracting(Grant::worker).containsExactly(BERT);
    }

    @Test
    void aPatchThatAlwaysFailsIsGivenUpThoughAnotherWorkerIsThereThatNeverAsks() {
        granted(ANNA, 1);
        join(BERT);
        book.lose(ANNA);
        join(ANNA);
        Instant now = START;
        List<PatchId> givenUp = List.of();
        for (int attempt = 0; attempt < SETTINGS.attemptCount(); attempt++) {
            book.pull(BERT, 0, 1, now);
            Grant grant = book.grantReady(now).get(0);
            assertThat(grant.worker()).isEqualTo(BERT);
            givenUp = givenUp(book.fail(BERT, grant.epoch(), "it broke", now).orElseThrow());
            book.pull(BERT, 0, 1, now);
            assertThat(book.grantReady(now)).isEmpty();
            now = now.plus(SETTINGS.longestWaitForAnother()).plusSeconds(1);
            book.renew(ANNA, List.of(), now);
            book.renew(BERT, List.of(), now);
        }
        assertThat(givenUp).containsExactly(patch(0));
    }

    @Test
    void whereNobodyElseIsADeviceThatFailsEndsInsteadOfTryingForEver() {
        join(ANNA);
        offer(SKY, 1);
        fail(nextGrant(ANNA), Fault.DEVICE);
        fail(nextGrant(ANNA), Fault.DEVICE);
        assertThat(givenUp(fail(nextGrant(ANNA), Fault.DEVICE))).containsExactly(patch(0));
    }

    @Test
    void oldFailuresOfAPatchAreForgotten() {
        join(ANNA);
        offer(SKY, 1);
        fail(nextGrant(ANNA));
        fail(nextGrant(ANNA));
        Grant third = nextGrant(ANNA);
        assertThat(givenUp(book.fail(ANNA, third.epoch(), "it broke", LATER).orElseThrow()))
                .isEmpty();
    }

    @Test
    void whatWasGivenUpIsTriedAgainWhenSomebodyAsks() {
        join(ANNA);
        offer(SKY, 1);
        for (int i = 0; i < 3; i++) {
            fail(nextGrant(ANNA));
        }
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(book.retry(SKY, List.of(patch(0), patch(1)))).containsExactly(patch(0));
        assertThat(onlyGrant().patches()).containsExactly(patch(0));
    }

    // Results.

    @Test
    void tokensThatTheModelDoesNotHaveAreRefused() {
        var shape = new TokenShape(4, 512);
        var task = new Task.Sample(patch(0), List.of(), 0, 1, TokenBlock.EMPTY);
        assertThat(shape.fits(task, tokens(0, 511, 3, 4))).isTrue();
        assertThat(shape.fits(task, tokens(0, 512, 3, 4))).isFalse();
        assertThat(shape.fits(task, tokens(0, -1, 3, 4))).isFalse();
        assertThat(shape.fits(task, tokens(1, 2, 3))).isFalse();
        assertThat(shape.fits(task, new TaskResult.TileStored(patch(0)))).isFalse();

        join(ANNA);
        book.offer(settings(SKY), JobTerms.USUAL.withTokens(shape), 0, List.of(new OfferedTask(task, 0)));
        Grant grant = nextGrant(ANNA);
        assertThat(complete(ANNA, grant.epoch(), List.of(tokens(0, 0, 0, 512)))).isEmpty();
        assertThat(returned(fail(grant))).containsExactly(patch(0));
    }

    private static TaskResult tokens(int... tokens) {
        short[] rows = new short[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            rows[i] = (short) tokens[i];
        }
        return new TaskResult.Tokens(patch(0), rows);
    }

    private void annaFailsWhatBertRenders(int batches) {
        join(ANNA);
        join(BERT);
        offer(SKY, batches);
        for (int i = 0; i < batches; i++) {
            book.pull(ANNA, 0, 1, START);
            fail(onlyGrant());
        }
        for (int i = 0; i < batches; i++) {
            complete(nextGrant(BERT));
        }
    }

    private Verdict verdict() {
        List<Verdict> verdicts = book.takeVerdicts();
        assertThat(verdicts).hasSize(1);
        return verdicts.get(0);
    }

    private Taken fail(Grant grant, Fault fault) {
        return book.fail(grant.worker(), grant.epoch(), fault, "it broke", START)
                .orElseThrow();
    }
}
