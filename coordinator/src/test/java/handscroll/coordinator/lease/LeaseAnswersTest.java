package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseAnswersTest extends LeaseBookFixture {

    // Why.

    @Test
    void saysWhyAJobWaits() {
        assertThat(book.whyWaiting(SKY, START)).isEqualTo("nothing of it is ready to be rendered");
        offer(SKY, 1);
        assertThat(book.whyWaiting(SKY, START)).startsWith("1 patch is ready, but no worker has joined");
        join(ANNA);
        assertThat(book.whyWaiting(SKY, START)).endsWith("wait for a free slot of 1 worker");
        assertThat(book.whyWaiting(SKY, START.plusSeconds(31))).contains("silent for longer than 30 s");
        nextGrant(ANNA);
        assertThat(book.whyWaiting(SKY, START)).isEqualTo("all that is ready is being rendered");
    }

    @Test
    void saysWhatToDoWhenNoWorkerCanRender() {
        offer(SKY, 1);
        join(ANNA);
        book.drain(ANNA, Optional.empty(), START);
        assertThat(book.whyWaiting(SKY, START)).contains("is drained", "handscroll workers undrain ID");
        book.join(BERT, 1, CPU, MODELS, START.minusSeconds(60));
        assertThat(book.whyWaiting(SKY, START)).contains("1 are drained", "1 silent for longer than 30 s");
        book.undrain(ANNA);
        assertThat(book.whyWaiting(SKY, START)).endsWith("wait for a free slot of 1 worker");
    }

    @Test
    void saysWhoGoesFirst() {
        join(ANNA);
        offer(SKY, 1);
        offer(SEA, 80, tasks(1));
        assertThat(book.whyWaiting(SKY, START)).endsWith("1 worker, behind 1 job of a higher priority than 50");
        assertThat(book.whyWaiting(SEA, START)).endsWith("1 worker");
    }

    @Test
    void whatNobodyHereCanRenderIsSaidAtOnce() {
        offer(SKY, 1);
        assertThat(book.obstacle(SKY, START)).as("nobody has come yet").isEmpty();
        book.join(ANNA, 1, CPU, Map.of(), START);
        assertThat(book.obstacle(SKY, START))
                .hasValueSatisfying(why ->
                        assertThat(why).contains("every worker that came was refused", "needs the model starry"));
        book.join(BERT, 1, CPU, MODELS, START);
        assertThat(book.obstacle(SKY, START)).isEmpty();
        book.offer(settings(SEA), Optional.of(GPU), 0, tasks(1));
        assertThat(book.obstacle(SEA, START))
                .hasValueSatisfying(why -> assertThat(why).contains("no worker can render them", GPU, CPU));
        book.drain(BERT, Optional.empty(), START);
        assertThat(book.obstacle(SKY, START))
                .hasValueSatisfying(why -> assertThat(why).contains("is drained"));
    }

    @Test
    void aSentenceNamesThreeWorkersThatCannotAndCountsTheRest() {
        for (int worker = 0; worker < 5; worker++) {
            join(new WorkerId("worker-" + worker));
        }
        book.offer(settings(SEA, "wave", "hash-3", 0.9), Optional.empty(), 0, tasks(1));
        assertThat(book.whyWaiting(SEA, START))
                .contains("[worker-2]", "copy its directory there", "and 2 more")
                .doesNotContain("[worker-3]");
    }

    // Who does what.

    @Test
    void countsWhatAWorkerRenderedAndFailed() {
        complete(granted(ANNA, 3));
        offer(SKY, 2);
        fail(nextGrant(ANNA));
        book.locate(ANNA, "10.0.0.6");
        WorkerReport anna = standing(ANNA).report();
        assertThat(anna.renderedCount()).isEqualTo(3);
        assertThat(anna.failedCount()).isEqualTo(2);
        assertThat(anna.host()).isEqualTo("10.0.0.6");
    }

    @Test
    void theListSaysWhoCanServeNoJobAndWhy() {
        join(ANNA);
        assertThat(standing(ANNA).state()).isEqualTo(WorkerList.State.IDLE);
        book.offer(settings(SKY), Optional.of(GPU), 0, tasks(1));
        assertThat(standing(ANNA).state()).isEqualTo(WorkerList.State.UNFIT);
        assertThat(standing(ANNA).objection())
                .hasValueSatisfying(why -> assertThat(why).contains(GPU, CPU, "start it on such a device"));
        offer(SEA, 1);
        assertThat(standing(ANNA).objection()).isEmpty();
    }

    @Test
    void theListRemembersTheLatestThatWereRefused() {
        offer(SKY, 1);
        for (int worker = 0; worker < 40; worker++) {
            WorkerId id = new WorkerId("worker-" + worker);
            book.join(id, 2, CPU, Map.of("starry", "hash-2"), START.plusSeconds(worker));
            book.locate(id, "10.0.0." + worker);
        }
        List<RefusedWorker> refused = book.workerList(START).refused();
        assertThat(refused).hasSize(16);
        RefusedWorker last = refused.get(15);
        assertThat(last.worker().value()).isEqualTo("worker-39");
        assertThat(last.host()).isEqualTo("10.0.0.39");
        assertThat(last.asked()).isEqualTo(START.plusSeconds(39));
        assertThat(last.reason()).contains("hash-1", "hash-2");
        book.join(new WorkerId("worker-39"), 2, CPU, MODELS, START);
        assertThat(book.workerList(START).refused()).hasSize(15);
    }

    @Test
    void aRefusedWorkerThatAsksNoMoreIsForgotten() {
        offer(SKY, 1);
        book.join(ANNA, 1, CPU, Map.of(), START);
        assertThat(book.workerList(START.plus(TERM.multipliedBy(10))).refused()).hasSize(1);
        Instant later = START.plus(TERM.multipliedBy(11));
        assertThat(book.workerList(later).refused()).isEmpty();
        assertThat(book.whyWaiting(SKY, later)).contains("no worker has joined");
    }

    // Who holds what.

    @Test
    void anAccountSaysWhoHoldsAPatchSinceWhen() {
        join(ANNA);
        book.locate(ANNA, "gpu07");
        offer(SKY, 6);
        book.pull(ANNA, 0, BATCH, START);
        Grant grant = book.grantReady(START.plusSeconds(3)).get(0);
        JobAccount account = book.account(SKY, List.of(patch(0), patch(5), patch(99)), START.plusSeconds(9));

        assertThat(account.stages()).containsExactly(new JobAccount.StageAccount(0, BATCH, 2));
        assertThat(account.leaseCount()).isEqualTo(1);
        JobAccount.HeldLease lease = account.patches().get(patch(0)).lease().orElseThrow();
        assertThat(lease.worker()).isEqualTo(ANNA);
        assertThat(lease.host()).isEqualTo("gpu07");
        assertThat(lease.epoch()).isEqualTo(grant.epoch());
        assertThat(lease.granted()).isEqualTo(START.plusSeconds(3));
        assertThat(account.oldestLease()).contains(lease);
        assertThat(account.patches().get(patch(5)).lease()).isEmpty();
        assertThat(account.patches().get(patch(5)).position()).isEqualTo(2);
        assertThat(account.patches().get(patch(5)).readyCount()).isEqualTo(2);
        assertThat(account.patches()).doesNotContainKey(patch(99));
    }

    @Test
    void theOldestLeaseIsTheOneThatWasGrantedFirst() {
        join(ANNA, BERT);
        offer(SKY, 2 * BATCH);
        book.pull(BERT, 0, BATCH, START);
        book.grantReady(START);
        book.pull(ANNA, 0, BATCH, START);
        book.grantReady(START.plusSeconds(5));
        assertThat(book.account(SKY, List.of(), START).oldestLease())
                .hasValueSatisfying(lease -> assertThat(lease.worker()).isEqualTo(BERT));
    }

    @Test
    void placesAreCountedAcrossJobs() {
        book.offer(settings(SEA), Optional.empty(), 0, List.of(task(0, 0, 1), task(0, 1, 3)));
        book.offer(settings(SKY), Optional.empty(), 0, List.of(task(0, 7, 2), task(0, 8, 4)));
        JobAccount.PatchAccount last =
                book.account(SKY, List.of(patch(8)), START).patches().get(patch(8));
        assertThat(last.position()).isEqualTo(4);
        assertThat(last.readyCount()).isEqualTo(4);
    }

    @Test
    void anAccountRemembersWhyAttemptsEnded() {
        offer(SKY, 1);
        join(ANNA);
        fail(nextGrant(ANNA));
        nextGrant(ANNA);
        book.expire(START.plus(TERM).plusMillis(1));
        nextGrant(ANNA);
        book.lose(ANNA);
        JobAccount.PatchAccount account =
                book.account(SKY, List.of(patch(0)), START).patches().get(patch(0));
        assertThat(account.attempt()).as("only failures count").isEqualTo(2);
        assertThat(account.attemptCount()).isEqualTo(3);
        assertThat(account.ended())
                .extracting(EndedAttempt::worker, EndedAttempt::reason, EndedAttempt::countsAgainstPatch)
                .containsExactly(
                        tuple(ANNA, "it broke", true),
                        tuple(ANNA, "its lease was not renewed in time", false),
                        tuple(ANNA, "the worker was lost", false));
    }

    @Test
    void aPatchTakenBackManyTimesKeepsABoundedMemoryOfIt() {
        offer(SKY, 1);
        for (int i = 0; i < 30; i++) {
            granted(ANNA, 0);
            book.lose(ANNA);
        }
        assertThat(book.account(SKY, List.of(patch(0)), START)
                        .patches()
                        .get(patch(0))
                        .ended())
                .hasSize(8);
    }

    @Test
    void nothingIsKnownOfAJobThatWasNeverOffered() {
        join(ANNA);
        JobAccount account = book.account(SKY, List.of(patch(0)), START);
        assertThat(account.stages()).isEmpty();
        assertThat(account.patches()).isEmpty();
        assertThat(account.ableWorkerCount()).isEqualTo(1);
    }

    @Test
    void anAccountSaysWhoCouldRenderTheJob() {
        join(ANNA, BERT);
        book.join(CARL, 1, GPU, MODELS, START);
        book.offer(settings(SKY), Optional.of(CPU), 0, tasks(1));
        assertThat(book.account(SKY, List.of(), START).ableWorkerCount()).isEqualTo(2);
        book.drain(ANNA, Optional.empty(), START);
        assertThat(book.account(SKY, List.of(), START).ableWorkerCount()).isEqualTo(1);
        assertThat(book.account(SKY, List.of(), START.plusSeconds(31)).ableWorkerCount())
                .isZero();
    }
}
