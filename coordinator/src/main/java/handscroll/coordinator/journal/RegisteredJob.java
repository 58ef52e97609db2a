package handscroll.coordinator.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One job as the journal knows it.
 *
 * @param spec as HOCON
 * @param deviceClass of the workers that may render it; empty until the first one came
 * @param cause why it is paused or failed, and what became of its tiles
 * @param endedAt empty while it is not over
 * @param key under which its sender may hand it in again
 * @param skipped patches that got placeholders; empty where none did
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
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> key,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<List<PatchId>> skipped) {

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
                event.key(),
                Optional.empty());
    }

    RegisteredJob withDeviceClass(String name) {
        return new RegisteredJob(
                job, spec, modelHash, acceptedAt, standing, Optional.of(name), cause, endedAt, key, skipped);
    }

    RegisteredJob paused(String why) {
        return with(Standing.PAUSED, Optional.of(why), Optional.empty());
    }

    /** A failed or cancelled job may be taken up again, too: its tokens are still there. */
    RegisteredJob reopened() {
        return with(Standing.OPEN, Optional.empty(), Optional.empty());
    }

    RegisteredJob because(String newCause) {
        return with(standing, Optional.of(newCause), endedAt);
    }

    RegisteredJob over(Standing how, String why, Instant at) {
        return with(how, why.isEmpty() ? Optional.empty() : Optional.of(why), Optional.of(at));
    }

    private RegisteredJob with(Standing newStanding, Optional<String> newCause, Optional<Instant> newEnd) {
        return new RegisteredJob(
                job, spec, modelHash, acceptedAt, newStanding, deviceClass, newCause, newEnd, key, skipped);
    }

    /** Taken up again with placeholders for these, too. */
    RegisteredJob without(List<PatchId> patches) {
        Set<PatchId> all = new LinkedHashSet<>(skipped.orElse(List.of()));
        all.addAll(patches);
        return new RegisteredJob(
                job,
                spec,
                modelHash,
                acceptedAt,
                Standing.OPEN,
                deviceClass,
                Optional.empty(),
                Optional.empty(),
                key,
                Optional.of(List.copyOf(all)));
    }
}
