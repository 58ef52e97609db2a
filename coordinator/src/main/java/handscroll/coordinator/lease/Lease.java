package handscroll.coordinator.lease;

import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A worker's right to an attempt at some tasks of one stage, until its deadline. */
final class Lease {

    final long epoch;
    final LentJob job;
    final int stage;
    final FarmWorker.Slot slot;
    final List<Attempt> attempts;
    final Instant granted;
    private Instant deadline;

    Lease(
            long epoch,
            LentJob job,
            int stage,
            FarmWorker.Slot slot,
            List<Attempt> attempts,
            Instant granted,
            Instant deadline) {
        this.epoch = epoch;
        this.job = job;
        this.stage = stage;
        this.slot = slot;
        this.attempts = attempts;
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

    List<Task> tasks() {
        List<Task> tasks = new ArrayList<>(attempts.size());
        for (Attempt attempt : attempts) {
            tasks.add(attempt.offered.task());
        }
        return tasks;
    }

    List<PatchId> patches() {
        List<PatchId> patches = new ArrayList<>(attempts.size());
        for (Attempt attempt : attempts) {
            patches.add(attempt.offered.task().patch());
        }
        return patches;
    }

    /** Whether these are one result for each task, in their order. */
    boolean isAnsweredBy(List<TaskResult> results) {
        if (results.size() != attempts.size()) {
            return false;
        }
        for (int i = 0; i < results.size(); i++) {
            if (!results.get(i).patch().equals(attempts.get(i).offered.task().patch())) {
                return false;
            }
        }
        return true;
    }
}
