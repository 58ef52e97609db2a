package handscroll.coordinator.lease;

import handscroll.coordinator.lease.FarmWorker.Slot;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.coordinator.lease.LeaseBook.TakenPart;
import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.job.JobId;
import handscroll.protocol.trace.Span.AttemptEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The leases that run, and the slots that have room for another. However a lease ends, it ends here: its slot, its worker
 * and its jobs hear of it together.
 */
final class RunningLeases {

    private final Duration term;
    private final Map<JobId, LentJob> jobs;
    private final Map<Long, Lease> leases = new LinkedHashMap<>();
    /** In the order in which they fell idle. */
    private final Set<Slot> idle = new LinkedHashSet<>();
    /** With room for a waiting batch. Workers pull ahead, so first is whose running batch began first and should end first. */
    private final Set<Slot> roomy = new LinkedHashSet<>();

    private final EndedSpans spans = new EndedSpans();

    private long nextEpoch;

    RunningLeases(Duration term, Map<JobId, LentJob> jobs, long firstEpoch) {
        this.term = term;
        this.jobs = jobs;
        this.nextEpoch = firstEpoch;
    }

    /** By epoch; a view. */
    Map<Long, Lease> byEpoch() {
        return leases;
    }

    Set<Slot> idle() {
        return idle;
    }

    Set<Slot> roomy() {
        return roomy;
    }

    Lease begin(Slot slot, List<Lease.Part> parts, Instant now) {
        var lease = new Lease(nextEpoch++, slot, parts, now, now.plus(term));
        FarmWorker worker = slot.worker;
        leases.put(lease.epoch, lease);
        worker.leases.put(lease.epoch, lease);
        for (Lease.Part part : lease.parts) {
            LentJob job = part.job();
            worker.served.add(job.settings.job());
            job.leaseBegins(worker.deviceClass());
            job.waitsNoMore();
            job.slotTime.begin(part.reckonedNanos());
            job.stage(part.stage()).granted(part.attempts().size());
        }
        slot.hold();
        beginNext(slot, now);
        file(slot);
        return lease;
    }

    /** One more lease over the same attempts. */
    Lease copy(Lease straggler, Slot slot, Instant now) {
        Lease copy = begin(slot, straggler.parts, now);
        straggler.copiedAs(copy);
        return copy;
    }

    /** What is alone in its slot runs. */
    private static void beginNext(Slot slot, Instant now) {
        List<Lease> inSlot = slot.worker.leases.values().stream()
                .filter(lease -> lease.slot == slot)
                .toList();
        if (inSlot.size() == 1) {
            inSlot.get(0).begins(now);
        }
    }

    List<Lease> of(LentJob job) {
        return leases.values().stream().filter(lease -> lease.concerns(job)).toList();
    }

    /** They run, and have done so for longer than any batch should. */
    List<Lease> stuck(Instant now, Duration longest) {
        return leases.values().stream()
                .filter(lease -> lease.runningFor(now).compareTo(longest) > 0)
                .toList();
    }

    List<Lease> over(Instant now) {
        return leases.values().stream().filter(lease -> lease.isOver(now)).toList();
    }

    /**
     * Makes ready again what the lease was over, of jobs that are still here, unless somebody else renders it; no fault of
     * the patches.
     */
    Taken takeBack(Lease lease, String reason, Instant at) {
        boolean isCovered = lease.isCovered();
        endInVain(lease, AttemptEnd.TAKEN_BACK, reason, at);
        List<TakenPart> parts = new ArrayList<>(lease.parts.size());
        if (isCovered) {
            return new Taken(lease.slot.worker.id, lease.epoch, parts);
        }
        for (Lease.Part part : lease.parts) {
            JobId job = part.job().settings.job();
            if (jobs.get(job) == part.job()) {
                for (Attempt attempt : part.attempts()) {
                    attempt.takeBack(lease.slot.worker.id, reason, at);
                    part.job().stage(part.stage()).add(attempt);
                }
                parts.add(new TakenPart(job, part.patches(), List.of()));
            }
        }
        return new Taken(lease.slot.worker.id, lease.epoch, parts);
    }

    List<Taken> takeAllBack(FarmWorker worker, String reason, Instant at) {
        List<Taken> taken = new ArrayList<>();
        for (Lease lease : List.copyOf(worker.leases.values())) {
            taken.add(takeBack(lease, reason, at));
        }
        return taken;
    }

    /** The slot gets nothing more until it asks anew, which it does once it is through with what it renders. */
    List<Taken> emptyStuck(Slot slot, String reason, Instant at) {
        List<Taken> taken = new ArrayList<>();
        for (Lease lease : List.copyOf(slot.worker.leases.values())) {
            if (lease.slot == slot) {
                taken.add(takeBack(lease, reason, at));
            }
        }
        slot.hang();
        file(slot);
        return taken;
    }

    /** Its jobs do not pay for it. */
    void endInVain(Lease lease, AttemptEnd how, String reason, Instant now) {
        for (Lease.Part part : lease.parts) {
            part.job().slotTime.endInVain(part.reckonedNanos());
        }
        end(lease, Optional.empty(), how, reason, now);
    }

    /** With results, which a twin of it is compared with. */
    void end(Lease lease, Lease.Accepted accepted, Instant now) {
        end(lease, Optional.of(accepted), AttemptEnd.COMPLETED, "", now);
    }

    private void end(Lease lease, Optional<Lease.Accepted> accepted, AttemptEnd how, String reason, Instant now) {
        spans.add(lease, how, reason, now);
        lease.leaveTwin(accepted);
        leases.remove(lease.epoch);
        lease.slot.worker.leases.remove(lease.epoch);
        for (Lease.Part part : lease.parts) {
            part.job().leaseEnds();
            part.job().stage(part.stage()).ended(part.attempts().size());
        }
        lease.slot.letGo();
        beginNext(lease.slot, now);
        file(lease.slot);
    }

    /** Of what ended since this was last asked. */
    EndedSpans spans() {
        return spans;
    }

    /** Puts a slot where grants look for it; its place in the queue is kept while its state is. */
    void file(Slot slot) {
        if (slot.isIdle()) {
            idle.add(slot);
        } else {
            idle.remove(slot);
        }
        if (slot.hasRoomBehindRunning()) {
            roomy.add(slot);
        } else {
            roomy.remove(slot);
        }
    }

    /** What slots asked for is forgotten, because their worker is gone or asks anew. */
    void forgetPulls(FarmWorker worker) {
        for (Slot slot : worker.slots.values()) {
            slot.forgetPulls();
            file(slot);
        }
    }
}
