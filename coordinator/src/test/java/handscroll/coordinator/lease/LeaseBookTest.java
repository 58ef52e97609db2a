package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import handscroll.coordinator.lease.LeaseBook.Ended;
import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaseBookTest {

    private static final Duration TERM = Duration.ofSeconds(30);
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
    private static final LeaseSettings SETTINGS = new LeaseSettings(TERM, 3, 512 * 1024);

    private static final JobId SKY = new JobId("sky");
    private static final JobId SEA = new JobId("sea");
    private static final WorkerId ANNA = new WorkerId("anna");
    private static final WorkerId BERT = new WorkerId("bert");
    private static final WorkerId CARL = new WorkerId("carl");
    private static final String CPU = "cpu-bf16";
    private static final String GPU = "cuda-90";
    private static final Map<String, String> MODELS = Map.of("starry", "hash-1");
    private static final int BATCH = 4;

    private final LeaseBook book = new LeaseBook(SETTINGS, 7);

    // Sharing out.

    @Test
    void grantsNothingWithoutAPull() {
        join(ANNA);
        offer(SKY, 3);
        assertThat(book.grantReady(START)).isEmpty();
    }

    @Test
    void grantsWaitingPullsWhenTasksAreOffered() {
        join(ANNA);
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
        offer(SKY, 3);
        assertThat(onlyGrant().patches()).containsExactly(patch(0), patch(1), patch(2));
    }

    @Test
    void grantsNoMoreThanABatch() {
        join(ANNA);
        pull(ANNA, 0);
        offer(SKY, 10);
        assertThat(onlyGrant().tasks()).hasSize(BATCH);
    }

    @Test
    void twoWorkersShareAWavefrontEvenly() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(BERT, 0);
        offer(SKY, 5);
        assertThat(book.grantReady(START))
                .extracting(grant -> grant.tasks().size())
                .containsExactly(3, 2);
    }

    @Test
    void slotsOfOneWorkerShareLikeWorkers() {
        book.join(ANNA, 2, CPU, MODELS, START);
        pull(ANNA, 0);
        pull(ANNA, 1);
        offer(SKY, 2);
        assertThat(book.grantReady(START)).extracting(Grant::slot).containsExactly(0, 1);
    }

    @Test
    void slotsThatCannotTakeATaskDoNotShrinkTheShares() {
        join(ANNA);
        book.join(BERT, 1, CPU, Map.of(), START);
        pull(ANNA, 0);
        pull(BERT, 0);
        offer(SKY, 4);
        assertThat(onlyGrant().tasks()).hasSize(4);
    }

    @Test
    void lowerPrioritiesGoFirstWhateverTheStageOrJob() {
        join(ANNA);
        book.offer(settings(SKY), Optional.empty(), 0, List.of(task(0, 1, 50), task(0, 2, 20)));
        book.offer(settings(SEA), Optional.empty(), 1, List.of(task(1, 3, 10), task(1, 4, 30)));
        assertThat(renderAll(ANNA))
                .containsExactly(
                        new PatchId(1, 3, 0, 0),
                        new PatchId(0, 2, 0, 0),
                        new PatchId(1, 4, 0, 0),
                        new PatchId(0, 1, 0, 0));
    }

    @Test
    void equalPrioritiesGoInTheOrderOfTheirOffers() {
        join(ANNA);
        book.offer(settings(SKY), Optional.empty(), 0, List.of(task(0, 9, 1), task(0, 3, 1), task(0, 5, 1)));
        assertThat(renderAll(ANNA)).containsExactly(patch(9), patch(3), patch(5));
    }

    @Test
    void aBatchIsOfOneStageAndJob() {
        join(ANNA);
        pull(ANNA, 0);
        book.offer(settings(SKY), Optional.empty(), 0, List.of(task(0, 1, 1)));
        book.offer(settings(SKY), Optional.empty(), 1, List.of(task(1, 1, 1)));
        book.offer(settings(SEA), Optional.empty(), 0, List.of(task(0, 1, 1)));
        assertThat(onlyGrant().patches()).containsExactly(new PatchId(0, 1, 0, 0));
    }

    @Test
    void aBatchOfLargeTasksStaysBelowTheGrantBytes() {
        join(ANNA);
        book.pull(ANNA, 0, 16, START);
        var window = new PixelBlock(200, 400, new byte[240_000]);
        book.offer(
                settings(SKY),
                Optional.empty(),
                0,
                IntStream.range(0, 5)
                        .mapToObj(i -> new OfferedTask(new Task.Encode(patch(i), window), i))
                        .toList());
        assertThat(onlyGrant().tasks()).hasSize(2);
    }

    @Test
    void oneTaskLargerThanTheGrantBytesGoesAlone() {
        join(ANNA);
        pull(ANNA, 0);
        var window = new PixelBlock(500, 400, new byte[600_000]);
        var encode = new OfferedTask(new Task.Encode(patch(0), window), 0);
        book.offer(settings(SKY), Optional.empty(), 0, List.of(encode, encode));
        assertThat(onlyGrant().tasks()).hasSize(1);
    }

    // A batch waiting behind the one that runs.

    @Test
    void aSlotHoldsARunningAndAWaitingBatchAndNoMore() {
        join(ANNA);
        pull(ANNA, 0);
        pull(ANNA, 0);
        pull(ANNA, 0);
        offer(SKY, 100);
        assertThat(book.grantReady(START)).hasSize(2);
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
    }

    @Test
    void aPullThatIsRepeatedCountsOnce() {
        join(ANNA);
        for (int i = 0; i < 5; i++) {
            pull(ANNA, 0);
        }
        offer(SKY, 100);
        complete(book.grantReady(START).get(0));
        assertThat(book.grantReady(START)).isEmpty();
    }

    @Test
    void noBatchWaitsWhileAnotherSlotWouldIdle() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(ANNA, 0);
        pull(BERT, 0);
        pull(BERT, 0);
        offer(SKY, 8);
        assertThat(book.grantReady(START)).extracting(Grant::worker).containsExactly(ANNA, BERT);
    }

    @Test
    void aLastTaskWaitsForWhicheverSlotIsThroughFirst() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(ANNA, 0);
        pull(BERT, 0);
        pull(BERT, 0);
        offer(SKY, 2 * BATCH + 1);
        List<Grant> running = book.grantReady(START);
        assertThat(running).hasSize(2);
        complete(running.get(1));
        assertThat(onlyGrant().worker()).isEqualTo(BERT);
    }

    @Test
    void waitingBatchesGoFirstToTheSlotThatBeganFirst() {
        join(ANNA, BERT);
        pull(BERT, 0);
        pull(BERT, 0);
        offer(SKY, BATCH);
        onlyGrant();
        pull(ANNA, 0);
        pull(ANNA, 0);
        offer(SKY, BATCH);
        onlyGrant();
        offer(SKY, 2 * BATCH);
        assertThat(book.grantReady(START)).extracting(Grant::worker).containsExactly(BERT, ANNA);
    }

    @Test
    void noBatchWaitsThatIsNotHalfFull() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(ANNA, 0);
        pull(BERT, 0);
        pull(BERT, 0);
        offer(SKY, 2 * BATCH);
        List<Grant> running = book.grantReady(START);
        assertThat(running).hasSize(2);
        int halves = 2 * ((BATCH + 1) / 2);
        offer(SKY, halves - 1);
        assertThat(book.grantReady(START)).isEmpty();
        offer(SKY, 1);
        assertThat(book.grantReady(START)).hasSize(2);
    }

    @Test
    void anIdleSlotLeavesItsPartOfTheWavefrontToThoseThatAreThroughSoon() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(BERT, 0);
        offer(SKY, 4);
        List<Grant> running = book.grantReady(START);
        assertThat(running).extracting(grant -> grant.tasks().size()).containsExactly(2, 2);
        // Two are still held by the other slot; of six in all, three are this one's part.
        offer(SKY, 4);
        complete(running.get(0));
        pull(ANNA, 0);
        assertThat(onlyGrant().tasks()).hasSize(3);
    }

    // Epochs.

    @Test
    void noTwoLeasesShareAnEpochNotEvenOfTwoCoordinators() {
        Set<Long> epochs = new HashSet<>();
        for (long incarnation : new long[] {0, 1, 2, (1 << 23) - 1}) {
            var other = new LeaseBook(SETTINGS, incarnation);
            other.join(ANNA, 1, CPU, MODELS, START);
            other.offer(settings(SKY), Optional.empty(), 0, List.of(task(0, 0, 0), task(0, 1, 0)));
            for (int i = 0; i < 2; i++) {
                other.pull(ANNA, 0, 1, START);
                other.grantReady(START)
                        .forEach(grant -> assertThat(epochs.add(grant.epoch())).isTrue());
            }
        }
        assertThat(epochs).hasSize(8).allMatch(epoch -> epoch >= 0);
    }

    @Test
    void anIncarnationThatWouldOverflowIsRefused() {
        assertThatThrownBy(() -> new LeaseBook(SETTINGS, 1 << 23)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLeaseEndsOnlyOnce() {
        Grant grant = granted(ANNA, 2);
        assertThat(complete(grant)).contains(new Ended(SKY, CPU));
        assertThat(complete(grant)).isEmpty();
        assertThat(book.fail(ANNA, grant.epoch(), "it broke", START)).isEmpty();
    }

    @Test
    void refusesTheResultOfAnExpiredLease() {
        Grant grant = granted(ANNA, 2);
        assertThat(book.expire(START.plus(TERM))).isEmpty();
        assertThat(book.expire(START.plus(TERM).plusMillis(1)))
                .containsExactly(new Taken(ANNA, grant.epoch(), SKY, grant.patches(), List.of()));
        assertThat(complete(grant)).isEmpty();
    }

    @Test
    void refusesTheResultOfAnotherWorkersLease() {
        Grant grant = granted(ANNA, 1);
        join(BERT);
        assertThat(book.complete(BERT, grant.epoch(), results(grant), START)).isEmpty();
    }

    @Test
    void refusesResultsOfOtherTasksThanThoseGranted() {
        Grant grant = granted(ANNA, 2);
        List<TaskResult> swapped = List.of(results(grant).get(1), results(grant).get(0));
        assertThat(book.complete(ANNA, grant.epoch(), swapped, START)).isEmpty();
        assertThat(book.complete(ANNA, grant.epoch(), results(grant).subList(0, 1), START))
                .isEmpty();
        assertThat(complete(grant)).isPresent();
    }

    @Test
    void renewalKeepsALeaseForAnotherTerm() {
        Grant grant = granted(ANNA, 1);
        Instant later = START.plusSeconds(20);
        assertThat(book.renew(ANNA, List.of(grant.epoch()), later)).isEmpty();
        assertThat(book.expire(START.plus(TERM).plusMillis(1))).isEmpty();
        assertThat(book.expire(later.plus(TERM).plusMillis(1))).hasSize(1);
    }

    @Test
    void renewalNamesTheLeasesThatAreNotTheWorkersOwn() {
        Grant grant = granted(ANNA, 1);
        join(BERT);
        assertThat(book.renew(BERT, List.of(grant.epoch(), 99L), START)).containsExactly(grant.epoch(), 99L);
        assertThat(book.renew(CARL, List.of(5L), START)).containsExactly(5L);
    }

    @Test
    void aGrantThatNeverArrivedComesBackThoughItsWorkerLives() {
        Grant lost = granted(ANNA, 1);
        Instant later = START.plus(TERM).plusMillis(1);
        book.renew(ANNA, List.of(), later);
        assertThat(book.expire(later)).extracting(Taken::epoch).containsExactly(lost.epoch());
    }

    // Workers that go.

    @Test
    void givesTheTasksOfALostWorkerToAnotherFirstThingsFirst() {
        Grant grant = granted(ANNA, 3);
        offer(SKY, 10);
        assertThat(book.lose(ANNA)).extracting(Taken::returned).containsExactly(grant.patches());
        join(BERT);
        pull(BERT, 0);
        assertThat(onlyGrant().patches()).startsWith(grant.patches().get(0));
    }

    @Test
    void lostWorkersNeverCountAgainstAPatch() {
        offer(SKY, 1);
        for (int i = 0; i < 10; i++) {
            join(ANNA);
            pull(ANNA, 0);
            assertThat(book.grantReady(START)).hasSize(1);
            assertThat(book.lose(ANNA)).allMatch(taken -> taken.givenUp().isEmpty());
        }
    }

    @Test
    void aSilentWorkerGetsNothingUntilItSpeaks() {
        join(ANNA);
        pull(ANNA, 0);
        Instant later = START.plus(TERM).plusMillis(1);
        offer(SKY, 1);
        assertThat(book.grantReady(later)).isEmpty();
        assertThat(book.census(later)).singleElement().matches(WorkerReport::silent);
        book.renew(ANNA, List.of(), later);
        assertThat(book.grantReady(later)).hasSize(1);
    }

    @Test
    void aSilentWorkerTakesNoShareFromOthers() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(BERT, 0);
        Instant later = START.plus(TERM).plusMillis(1);
        book.renew(BERT, List.of(), later);
        offer(SKY, 4);
        assertThat(book.grantReady(later))
                .singleElement()
                .satisfies(grant -> assertThat(grant.worker()).isEqualTo(BERT))
                .satisfies(grant -> assertThat(grant.tasks()).hasSize(4));
    }

    @Test
    void aWorkerThatJoinsAgainKeepsItsLeases() {
        Grant grant = granted(ANNA, 1);
        join(ANNA);
        assertThat(complete(grant)).isPresent();
    }

    @Test
    void pullsFromBeforeAJoinDoNotCount() {
        join(ANNA);
        pull(ANNA, 0);
        join(ANNA);
        offer(SKY, 1);
        assertThat(book.grantReady(START)).isEmpty();
    }

    @Test
    void pullsForSlotsThatAreNotThereDoNotCount() {
        join(ANNA);
        pull(ANNA, 1);
        pull(ANNA, -1);
        pull(BERT, 0);
        offer(SKY, 1);
        assertThat(book.grantReady(START)).isEmpty();
    }

    // Who may render what.

    @Test
    void anotherModelHashGetsNothing() {
        book.join(ANNA, 1, CPU, Map.of("starry", "hash-2"), START);
        pull(ANNA, 0);
        offer(SKY, 1);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(book.whyWaiting(SKY, START))
                .contains("hash-1")
                .contains("hash-2")
                .contains("anna");
    }

    @Test
    void theFirstWorkerThatRendersFixesTheDeviceClass() {
        offer(SKY, 20);
        join(ANNA);
        complete(nextGrant(ANNA));
        book.lose(ANNA);
        assertThat(book.join(BERT, 1, GPU, MODELS, START))
                .hasValueSatisfying(reason -> assertThat(reason).contains(CPU).contains(GPU));
    }

    @Test
    void twoDeviceClassesNeverRenderOneJobAtOnce() {
        join(ANNA);
        book.join(BERT, 1, GPU, MODELS, START);
        pull(ANNA, 0);
        pull(BERT, 0);
        offer(SKY, 8);
        assertThat(onlyGrant().worker()).isEqualTo(ANNA);
    }

    @Test
    void aWorkerThatRenderedNothingFixesNothing() {
        offer(SKY, 8);
        join(ANNA);
        pull(ANNA, 0);
        onlyGrant();
        book.lose(ANNA);
        assertThat(book.join(BERT, 1, GPU, MODELS, START)).isEmpty();
        pull(BERT, 0);
        assertThat(onlyGrant().worker()).isEqualTo(BERT);
    }

    @Test
    void aResumedJobKeepsItsDeviceClass() {
        book.join(ANNA, 1, GPU, MODELS, START);
        pull(ANNA, 0);
        book.offer(settings(SKY), Optional.of(CPU), 0, tasks(1));
        assertThat(book.grantReady(START)).isEmpty();
        join(BERT);
        pull(BERT, 0);
        assertThat(onlyGrant().worker()).isEqualTo(BERT);
    }

    @Test
    void aWorkerThatNoJobCanUseIsToldWhy() {
        offer(SKY, 1);
        assertThat(book.join(ANNA, 1, CPU, Map.of("starry", "hash-2"), START))
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("starry").contains("hash-2"));
        assertThat(book.join(BERT, 1, CPU, Map.of("wave", "hash-3"), START)).isPresent();
        assertThat(book.census(START)).isEmpty();
        assertThat(book.whyWaiting(SKY, START))
                .contains("anna")
                .contains("hash-2")
                .contains("bert");
    }

    @Test
    void aWorkerThatAnyJobCanUseIsLetIn() {
        offer(SKY, 1);
        book.offer(
                new RenderSettings(
                        SEA, "wave", "hash-3", 1, 0.9, 100, 9, 9, 8, 16, JobSpec.TileEncoding.values()[0], 90),
                Optional.empty(),
                0,
                tasks(1));
        assertThat(book.join(ANNA, 1, CPU, Map.of("wave", "hash-3"), START)).isEmpty();
    }

    // Failure.

    @Test
    void aFailedPatchIsTriedAgainAndThenGivenUp() {
        offer(SKY, 1);
        join(ANNA);
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(fail(nextGrant(ANNA)).returned()).containsExactly(patch(0));
        }
        assertThat(fail(nextGrant(ANNA)).givenUp()).containsExactly(patch(0));
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
    }

    @Test
    void aFailedPatchGoesToAWorkerThatHasNotFailedIt() {
        offer(SKY, 1);
        join(ANNA, BERT);
        fail(nextGrant(ANNA));
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
        pull(BERT, 0);
        assertThat(onlyGrant().worker()).isEqualTo(BERT);
    }

    @Test
    void aFailedPatchGoesBackToItsWorkerWhenTheOthersAreGone() {
        offer(SKY, 1);
        join(ANNA, BERT);
        fail(nextGrant(ANNA));
        pull(ANNA, 0);
        book.lose(BERT);
        assertThat(onlyGrant().worker()).isEqualTo(ANNA);
    }

    @Test
    void onlyTheBadPatchOfABatchIsGivenUp() {
        offer(SKY, BATCH);
        join(ANNA);
        fail(nextGrant(ANNA));
        List<PatchId> givenUp = new ArrayList<>();
        List<PatchId> rendered = new ArrayList<>();
        while (book.whyWaiting(SKY, START).contains("ready, ")) {
            Grant grant = nextGrant(ANNA);
            assertThat(grant.tasks()).hasSize(1);
            if (grant.patches().contains(patch(2))) {
                givenUp.addAll(fail(grant).givenUp());
            } else {
                complete(grant);
                rendered.addAll(grant.patches());
            }
        }
        assertThat(givenUp).containsExactly(patch(2));
        assertThat(rendered).containsExactlyInAnyOrder(patch(0), patch(1), patch(3));
    }

    // Jobs that go.

    @Test
    void nothingOfAWithdrawnJobIsGrantedAndItsLeasesAreRevoked() {
        Grant grant = granted(ANNA, 2);
        offer(SKY, 9);
        assertThat(book.withdraw(SKY))
                .extracting(Taken::worker, Taken::epoch)
                .containsExactly(tuple(ANNA, grant.epoch()));
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(complete(grant)).isEmpty();
        assertThat(book.expire(START.plus(TERM.multipliedBy(2)))).isEmpty();
    }

    @Test
    void knowsWhoMayHoldStatesOfAJob() {
        granted(ANNA, 1);
        join(BERT);
        assertThat(book.servants(SKY)).containsExactly(ANNA);
        assertThat(book.servants(SEA)).isEmpty();
        book.withdraw(SKY);
        assertThat(book.servants(SKY)).isEmpty();
    }

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
        book.drain(ANNA);
        assertThat(book.whyWaiting(SKY, START)).contains("is drained", "handscroll workers undrain ID");
        book.join(BERT, 1, CPU, MODELS, START.minusSeconds(60));
        assertThat(book.whyWaiting(SKY, START)).contains("1 are drained", "1 silent for longer than 30 s");
        book.undrain(ANNA);
        assertThat(book.whyWaiting(SKY, START)).endsWith("wait for a free slot of 1 worker");
    }

    @Test
    void aSentenceNamesThreeWorkersThatCannotAndCountsTheRest() {
        for (int worker = 0; worker < 5; worker++) {
            join(new WorkerId("worker-" + worker));
        }
        book.offer(
                new RenderSettings(
                        SEA, "wave", "hash-3", 1, 0.9, 100, 9, 9, 8, 16, JobSpec.TileEncoding.values()[0], 90),
                Optional.empty(),
                0,
                tasks(1));
        assertThat(book.whyWaiting(SEA, START))
                .contains("[worker-2]", "copy its directory there", "and 2 more")
                .doesNotContain("[worker-3]");
    }

    // Draining.

    @Test
    void aDrainedWorkerGetsNothingUntilItIsUndrained() {
        join(ANNA);
        pull(ANNA, 0);
        assertThat(book.drain(ANNA)).hasValue("Worker anna is drained: it holds nothing and gets nothing.");
        offer(SKY, 1);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(book.undrain(ANNA)).hasValue("Worker anna gets patches again.");
        assertThat(onlyGrant().worker()).isEqualTo(ANNA);
    }

    @Test
    void aDrainingWorkerFinishesWhatItHolds() {
        Grant grant = granted(ANNA, 3);
        assertThat(book.drain(ANNA)).hasValue("Worker anna is draining: it finishes 3 patches and gets nothing more.");
        assertThat(standing(ANNA).state()).isEqualTo(WorkerList.State.DRAINING);
        pull(ANNA, 0);
        offer(SKY, 1);
        assertThat(book.grantReady(START)).isEmpty();
        Instant later = START.plusSeconds(20);
        assertThat(book.renew(ANNA, List.of(grant.epoch()), later)).isEmpty();
        assertThat(book.expire(START.plus(TERM).plusMillis(1))).isEmpty();
        assertThat(complete(grant)).isPresent();
        assertThat(standing(ANNA).state()).isEqualTo(WorkerList.State.DRAINED);
    }

    @Test
    void aDrainedWorkerTakesNoShareFromOthers() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(BERT, 0);
        book.drain(ANNA);
        offer(SKY, 4);
        assertThat(onlyGrant().tasks()).hasSize(4);
    }

    @Test
    void noFailedPatchWaitsForADrainedWorker() {
        offer(SKY, 1);
        join(ANNA, BERT);
        fail(nextGrant(ANNA));
        book.drain(BERT);
        assertThat(nextGrant(ANNA).worker()).isEqualTo(ANNA);
    }

    @Test
    void aWorkerThatJoinsAgainStaysDrained() {
        join(ANNA);
        book.drain(ANNA);
        join(ANNA);
        offer(SKY, 1);
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
    }

    @Test
    void whatIsSoAlreadyIsSaid() {
        join(ANNA);
        book.drain(ANNA);
        assertThat(book.drain(ANNA)).hasValueSatisfying(said -> assertThat(said).contains("drained already"));
        book.undrain(ANNA);
        assertThat(book.undrain(ANNA))
                .hasValueSatisfying(said -> assertThat(said).contains("was not drained"));
    }

    @Test
    void whoIsNotThereCannotBeDrained() {
        assertThat(book.drain(ANNA)).isEmpty();
        assertThat(book.undrain(ANNA)).isEmpty();
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
        book.drain(ANNA);
        assertThat(book.account(SKY, List.of(), START).ableWorkerCount()).isEqualTo(1);
        assertThat(book.account(SKY, List.of(), START.plusSeconds(31)).ableWorkerCount())
                .isZero();
    }

    private WorkerList.Standing standing(WorkerId worker) {
        return book.workerList(START).workers().stream()
                .filter(standing -> standing.report().worker().equals(worker))
                .findFirst()
                .orElseThrow();
    }

    // Everything at once.

    @Test
    void whateverHappensEveryTaskEndsExactlyOnceAndIsNeverHeldTwice() {
        for (long seed = 1; seed <= 50; seed++) {
            new Chaos(seed).run();
        }
    }

    /** Workers that pull, render, fail, fall silent, leave and come back, at random. */
    private static final class Chaos {
        private static final int TASK_COUNT = 60;
        final long seed;
        final Random random;
        final LeaseBook book = new LeaseBook(SETTINGS, 1);
        final List<Grant> held = new ArrayList<>();
        final Set<PatchId> ended = new HashSet<>();
        Instant now = START;

        Chaos(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            book.offer(settings(SKY), Optional.empty(), 0, tasks(TASK_COUNT));
            for (int step = 0; step < 100_000 && ended.size() < TASK_COUNT; step++) {
                WorkerId worker = List.of(ANNA, BERT, CARL).get(random.nextInt(3));
                switch (random.nextInt(12)) {
                    case 0 -> book.join(worker, 2, CPU, MODELS, now);
                    case 1 -> now = now.plusSeconds(random.nextInt(8));
                    case 2 -> {
                        if (random.nextInt(10) == 0) {
                            book.lose(worker).forEach(this::taken);
                        }
                    }
                    case 3 -> book.expire(now).forEach(this::taken);
                    case 4, 5 ->
                        book.renew(
                                worker,
                                held.stream()
                                        .filter(g -> g.worker().equals(worker))
                                        .map(Grant::epoch)
                                        .toList(),
                                now);
                    case 6, 7, 8 -> finish();
                    default -> book.pull(worker, random.nextInt(2), 1 + random.nextInt(5), now);
                }
                for (Grant grant : book.grantReady(now)) {
                    for (PatchId patch : grant.patches()) {
                        assertThat(held)
                                .as("seed %d", seed)
                                .noneMatch(other -> other.patches().contains(patch));
                        assertThat(ended).as("seed %d", seed).doesNotContain(patch);
                    }
                    held.add(grant);
                }
                assertThat(held.stream().filter(g -> g.worker().equals(worker) && g.slot() == 0))
                        .as("seed %d", seed)
                        .hasSizeLessThanOrEqualTo(2);
            }
            assertThat(ended).as("seed %d", seed).hasSize(TASK_COUNT);
        }

        void finish() {
            if (held.isEmpty()) {
                return;
            }
            Grant grant = held.remove(random.nextInt(held.size()));
            if (random.nextInt(5) == 0) {
                ended.addAll(book.fail(grant.worker(), grant.epoch(), "it broke", now)
                        .orElseThrow()
                        .givenUp());
            } else {
                assertThat(book.complete(grant.worker(), grant.epoch(), results(grant), now))
                        .isPresent();
                ended.addAll(grant.patches());
            }
        }

        void taken(Taken taken) {
            assertThat(held.removeIf(grant -> grant.epoch() == taken.epoch())).isTrue();
            ended.addAll(taken.givenUp());
        }
    }

    private static RenderSettings settings(JobId job) {
        return new RenderSettings(
                job, "starry", "hash-1", 1, 0.9, 100, 9, 9, 8, 16, JobSpec.TileEncoding.values()[0], 90);
    }

    private static PatchId patch(int column) {
        return new PatchId(0, column, 0, 0);
    }

    private static OfferedTask task(int stage, int column, long priority) {
        return new OfferedTask(new Task.Idle(new PatchId(stage, column, 0, 0), 0), priority);
    }

    private static List<OfferedTask> tasks(int count) {
        return IntStream.range(0, count).mapToObj(i -> task(0, i, i)).toList();
    }

    private static List<TaskResult> results(Grant grant) {
        return grant.patches().stream()
                .<TaskResult>map(patch -> new TaskResult.Nothing(patch, new byte[0]))
                .toList();
    }

    private void join(WorkerId... workers) {
        for (WorkerId worker : workers) {
            assertThat(book.join(worker, 1, CPU, MODELS, START)).isEmpty();
        }
    }

    private void pull(WorkerId worker, int slot) {
        book.pull(worker, slot, BATCH, START);
    }

    private void offer(JobId job, int count) {
        book.offer(settings(job), Optional.empty(), 0, tasks(count));
    }

    private Grant onlyGrant() {
        List<Grant> grants = book.grantReady(START);
        assertThat(grants).hasSize(1);
        return grants.get(0);
    }

    private Grant nextGrant(WorkerId worker) {
        pull(worker, 0);
        return onlyGrant();
    }

    private Grant granted(WorkerId worker, int count) {
        join(worker);
        offer(SKY, count);
        return nextGrant(worker);
    }

    private Optional<Ended> complete(Grant grant) {
        return book.complete(grant.worker(), grant.epoch(), results(grant), START);
    }

    private Taken fail(Grant grant) {
        return book.fail(grant.worker(), grant.epoch(), "it broke", START).orElseThrow();
    }

    /** One at a time, in the order in which they are granted. */
    private List<PatchId> renderAll(WorkerId worker) {
        List<PatchId> order = new ArrayList<>();
        while (true) {
            book.pull(worker, 0, 1, START);
            List<Grant> grants = book.grantReady(START);
            if (grants.isEmpty()) {
                return order;
            }
            for (Grant grant : grants) {
                order.addAll(grant.patches());
                complete(grant);
            }
        }
    }
}
