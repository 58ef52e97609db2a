package handscroll.coordinator.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import handscroll.protocol.job.JobId;
import java.time.Instant;
import java.util.Optional;

/**
 * One job as the journal knows it.
 *
 * @param spec as HOCON
 * @param deviceClass of the workers that may render it; empty until the first one came
 * @param cause why it is paused or failed
 * @param endedAt empty while it is not over
 * @param key under which its sender may hand it in again
 */
public record RegisteredJob(
        JobId job,
        String spec,
        String modelHash,
        Instant acceptedAt,
        Standing standing,
        Optional<String> deviceClass,
        Optional<String> cause,
        Optional<Instant> endedAt,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> key) {

    /** What a restarted coordinator has to do with a job: only open ones are taken up again. */
    public enum Standing {
        OPEN,
        PAUSED,
        FINISHED,
        FAILED,
        CANCELLED
    }

    static RegisteredJob accepted(JobEvent.JobAccepted event) {
        return new RegisteredJob(
                event.job(),
                event.spec(),
                event.modelHash(),
                event.at(),
                Standing.OPEN,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                event.key());
    }

    RegisteredJob withDeviceClass(String name) {
        return new RegisteredJob(job, spec, modelHash, acceptedAt, standing, Optional.of(name), cause, endedAt, key);
    }

    RegisteredJob paused(String why) {
        return with(Standing.PAUSED, Optional.of(why), Optional.empty());
    }

    /** A failed or cancelled job may be taken up again, too: its tokens are still there. */
    RegisteredJob reopened() {
        return with(Standing.OPEN, Optional.empty(), Optional.empty());
    }

    RegisteredJob over(Standing how, String why, Instant at) {
        return with(how, why.isEmpty() ? Optional.empty() : Optional.of(why), Optional.of(at));
    }

    private RegisteredJob with(Standing newStanding, Optional<String> newCause, Optional<Instant> newEnd) {
        return new RegisteredJob(job, spec, modelHash, acceptedAt, newStanding, deviceClass, newCause, newEnd, key);
    }
}
