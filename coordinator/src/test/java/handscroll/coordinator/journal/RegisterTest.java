package handscroll.coordinator.journal;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.journal.RegisteredJob.Standing;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegisterTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final JobId SKY = new JobId("sky");
    private static final Register ACCEPTED =
            Register.EMPTY.after(new JobEvent.JobAccepted(SKY, "task = extension", "abc", NOON));

    @Test
    void followsAJobFromAcceptedToFinished() {
        Register paused = ACCEPTED.after(new JobEvent.DeviceClassFixed(SKY, "cpu-bf16", NOON))
                .after(new JobEvent.JobPaused(SKY, "the disk is full", NOON));
        assertThat(paused.job(SKY).orElseThrow().standing()).isEqualTo(Standing.PAUSED);
        assertThat(paused.job(SKY).orElseThrow().cause()).contains("the disk is full");

        Register finished = paused.after(new JobEvent.JobResumed(SKY, NOON)).after(new JobEvent.JobFinished(SKY, NOON));
        RegisteredJob job = finished.job(SKY).orElseThrow();
        assertThat(job.standing()).isEqualTo(Standing.FINISHED);
        assertThat(job.cause()).isEmpty();
        assertThat(job.endedAt()).contains(NOON);
        assertThat(job.deviceClass()).contains("cpu-bf16");
        assertThat(job.spec()).isEqualTo("task = extension");
    }

    @Test
    void aJobWhosePatchesAreSkippedIsOpenAgainAndRemembersThem() {
        var one = new PatchId(0, 2, 1, 0);
        var other = new PatchId(0, 3, 1, 0);
        RegisteredJob job = ACCEPTED.after(new JobEvent.JobFailed(SKY, "it broke", NOON))
                .after(new JobEvent.PatchesSkipped(SKY, List.of(one), NOON))
                .after(new JobEvent.JobFailed(SKY, "it broke", NOON))
                .after(new JobEvent.PatchesSkipped(SKY, List.of(one, other), NOON))
                .job(SKY)
                .orElseThrow();
        assertThat(job.standing()).isEqualTo(Standing.OPEN);
        assertThat(job.cause()).isEmpty();
        assertThat(job.skipped()).contains(List.of(one, other));
    }

    @Test
    void isNotChangedByAJobAcceptedTwice() {
        assertThat(ACCEPTED.after(new JobEvent.JobAccepted(SKY, "other", "def", NOON)))
                .isEqualTo(ACCEPTED);
    }

    @Test
    void isNotChangedByWhatHappensToAJobThatItDoesNotKnow() {
        assertThat(ACCEPTED.after(new JobEvent.JobFailed(new JobId("sea"), "lost", NOON)))
                .isEqualTo(ACCEPTED);
    }

    @Test
    void neverForgetsALaterIncarnation() {
        Register register = Register.EMPTY
                .after(new JobEvent.CoordinatorStarted(3, NOON))
                .after(new JobEvent.CoordinatorStarted(2, NOON));
        assertThat(register.lastIncarnation()).isEqualTo(3);
    }

    @Test
    void takesNothingFromACoordinatorThatWasOvertaken() {
        Register register = ACCEPTED.after(new JobEvent.CoordinatorStarted(3, NOON));
        JobEvent event = new JobEvent.JobFinished(SKY, NOON);

        assertThat(register.mayWrite(3, event)).isTrue();
        assertThat(register.mayWrite(2, event)).isFalse();
        assertThat(register.mayWrite(3, new JobEvent.CoordinatorStarted(3, NOON)))
                .isFalse();
        assertThat(register.mayWrite(4, new JobEvent.CoordinatorStarted(4, NOON)))
                .isTrue();
    }
}
