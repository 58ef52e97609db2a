package handscroll.coordinator.lease;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.TaskResult;
import java.util.List;

/**
 * What became of offered tasks. Each ends in exactly one {@link Rendered} or {@link GivenUp}, unless
 * its job is withdrawn before; {@link Started} and {@link Returned} tell on the way who has it.
 */
public sealed interface Outcome {

    JobId job();

    /** A worker holds these now. */
    record Started(JobId job, List<PatchId> patches, WorkerId worker) implements Outcome {}

    /** Another worker renders them, too, because the one that has them takes so long; says so in one sentence. */
    record Copied(JobId job, List<PatchId> patches, WorkerId worker, String reason) implements Outcome {}

    /** Both workers are through; the results of the first were taken. */
    record Compared(LeaseBook.Comparison comparison) implements Outcome {
        @Override
        public JobId job() {
            return comparison.job();
        }
    }

    /** The lease is over without a result, and these are ready again; says why in one sentence. */
    record Returned(JobId job, List<PatchId> patches, String reason) implements Outcome {}

    /**
     * @param epoch of the lease under which they were rendered
     * @param deviceClass of the worker; from the first such outcome on the job's own
     * @param results in the order of the lease's tasks
     */
    record Rendered(JobId job, long epoch, WorkerId worker, String deviceClass, List<TaskResult> results, WorkTime work)
            implements Outcome {}

    /** Given up before, and ready again; says why in one sentence. */
    record Readmitted(JobId job, List<PatchId> patches, String reason) implements Outcome {}

    /** Tried as often as allowed, and left out until it is {@link Readmitted}; the reason is that of the last attempt. */
    record GivenUp(JobId job, PatchId patch, String reason) implements Outcome {}
}
