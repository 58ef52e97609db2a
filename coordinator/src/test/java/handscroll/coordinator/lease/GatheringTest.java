package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.protocol.task.TaskResult;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Of a wavefront that is in two workers' hands, one is through. */
class GatheringTest extends LeaseBookFixture {

    private static final int WAVEFRONT = 2 * BATCH + 1;
    private static final Instant LONG_ENOUGH = START.plus(SETTINGS.sharing().gathering());

    @Test
    void aSlotWaitsForWhatItsResultsMakeReadyOnceTheyAreLogged() {
        renderedByAnnaOf(WAVEFRONT);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(book.isGathering()).isTrue();
        offer(SKY, 0, samples(WAVEFRONT, BATCH));
        book.logged(SKY, 0, BATCH);
        assertThat(onlyGrant().tasks()).hasSize(BATCH);
        assertThat(book.isGathering()).isFalse();
    }

    @Test
    void aSlowLogKeepsItFromWhatIsReadyForAMomentOnly() {
        renderedByAnnaOf(WAVEFRONT);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(book.grantReady(LONG_ENOUGH.minusNanos(1))).isEmpty();
        assertThat(book.grantReady(LONG_ENOUGH)).hasSize(1);
        assertThat(book.isGathering()).isFalse();
    }

    @Test
    void itTakesWhatIsLeftWhenResultsMakeNothingReady() {
        renderedByAnnaOf(WAVEFRONT);
        book.logged(SKY, 0, BATCH);
        assertThat(onlyGrant().tasks()).hasSize(1);
    }

    @Test
    void halfOfItsPartIsNotWorthWaiting() {
        renderedByAnnaOf(WAVEFRONT + 1);
        assertThat(onlyGrant().tasks()).hasSize(BATCH / 2);
    }

    @Test
    void whatWaitsForTheLogOfOneJobKeepsNobodyFromAnother() {
        renderedByAnnaOf(WAVEFRONT);
        book.offer(settings(SEA, "starry", "hash-1", 0.5), JobTerms.USUAL, 0, samples(0, BATCH));
        assertThat(jobs(onlyGrant())).containsExactly(SEA);
    }

    @Test
    void nobodyWaitsForAJobThatIsWithdrawnAndOfferedAnew() {
        renderedByAnnaOf(WAVEFRONT);
        book.withdraw(SKY, START);
        offer(SKY, 0, samples(0, 1));
        assertThat(onlyGrant().tasks()).hasSize(1);
    }

    private void renderedByAnnaOf(int wavefront) {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(BERT, 0);
        offer(SKY, 0, samples(0, wavefront));
        Grant annas = book.grantReady(START).get(0);
        assertThat(annas.worker()).isEqualTo(ANNA);
        List<TaskResult> tokens = annas.patches().stream()
                .<TaskResult>map(patch -> new TaskResult.Tokens(patch, new short[64]))
                .toList();
        complete(ANNA, annas.epoch(), tokens);
        pull(ANNA, 0);
    }

    private static List<OfferedTask> samples(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> sample(i, i)).toList();
    }
}
