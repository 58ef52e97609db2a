package handscroll.coordinator.lease;

import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.coordinator.lease.LeaseBook.TakenPart;
import handscroll.coordinator.lease.LeaseBook.Verdict;
import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.trace.Span.AttemptEnd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What follows when a lease ends in vain: patches go out again or are given up, workers are blocked, and what failed because
 * of them comes back. {@link Blame} keeps the score.
 */
final class Failures {

    private final LeaseSettings settings;
    private final Roster roster;
    private final Map<JobId, LentJob> jobs;
    private final RunningLeases leases;
    private final Blame blame;
    private List<Verdict> verdicts = List.of();

    Failures(LeaseSettings settings, Roster roster, Map<JobId, LentJob> jobs, RunningLeases leases) {
        this.settings = settings;
        this.roster = roster;
        this.jobs = jobs;
        this.leases = leases;
        this.blame = new Blame(settings.blame());
    }

    Taken failed(Lease lease, Fault fault, String reason, Instant now) {
        FarmWorker worker = lease.slot.worker;
        worker.failed(lease.taskCount());
        if (lease.accepted().isPresent()) {
            return leases.takeBack(lease, reason, now);
        }
        if (fault == Fault.MEMORY && lease.taskCount() > 1) {
            worker.halve(lease.taskCount());
            return leases.takeBack(lease, reason, now);
        }
        if (fault == Fault.DEVICE && roster.hasAnotherFor(lease.parts.get(0).job(), worker, now)) {
            Taken taken = leases.takeBack(lease, reason, now);
            if (blame.strike(worker.id, now)) {
                convict(
                        worker.id,
                        "its device failed " + settings.blame().strikes() + " times, at last: " + reason,
                        now);
            }
            return taken;
        }
        boolean isCovered = lease.isCovered();
        leases.endInVain(lease, AttemptEnd.FAILED, reason, now);
        var batch = new Blame.FailedBatch(worker.id, lease.taskCount());
        Instant forgotten = now.minus(settings.blame().memory());
        List<TakenPart> parts = new ArrayList<>(lease.parts.size());
        for (Lease.Part part : lease.parts) {
            List<PatchId> returned = new ArrayList<>();
            List<PatchId> givenUp = new ArrayList<>();
            for (Attempt attempt : part.attempts()) {
                PatchId patch = attempt.offered.task().patch();
                int failureCount = attempt.failOn(batch, reason, now, forgotten);
                if (isCovered) {
                    continue;
                }
                if (failureCount < settings.attemptCount()) {
                    part.job().stage(part.stage()).add(attempt);
                    returned.add(patch);
                } else {
                    part.job().quarantined.put(patch, new LentJob.Quarantined(part.stage(), attempt));
                    givenUp.add(patch);
                }
            }
            parts.add(new TakenPart(part.job().settings.job(), returned, givenUp));
        }
        return new Taken(worker.id, lease.epoch, parts);
    }

    /** Others may be to blame for what this worker could render. */
    void weigh(Attempt attempt, WorkerId by, Instant now) {
        for (WorkerId guilty : blame.rendered(attempt, by, now)) {
            convict(
                    guilty,
                    "others rendered what it failed, " + settings.blame().strikes() + " times",
                    now);
        }
    }

    private void convict(WorkerId worker, String why, Instant now) {
        block(
                worker,
                new FarmWorker.Block(why, Optional.of(now.plus(settings.blame().memory()))),
                now);
    }

    /** @return whether there is such a worker */
    boolean block(WorkerId id, FarmWorker.Block block, Instant now) {
        Optional<FarmWorker> found = roster.find(id);
        if (found.isEmpty()) {
            return false;
        }
        found.get().block(Optional.of(block));
        blame.forget(id);
        List<Taken> taken = leases.takeAllBack(found.get(), "its worker was blocked", now);
        List<TakenPart> readmitted = new ArrayList<>();
        for (LentJob job : jobs.values()) {
            List<PatchId> back = pardon(job, id);
            if (!back.isEmpty()) {
                readmitted.add(new TakenPart(job.settings.job(), back, List.of()));
            }
        }
        List<Verdict> all = new ArrayList<>(verdicts);
        all.add(new Verdict(id, block.why(), taken, readmitted));
        verdicts = all;
        return true;
    }

    /** What failed on this worker failed because of it. */
    private List<PatchId> pardon(LentJob job, WorkerId worker) {
        job.ready.values().forEach(ready -> ready.all().forEach(attempt -> attempt.pardon(worker)));
        leases.of(job).stream()
                .flatMap(lease -> lease.parts.stream())
                .filter(part -> part.job() == job)
                .flatMap(part -> part.attempts().stream())
                .forEach(attempt -> attempt.pardon(worker));
        List<PatchId> back = new ArrayList<>();
        for (Map.Entry<PatchId, LentJob.Quarantined> entry : List.copyOf(job.quarantined.entrySet())) {
            Attempt attempt = entry.getValue().attempt();
            attempt.pardon(worker);
            if (attempt.failureCount() < settings.attemptCount()) {
                job.readmit(entry.getKey());
                back.add(entry.getKey());
            }
        }
        return back;
    }

    List<PatchId> retry(JobId id, Collection<PatchId> patches) {
        LentJob job = jobs.get(id);
        List<PatchId> back = new ArrayList<>();
        for (PatchId patch : patches) {
            if (job != null && job.quarantined.containsKey(patch)) {
                job.quarantined.get(patch).attempt().forgive();
                job.readmit(patch);
                back.add(patch);
            }
        }
        return back;
    }

    /** It is gone, and begins anew if it comes back. */
    void forget(WorkerId worker) {
        blame.forget(worker);
    }

    List<Verdict> takeVerdicts() {
        List<Verdict> taken = verdicts;
        verdicts = List.of();
        return taken;
    }

    boolean hasVerdicts() {
        return !verdicts.isEmpty();
    }
}
