package handscroll.coordinator.job;

import handscroll.coordinator.lease.JobAccount;
import handscroll.coordinator.lease.JobAccount.PatchAccount;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import java.util.List;
import java.util.Optional;

/**
 * Why a job, or one patch of it, does not go on: a sentence for people, and everything it stands on.
 *
 * @param summary of the job, with what to do where somebody has to
 * @param stages empty while the job's books are closed
 * @param account what the lease desk says, of the same moment
 * @param patch that was asked about; empty also while the job's books are closed
 */
public record Explanation(
        JobId job,
        Jobs.State state,
        String summary,
        List<StageStanding> stages,
        JobAccount account,
        Optional<PatchStanding> patch) {

    /**
     * @param storingCount on their way between lease desk and token log: in nobody's hands, and not rendered
     * @param waitingCount for patches that they read
     */
    public record StageStanding(
            String name,
            int columns,
            int rows,
            int cellCount,
            int renderedCount,
            int storingCount,
            int leasedCount,
            int readyCount,
            int waitingCount) {}

    public enum PatchState {
        WAITING,
        READY,
        LEASED,
        STORING,
        RENDERED,
        /** Failed wherever it was tried. */
        GIVEN_UP
    }

    /**
     * @param name with the name of its stage
     * @param account what the lease desk has of it
     * @param missing patches that it waits for, the first of {@code missingCount}; without theirs
     */
    public record PatchStanding(
            PatchId patch,
            String name,
            PatchState state,
            String summary,
            Optional<PatchAccount> account,
            int missingCount,
            List<PatchStanding> missing) {
        public PatchStanding {
            missing = List.copyOf(missing);
        }
    }

    public Explanation {
        stages = List.copyOf(stages);
    }
}
