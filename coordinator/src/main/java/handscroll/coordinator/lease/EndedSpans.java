package handscroll.coordinator.lease;

import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.Task;
import handscroll.protocol.trace.JobTrace;
import handscroll.protocol.trace.Span;
import handscroll.protocol.trace.Span.AttemptEnd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What traces are told of leases that ended. Of jobs without a trace it makes nothing. */
final class EndedSpans {

    private List<Span> spans = List.of();

    void add(Lease lease, AttemptEnd how, String reason, Instant now) {
        for (Lease.Part part : lease.parts) {
            if (part.job().trace.isPresent()) {
                add(lease, part, part.job().trace.get(), how, reason, now);
            }
        }
    }

    private void add(Lease lease, Lease.Part part, JobTrace trace, AttemptEnd how, String reason, Instant now) {
        List<Span> all = new ArrayList<>(spans);
        for (Attempt attempt : part.attempts()) {
            Task task = attempt.offered.task();
            PatchId patch = task.patch();
            if (Span.isTold(trace, patch, how)) {
                var told = new Span.Attempt(
                        patch,
                        lease.epoch,
                        lease.slot.worker.id.value(),
                        task.getClass().getSimpleName(),
                        attempt.endedCount() + 1,
                        lease.taskCount());
                all.add(Span.ofAttempt(trace, part.job().settings.job(), told, lease.granted, now, how, reason));
            }
        }
        spans = all;
    }

    boolean isEmpty() {
        return spans.isEmpty();
    }

    List<Span> take() {
        List<Span> taken = spans;
        spans = List.of();
        return taken;
    }
}
