package handscroll.coordinator.lease;

import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A worker's right to an attempt at some tasks, which it renders in one batch, until its deadline. */
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
            return new JobTasks(job.settings, tasks);
        }
    }

    final long epoch;
    final FarmWorker.Slot slot;
    final List<Part> parts;
    final Instant granted;
    private Instant deadline;

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
