package handscroll.coordinator.lease;

import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A worker's right to an attempt at some tasks, which it renders in one batch, until its deadline.
 *
 * <p>Two leases over the same attempts are twins: the first result of either counts, and what is left of the other is a
 * proof, whose results are compared and never accepted. As long as one of them is there, no end of the other makes their
 * tasks ready again.
 */
final class Lease {

    /**
     * What a batch has of one stage of a job.
     *
     * @param reckonedNanos of slot time, until it is known
     */
    record Part(LentJob job, int stage, List<Attempt> attempts, long reckonedNanos) {
        Part {
            attempts = List.copyOf(attempts);
        }

        List<PatchId> patches() {
            List<PatchId> patches = new ArrayList<>(attempts.size());
            for (Attempt attempt : attempts) {
                patches.add(attempt.offered.task().patch());
            }
            return patches;
        }

        JobTasks tasks() {
            List<Task> tasks = new ArrayList<>(attempts.size());
            for (Attempt attempt : attempts) {
                tasks.add(attempt.offered.task());
            }
            return new JobTasks(job.settings, tasks, job.trace);
        }

        /** All tasks of a batch are of one kind. */
        Class<? extends Task> kind() {
            return attempts.get(0).offered.task().getClass();
        }

        BatchTimes times() {
            return job.times(stage, kind());
        }
    }

    /** What somebody else made of the same tasks, and was accepted. */
    record Accepted(WorkerId worker, List<TaskResult> results) {}

    final long epoch;
    final FarmWorker.Slot slot;
    final List<Part> parts;
    final Instant granted;
    private Instant deadline;
    /** Empty while another batch runs in its slot. */
    private Optional<Instant> began = Optional.empty();

    private boolean wasCopied;
    private Optional<Lease> twin = Optional.empty();
    private Optional<Accepted> accepted = Optional.empty();

    Lease(long epoch, FarmWorker.Slot slot, List<Part> parts, Instant granted, Instant deadline) {
        this.epoch = epoch;
        this.slot = slot;
        this.parts = List.copyOf(parts);
        this.granted = granted;
        this.deadline = deadline;
    }

    void renew(Instant newDeadline) {
        deadline = newDeadline;
    }

    Instant deadline() {
        return deadline;
    }

    boolean isOver(Instant now) {
        return now.isAfter(deadline);
    }

    /** Nothing else is in its slot from now on. */
    void begins(Instant now) {
        if (began.isEmpty()) {
            began = Optional.of(now);
        }
    }

    Optional<Instant> began() {
        return began;
    }

    Duration runningFor(Instant now) {
        return began.map(since -> Duration.between(since, now)).orElse(Duration.ZERO);
    }

    // Twins.

    void copiedAs(Lease copy) {
        twin = Optional.of(copy);
        copy.twin = Optional.of(this);
        wasCopied = true;
        copy.wasCopied = true;
    }

    /** Of the same tasks there is at most one copy, however both end. */
    boolean wasCopied() {
        return wasCopied;
    }

    /** Its end leaves nothing undone: somebody else renders the same, or has. */
    boolean isCovered() {
        return twin.isPresent() || accepted.isPresent();
    }

    Optional<Accepted> accepted() {
        return accepted;
    }

    /** It is over; {@code results} are those that were accepted of it. */
    void leaveTwin(Optional<Accepted> results) {
        twin.ifPresent(other -> {
            other.twin = Optional.empty();
            other.accepted = results;
        });
        twin = Optional.empty();
    }

    boolean concerns(LentJob job) {
        return parts.stream().anyMatch(part -> part.job() == job);
    }

    int taskCount() {
        int count = 0;
        for (Part part : parts) {
            count += part.attempts().size();
        }
        return count;
    }

    /** Whether these are one result for each task, in their order, and such as the model can have made. */
    boolean isAnsweredBy(List<TaskResult> results) {
        if (results.size() != taskCount()) {
            return false;
        }
        int at = 0;
        for (Part part : parts) {
            for (Attempt attempt : part.attempts()) {
                TaskResult result = results.get(at++);
                if (!result.patch().equals(attempt.offered.task().patch())
                        || part.job().tokens.isPresent()
                                && !part.job().tokens.get().fits(attempt.offered.task(), result)) {
                    return false;
                }
            }
        }
        return true;
    }
}
