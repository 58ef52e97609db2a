package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import handscroll.coordinator.lease.LeaseBook.Ended;
import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.coordinator.lease.LeaseBook.TakenPart;
import handscroll.coordinator.lease.LeaseBook.Verdict;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.lease.Leasing.Completed;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.TaskResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeaseBookTest extends LeaseBookFixture {

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
        assertThat(complete(grant)).extracting(Ended::job, Ended::deviceClass).containsExactly(tuple(SKY, CPU));
        assertThat(complete(grant)).isEmpty();
        assertThat(book.fail(ANNA, grant.epoch(), "it broke", START)).isEmpty();
    }

    @Test
    void refusesTheResultOfAnExpiredLease() {
        Grant grant = granted(ANNA, 2);
        assertThat(book.expire(START.plus(TERM))).isEmpty();
        assertThat(book.expire(START.plus(TERM).plusMillis(1)))
                .containsExactly(
                        new Taken(ANNA, grant.epoch(), List.of(new TakenPart(SKY, grant.patches(), List.of()))));
        assertThat(complete(grant)).isEmpty();
    }

    @Test
    void refusesTheResultOfAnotherWorkersLease() {
        Grant grant = granted(ANNA, 1);
        join(BERT);
        assertThat(complete(BERT, grant.epoch(), results(grant))).isEmpty();
    }

    @Test
    void refusesResultsOfOtherTasksThanThoseGranted() {
        Grant grant = granted(ANNA, 2);
        List<TaskResult> swapped = List.of(results(grant).get(1), results(grant).get(0));
        assertThat(complete(ANNA, grant.epoch(), swapped)).isEmpty();
        assertThat(complete(ANNA, grant.epoch(), results(grant).subList(0, 1))).isEmpty();
        assertThat(complete(grant)).isNotEmpty();
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
        assertThat(book.lose(ANNA)).extracting(LeaseBookFixture::returned).containsExactly(grant.patches());
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
            assertThat(book.lose(ANNA)).allMatch(taken -> givenUp(taken).isEmpty());
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
        assertThat(complete(grant)).isNotEmpty();
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
        book.offer(settings(SEA, "wave", "hash-3", 0.9), Optional.empty(), 0, tasks(1));
        assertThat(book.join(ANNA, 1, CPU, Map.of("wave", "hash-3"), START)).isEmpty();
    }

    // Failure.

    @Test
    void aFailedPatchIsTriedAgainAndThenGivenUp() {
        offer(SKY, 1);
        join(ANNA);
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(returned(fail(nextGrant(ANNA)))).containsExactly(patch(0));
        }
        assertThat(givenUp(fail(nextGrant(ANNA)))).containsExactly(patch(0));
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
                givenUp.addAll(givenUp(fail(grant)));
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
        assertThat(book.withdraw(SKY, START))
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
        book.withdraw(SKY, START);
        assertThat(book.servants(SKY)).isEmpty();
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
                for (Verdict verdict : book.takeVerdicts()) {
                    verdict.taken().forEach(this::taken);
                    verdict.readmitted().forEach(back -> ended.removeAll(back.returned()));
                    assertThat(book.unblock(verdict.worker())).isTrue();
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
                ended.addAll(givenUp(book.fail(grant.worker(), grant.epoch(), "it broke", now)
                        .orElseThrow()));
            } else {
                assertThat(book.complete(
                                new Completed(grant.worker(), grant.epoch(), results(grant), WorkTime.NONE), now))
                        .isNotEmpty();
                ended.addAll(grant.patches());
            }
        }

        void taken(Taken taken) {
            assertThat(held.removeIf(grant -> grant.epoch() == taken.epoch())).isTrue();
            ended.addAll(givenUp(taken));
        }
    }
}
