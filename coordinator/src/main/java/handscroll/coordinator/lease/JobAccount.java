package handscroll.coordinator.lease;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the lease desk knows of one job: who holds what of it, what waits, and who could render it.
 *
 * @param waiting why no more of it is being rendered than is, in one sentence
 * @param stages of which anything is here, the first one first
 * @param oldestLease the one that was granted first of those that still run
 * @param workers with what stands against each for this job
 * @param patches of those that were asked about the ones that are here
 */
public record JobAccount(
        String waiting,
        List<StageAccount> stages,
        int leaseCount,
        Optional<HeldLease> oldestLease,
        WorkerList workers,
        Map<PatchId, PatchAccount> patches) {

    public record StageAccount(int stage, int leasedCount, int readyCount) {}

    /** @param host of the worker; empty where nobody said so */
    public record HeldLease(
            long epoch,
            WorkerId worker,
            String host,
            int stage,
            List<PatchId> patches,
            Instant granted,
            Instant deadline) {
        public HeldLease {
            patches = List.copyOf(patches);
        }
    }

    /**
     * A patch that is leased, or ready and in nobody's hands.
     *
     * @param lease that it is part of; empty when it is ready
     * @param position its place among {@code readyCount} that are ready, of all jobs; 0 when it is leased
     * @param attempt the one that runs or comes next, counted from 1
     * @param attemptCount after so many that fail the patch is given up
     * @param ended attempts so far that ended without a result, the latest last
     */
    public record PatchAccount(
            Optional<HeldLease> lease,
            int position,
            int readyCount,
            int attempt,
            int attemptCount,
            List<EndedAttempt> ended) {
        public PatchAccount {
            ended = List.copyOf(ended);
        }
    }

    public JobAccount {
        stages = List.copyOf(stages);
        patches = Map.copyOf(patches);
    }

    /** Workers whose free slots would be granted something of this job. */
    public int ableWorkerCount() {
        return (int)
                workers.workers().stream().filter(WorkerList.Standing::canServe).count();
    }
}
