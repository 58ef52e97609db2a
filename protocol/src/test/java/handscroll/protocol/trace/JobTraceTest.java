package handscroll.protocol.trace;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobTraceTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final JobId SKY = new JobId("sky");
    private static final JobTrace TRACE = JobTrace.of(SKY, NOON, NOON.plusSeconds(1), 0.25);

    @Test
    void aJobThatGoesOnKeepsItsTraceAndBeginsAnotherRun() {
        JobTrace later = JobTrace.of(SKY, NOON, NOON.plusSeconds(60), 0.25);

        assertThat(later.high()).isEqualTo(TRACE.high());
        assertThat(later.low()).isEqualTo(TRACE.low());
        assertThat(later.run()).isNotEqualTo(TRACE.run());
    }

    @Test
    void anotherJobAndTheSameNameAtAnotherTimeHaveTracesOfTheirOwn() {
        assertThat(JobTrace.of(new JobId("sea"), NOON, NOON, 1).high()).isNotEqualTo(TRACE.high());
        assertThat(JobTrace.of(SKY, NOON.plusMillis(1), NOON, 1).high()).isNotEqualTo(TRACE.high());
    }

    @Test
    void everyAttemptAndEveryTileHasANumberOfItsOwn() {
        Set<Long> numbers = new HashSet<>();
        for (int cell = 0; cell < 10_000; cell++) {
            var patch = new PatchId(1, cell % 100, cell / 100, 0);
            for (long epoch = 0; epoch < 2; epoch++) {
                numbers.add(TRACE.attempt(epoch, patch));
                numbers.add(TRACE.tile(epoch, patch));
            }
        }
        assertThat(numbers).hasSize(40_000).doesNotContain(0L);
    }

    @Test
    void aShareOfThePatchesIsFollowedAndThoseThatFailAlways() {
        int followed = 0;
        int failed = 0;
        for (int cell = 0; cell < 10_000; cell++) {
            var patch = new PatchId(1, cell % 100, cell / 100, 0);
            followed += Span.isTold(TRACE, patch, Span.AttemptEnd.COMPLETED) ? 1 : 0;
            failed += Span.isTold(TRACE, patch, Span.AttemptEnd.FAILED) ? 1 : 0;
        }
        assertThat(followed).isBetween(2_300, 2_700);
        assertThat(failed).isEqualTo(10_000);
    }

    @Test
    void aSpanNeverEndsBeforeItBegins() {
        Span lost = Span.ofAttempt(
                TRACE,
                SKY,
                new Span.Attempt(new PatchId(1, 0, 0, 0), 1, "worker-1", "Sample", 1, 1),
                NOON,
                NOON.minusSeconds(3),
                Span.AttemptEnd.TAKEN_BACK,
                "the worker was lost");

        assertThat(lost.end()).isEqualTo(NOON);
        assertThat(lost.failure()).isEqualTo(Optional.of("the worker was lost"));
    }
}
