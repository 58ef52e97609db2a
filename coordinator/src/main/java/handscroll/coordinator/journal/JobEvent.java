package handscroll.coordinator.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import handscroll.coordinator.journal.RegisteredJob.Standing;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happened to a job or to the coordinator, and must be known after a restart. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JobEvent.CoordinatorStarted.class, name = "coordinator-started"),
    @JsonSubTypes.Type(value = JobEvent.JobAccepted.class, name = "job-accepted"),
    @JsonSubTypes.Type(value = JobEvent.DeviceClassFixed.class, name = "device-class-fixed"),
    @JsonSubTypes.Type(value = JobEvent.JobPaused.class, name = "job-paused"),
    @JsonSubTypes.Type(value = JobEvent.JobResumed.class, name = "job-resumed"),
    @JsonSubTypes.Type(value = JobEvent.PatchesSkipped.class, name = "patches-skipped"),
    @JsonSubTypes.Type(value = JobEvent.JobFinished.class, name = "job-finished"),
    @JsonSubTypes.Type(value = JobEvent.JobFailed.class, name = "job-failed"),
    @JsonSubTypes.Type(value = JobEvent.JobCancelled.class, name = "job-cancelled"),
    @JsonSubTypes.Type(value = JobEvent.TilesDeleted.class, name = "tiles-deleted")
})
public sealed interface JobEvent extends Persisted {

    /** The number that keeps this coordinator's segments and leases apart from those of all before it. */
    record CoordinatorStarted(long incarnation, Instant at) implements JobEvent {}

    /**
     * From here on the job is never lost.
     *
     * @param spec as HOCON, with everything filled in that was left to a default
     * @param key under which its sender may hand it in again
     */
    record JobAccepted(
            JobId job,
            String spec,
            String modelHash,
            Instant at,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> key)
            implements JobEvent {
        public JobAccepted(JobId job, String spec, String modelHash, Instant at) {
            this(job, spec, modelHash, at, Optional.empty());
        }
    }

    /** What can happen to a job that was accepted. */
    sealed interface Change extends JobEvent {
        JobId job();

        RegisteredJob applyTo(RegisteredJob before);
    }

    /** The class of the first worker: all others must make the same bits. */
    record DeviceClassFixed(JobId job, String deviceClass, Instant at) implements Change {
        @Override
        public RegisteredJob applyTo(RegisteredJob before) {
            return before.withDeviceClass(deviceClass);
        }
    }

    record JobPaused(JobId job, String cause, Instant at) implements Change {
        @Override
        public RegisteredJob applyTo(RegisteredJob before) {
            return before.paused(cause);
        }
    }

    record JobResumed(JobId job, Instant at) implements Change {
        @Override
        public RegisteredJob applyTo(RegisteredJob before) {
            return before.reopened();
        }
    }

    /** A job that was stopped goes on with placeholders for these patches, which could not be rendered. */
    record PatchesSkipped(JobId job, List<PatchId> patches, Instant at) implements Change {
        public PatchesSkipped {
            patches = List.copyOf(patches);
        }

        @Override
        public RegisteredJob applyTo(RegisteredJob before) {
            return before.without(patches);
        }
    }

    record JobFinished(JobId job, Instant at) implements Change {
        @Override
        public RegisteredJob applyTo(RegisteredJob before) {
            return before.over(Standing.FINISHED, "", at);
        }
    }

    record JobFailed(JobId job, String cause, Instant at) implements Change {
        @Override
        public RegisteredJob applyTo(RegisteredJob before) {
            return before.over(Standing.FAILED, cause, at);
        }
    }

    /** Of a job that is over; its tokens are kept, and its tiles are made again if it is resumed. */
    record TilesDeleted(JobId job, String cause, Instant at) implements Change {
        @Override
        public RegisteredJob applyTo(RegisteredJob before) {
            return before.because(cause);
        }
    }

    record JobCancelled(JobId job, Instant at) implements Change {
        @Override
        public RegisteredJob applyTo(RegisteredJob before) {
            return before.over(Standing.CANCELLED, "", at);
        }
    }
}
