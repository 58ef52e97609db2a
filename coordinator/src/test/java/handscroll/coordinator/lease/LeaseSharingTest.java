package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.Task;
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
}
