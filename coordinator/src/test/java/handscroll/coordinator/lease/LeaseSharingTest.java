package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.Task;
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
}
