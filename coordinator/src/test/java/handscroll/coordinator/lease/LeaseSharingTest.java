package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import handscroll.coordinator.lease.LeaseBook.Ended;
import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.coordinator.lease.LeaseBook.TakenPart;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LeaseSharingTest extends LeaseBookFixture {

    @Nested
    class SharingOut {

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
    }

    @Nested
    class ABatchThatWaits {

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
    }

    @Nested
    class SeveralJobs {

        @Test
        void theHighestPriorityGoesFirst() {
            join(ANNA);
            offer(SKY, 20, tasks(3));
            offer(SEA, 80, tasks(3));
            List<JobId> order = new ArrayList<>();
            for (int batch = 0; batch < 6; batch++) {
                order.add(renderOne(1));
            }
            assertThat(order).containsExactly(SEA, SEA, SEA, SKY, SKY, SKY);
        }

        @Test
        void equalOnesGetEqualSlotTimeWhateverTheirTasksTake() {
            join(ANNA);
            offer(SKY, 50, tasks(2000));
            offer(SEA, 50, tasks(2000));
            assertThat(share(SKY, 1000, 10, 90)).isCloseTo(0.5, within(0.01));
        }

        @Test
        void tasksThatTakeNoTimeAreSharedToo() {
            join(ANNA);
            offer(SKY, 50, tasks(200));
            offer(SEA, 50, tasks(200));
            int sky = 0;
            for (int batch = 0; batch < 100; batch++) {
                sky += renderOne(0).equals(SKY) ? 1 : 0;
            }
            assertThat(sky).isEqualTo(50);
        }

        @Test
        void whoComesLaterHasNoClaimOnWhatWasSharedOutBefore() {
            join(ANNA);
            offer(SKY, 50, tasks(2000));
            share(SKY, 100, 1000, 1000);
            offer(SEA, 50, tasks(2000));
            assertThat(share(SKY, 100, 1000, 1000)).isCloseTo(0.5, within(0.02));
        }

        @Test
        void whoCouldNotUseItsPartCatchesUpOnNoMoreThanTheCredit() {
            join(ANNA);
            offer(SKY, 50, tasks(2000));
            offer(SEA, 50, List.of(task(0, 0, 0)));
            share(SKY, 100, 1000, 1000);
            offer(SEA, 50, tasks(2000));
            // 10 seconds of credit are ten of these tasks, then it is one each.
            assertThat(share(SKY, 30, 1000, 1000)).isCloseTo(1.0 / 3, within(0.04));
        }

        @Test
        void aLeaseThatCameToNothingCostsItsJobNothing() {
            join(ANNA);
            offer(SKY, 50, tasks(10));
            offer(SEA, 50, List.of(task(0, 0, 100)));
            pull(ANNA, 0);
            assertThat(jobs(onlyGrant())).containsExactly(SKY);
            book.lose(ANNA);
            join(ANNA);
            assertThat(renderOne(1)).isEqualTo(SKY);
            assertThat(renderOne(1)).isEqualTo(SEA);
        }

        @Test
        void whoGotNothingForTooLongGetsOneBatchWhateverItsPriority() {
            join(ANNA);
            offer(SKY, 100, tasks(1000));
            offer(SEA, 0, tasks(1000));
            Instant patience = START.plus(SETTINGS.sharing().patience());
            assertThat(jobsOf(START, 3)).containsExactly(SKY, SKY, SKY);
            assertThat(jobsOf(patience, 3)).containsExactly(SKY, SKY, SKY);
            assertThat(jobsOf(patience.plusMillis(1), 3)).containsExactly(SEA, SKY, SKY);
        }

        /** Batches of one task at this time. */
        private List<JobId> jobsOf(Instant now, int count) {
            List<JobId> order = new ArrayList<>();
            for (int batch = 0; batch < count; batch++) {
                book.pull(ANNA, 0, 1, now);
                Grant grant = book.grantReady(now).get(0);
                order.addAll(jobs(grant));
                complete(grant, millis(1));
            }
            return order;
        }

        /** Of the slot's time that a job got, after so many tasks. */
        private double share(JobId job, int taskCount, long skyMillis, long seaMillis) {
            long own = 0;
            long all = 0;
            for (int task = 0; task < taskCount; task++) {
                book.pull(ANNA, 0, 1, START);
                Grant grant = onlyGrant();
                JobId rendered = jobs(grant).get(0);
                long took = rendered.equals(SKY) ? skyMillis : seaMillis;
                own += rendered.equals(job) ? took : 0;
                all += took;
                complete(grant, millis(took));
            }
            return (double) own / all;
        }

        private JobId renderOne(long millis) {
            book.pull(ANNA, 0, 1, START);
            Grant grant = onlyGrant();
            complete(grant, millis(millis));
            return jobs(grant).get(0);
        }
    }

    @Nested
    class ABatchOfSeveralJobs {

        @Test
        void isMadeWhereOneJobDoesNotFillIt() {
            join(ANNA);
            pull(ANNA, 0);
            offer(SKY, 50, samples(1));
            offer(SEA, 50, samples(8));
            Grant grant = onlyGrant();
            assertThat(jobs(grant)).containsExactly(SKY, SEA);
            assertThat(grant.parts()).extracting(part -> part.tasks().size()).containsExactly(1, BATCH - 1);
        }

        @Test
        void isNotMadeOfJobsThatOneCallOfTheModelCannotRender() {
            join(ANNA);
            pull(ANNA, 0);
            offer(SKY, 50, samples(1));
            book.offer(warmer(SEA), Optional.empty(), 0, samples(8));
            assertThat(jobs(onlyGrant())).containsExactly(SKY);
        }

        @Test
        void delaysNoJobForOneOfALowerPriority() {
            join(ANNA);
            pull(ANNA, 0);
            offer(SKY, 51, samples(1));
            offer(SEA, 50, samples(8));
            assertThat(jobs(onlyGrant())).containsExactly(SKY);
        }

        @Test
        void isSharedOutAmongSlotsLikeOneWavefront() {
            join(ANNA, BERT);
            pull(ANNA, 0);
            pull(BERT, 0);
            offer(SKY, 50, samples(3));
            offer(SEA, 50, samples(3));
            assertThat(book.grantReady(START))
                    .extracting(grant -> grant.tasks().size())
                    .containsExactly(3, 3);
        }

        @Test
        void isNotCutIntoHalvesForTheSakeOfAJobThatItCannotMeet() {
            join(ANNA, BERT);
            pull(ANNA, 0);
            pull(BERT, 0);
            offer(SKY, 50, samples(3));
            book.offer(warmer(SEA), Optional.empty(), 0, samples(3));
            assertThat(book.grantReady(START))
                    .extracting(grant -> grant.tasks().size())
                    .containsExactly(3, 3);
        }

        private RenderSettings warmer(JobId job) {
            return settings(job, "starry", "hash-1", 1.1);
        }

        @Test
        void waitsBehindARunningOneWhenAllTogetherFillHalf() {
            join(ANNA);
            pull(ANNA, 0);
            offer(SKY, 50, samples(BATCH));
            onlyGrant();
            pull(ANNA, 0);
            offer(SKY, 50, List.of(sample(20, 20)));
            assertThat(book.grantReady(START)).isEmpty();
            offer(SEA, 50, List.of(sample(20, 20)));
            assertThat(jobs(onlyGrant())).containsExactlyInAnyOrder(SKY, SEA);
        }

        @Test
        void givesEachJobItsResultsAndItsPartOfTheWork() {
            Grant grant = mixed();
            List<Ended> ended = complete(grant, millis(400));
            assertThat(ended).extracting(Ended::job).containsExactly(SKY, SEA);
            assertThat(ended).extracting(Ended::work).containsExactly(millis(100), millis(300));
            assertThat(ended.get(0).results())
                    .extracting(TaskResult::patch)
                    .isEqualTo(grant.patches().subList(0, 1));
            assertThat(ended.get(1).results())
                    .extracting(TaskResult::patch)
                    .isEqualTo(grant.patches().subList(1, 4));
        }

        @Test
        void givesBackWhatItHasOfAnotherJobWhenOneIsWithdrawn() {
            Grant grant = mixed();
            assertThat(book.withdraw(SKY, START)).singleElement().satisfies(taken -> {
                assertThat(taken.epoch()).isEqualTo(grant.epoch());
                assertThat(taken.parts())
                        .containsExactly(new TakenPart(SEA, grant.patches().subList(1, 4), List.of()));
            });
            pull(ANNA, 0);
            assertThat(onlyGrant().patches()).isEqualTo(grant.patches().subList(1, 4));
        }

        @Test
        void thatFailsGoesOutAgainInSinglePatches() {
            Grant grant = mixed();
            Taken taken = fail(grant);
            assertThat(taken.parts()).extracting(TakenPart::job).containsExactly(SKY, SEA);
            for (int patch = 0; patch < BATCH; patch++) {
                Grant alone = nextGrant(ANNA);
                assertThat(alone.tasks()).hasSize(1);
                complete(alone);
            }
        }

        @Test
        void isNamedInTheAccountOfEach() {
            mixed();
            JobAccount account = book.account(SEA, List.of(patch(1)), START);
            assertThat(account.leaseCount()).isEqualTo(1);
            assertThat(account.stages()).containsExactly(new JobAccount.StageAccount(0, 3, 0));
            assertThat(account.oldestLease().orElseThrow().patches()).hasSize(3);
        }

        private Grant mixed() {
            join(ANNA);
            pull(ANNA, 0);
            offer(SKY, 50, samples(1));
            offer(SEA, 50, samples(3));
            Grant grant = onlyGrant();
            assertThat(jobs(grant)).containsExactly(SKY, SEA);
            return grant;
        }
    }

    @Nested
    class WhoHasTheContext {

        @Test
        void getsThePatchesThatReadIt() {
            rendered(ANNA, 0);
            rendered(BERT, 1);
            offer(SKY, 50, List.of(sample(2, 2, -1), sample(3, 3, -3), sample(4, 4, -3)));
            book.pull(ANNA, 0, 1, START);
            assertThat(onlyGrant().patches()).containsExactly(patch(3));
            book.pull(BERT, 0, 1, START);
            assertThat(onlyGrant().patches()).containsExactly(patch(2));
        }

        @Test
        void isPreferredSoOftenAndNoMore() {
            int passesOver = SETTINGS.sharing().passesOver();
            rendered(ANNA, 0);
            join(BERT);
            offer(SKY, 50, List.of(sample(1, 1)));
            for (int other = 0; other < passesOver; other++) {
                offer(SKY, 50, List.of(sample(10 + other, 10 + other, -10 - other)));
                book.pull(ANNA, 0, 1, START);
                Grant grant = onlyGrant();
                assertThat(grant.patches()).containsExactly(patch(10 + other));
                complete(grant);
            }
            offer(SKY, 50, List.of(sample(30, 30, -30)));
            book.pull(ANNA, 0, 1, START);
            assertThat(onlyGrant().patches()).containsExactly(patch(1));
        }

        @Test
        void neverKeepsASlotFromWorking() {
            rendered(ANNA, 0);
            join(BERT);
            offer(SKY, 50, List.of(sample(1, 1, -1)));
            book.pull(BERT, 0, 1, START);
            assertThat(onlyGrant().worker()).isEqualTo(BERT);
        }

        @Test
        void isKnownUntilNobodyReadsItAnyMore() {
            rendered(ANNA, 0);
            assertThat(book.stateHolder(SKY, patch(0))).contains(ANNA);
            assertThat(book.stateHolder(SKY, patch(1))).isEmpty();
            assertThat(book.stateHolder(SEA, patch(0))).isEmpty();
            book.release(SKY, List.of(patch(0)));
            assertThat(book.stateHolder(SKY, patch(0))).isEmpty();
        }

        @Test
        void isNoLongerKnownWhenItIsGone() {
            rendered(ANNA, 0);
            book.lose(ANNA);
            assertThat(book.stateHolder(SKY, patch(0))).isEmpty();
        }

        @Test
        void isRememberedOfABoundedNumberOfPatches() {
            var holders = new StateHolders(2);
            for (int column = 0; column < 3; column++) {
                holders.sampled(patch(column), ANNA);
            }
            assertThat(holders.holder(patch(0))).isEmpty();
            assertThat(holders.holder(patch(1))).contains(ANNA);
            assertThat(holders.holder(patch(2))).contains(ANNA);
        }

        private void rendered(WorkerId worker, int column) {
            join(worker);
            offer(SKY, 50, List.of(sample(column, column)));
            book.pull(worker, 0, 1, START);
            complete(onlyGrant());
        }
    }
}
