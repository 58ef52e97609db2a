package handscroll.coordinator.lease;

import handscroll.coordinator.lease.FarmWorker.Slot;
import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides who renders what, for how long, and what happens when a lease ends without a result. Which part
 * of the ready work a free slot gets is for {@link Sharing} to say. Knows no actors and no clock.
 *
 * <p>A slot holds up to two batches: one that runs and one that waits, so that it need not idle for
 * a round trip. Slots that would idle come first, so that no task waits behind a running batch while
 * a slot has nothing to do.
 */
public final class LeaseBook {

    /** To be sent to the worker. */
    public record Grant(WorkerId worker, long epoch, int slot, RenderSettings settings, List<Task> tasks) {
        public List<PatchId> patches() {
            return tasks.stream().map(Task::patch).toList();
        }
    }

    /** A lease that ended as it should. */
    public record Ended(JobId job, String deviceClass) {}

    /** Patches of a lease that ended otherwise: ready again, or given up for good. */
    public record Taken(WorkerId worker, long epoch, JobId job, List<PatchId> returned, List<PatchId> givenUp) {}

    /** A batch to run and a batch to wait behind it. */
    public static final int BATCHES_PER_SLOT = 2;

    private static final int INCARNATION_SHIFT = 40;
    private static final int REMEMBERED_REFUSALS = 16;

    private final LeaseSettings settings;
    private final Map<WorkerId, FarmWorker> workers = new LinkedHashMap<>();
    /** Why those at the door were refused, the latest last; they ask again by themselves. */
    private final Map<WorkerId, RefusedWorker> turnedAway = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<WorkerId, RefusedWorker> eldest) {
            return size() > REMEMBERED_REFUSALS;
        }
    };

    private final Map<JobId, LentJob> jobs = new LinkedHashMap<>();
    private final Map<Long, Lease> leases = new LinkedHashMap<>();
    /** In the order in which they fell idle. */
    private final Set<Slot> idle = new LinkedHashSet<>();
    /** With room for a waiting batch. Workers pull ahead, so first is whose running batch began first and should end first. */
    private final Set<Slot> roomy = new LinkedHashSet<>();

    private final Sharing sharing;
    private final LeaseAnswers answers;
    private long nextEpoch;
    private long nextSequence;

    /** @param incarnation of the coordinator: a higher one than any before, or leases of two would share epochs */
    public LeaseBook(LeaseSettings settings, long incarnation) {
        if (incarnation < 0 || incarnation >= 1L << (Long.SIZE - 1 - INCARNATION_SHIFT)) {
            throw new IllegalArgumentException("an incarnation has 23 bits, not " + incarnation);
        }
        this.settings = settings;
        this.nextEpoch = incarnation << INCARNATION_SHIFT;
        this.sharing = new Sharing(settings, workers, jobs);
        this.answers = new LeaseAnswers(settings, workers, turnedAway, jobs, leases);
    }

    // Workers.

    /**
     * Lets a worker in, or again after a break: leases it still holds stay its own.
     *
     * @return why it is turned away: there are jobs, and it can serve none of them
     */
    public Optional<String> join(
            WorkerId id, int slotCount, String deviceClass, Map<String, String> modelHashes, Instant now) {
        var candidate = new FarmWorker(id, slotCount, deviceClass, modelHashes, now);
        Optional<String> objection = answers.objectionOfAll(candidate);
        // Whoever asks again is the latest.
        turnedAway.remove(id);
        if (objection.isPresent()) {
            turnedAway.put(id, new RefusedWorker(id, "", slotCount, deviceClass, modelHashes, now, objection.get()));
            return objection;
        }
        FarmWorker worker = workers.computeIfAbsent(id, i -> candidate);
        worker.joinAgain(slotCount, deviceClass, modelHashes);
        worker.hear(now);
        for (Slot slot : worker.slots.values()) {
            slot.forgetPulls();
            file(slot);
        }
        return Optional.empty();
    }

    /** Notes on which machine a worker runs, let in or refused: for people who look for it, nothing depends on it. */
    public void locate(WorkerId id, String host) {
        FarmWorker worker = workers.get(id);
        if (worker != null) {
            worker.locate(host);
        }
        turnedAway.computeIfPresent(id, (same, refused) -> refused.at(host));
    }

    /**
     * Gives a worker nothing more until {@link #undrain}; what it holds it may finish. It can be ended
     * without loss when it holds nothing any more.
     *
     * @return what is now the case, in a sentence; empty when there is no such worker
     */
    public Optional<String> drain(WorkerId id) {
        return Optional.ofNullable(workers.get(id)).map(worker -> {
            String news = worker.drain(true) ? "" : " already";
            return "Worker " + id
                    + (worker.leases.isEmpty()
                            ? " is drained" + news + ": it holds nothing and gets nothing."
                            : " is draining" + news + ": it finishes "
                                    + counted(worker.taskCount(), "patch", "patches")
                                    + " and gets nothing more.");
        });
    }

    /**
     * Lets a worker have tasks again, with the pulls it made meanwhile.
     *
     * @return what is now the case, in a sentence; empty when there is no such worker
     */
    public Optional<String> undrain(WorkerId id) {
        return Optional.ofNullable(workers.get(id))
                .map(worker -> worker.drain(false)
                        ? "Worker " + id + " gets patches again."
                        : "Worker " + id + " was not drained, and gets patches as before.");
    }

    /** The worker has room for one more batch in this slot. */
    public void pull(WorkerId id, int slotIndex, int batchSize, Instant now) {
        FarmWorker worker = workers.get(id);
        if (worker == null || slotIndex < 0 || slotIndex >= worker.slotCount()) {
            return;
        }
        worker.hear(now);
        Slot slot = worker.slots.computeIfAbsent(slotIndex, index -> new Slot(worker, index));
        slot.pull(batchSize);
        file(slot);
    }

    /**
     * Extends the leases that a worker says it holds.
     *
     * @return those that are not its own, or no longer
     */
    public List<Long> renew(WorkerId id, Collection<Long> epochs, Instant now) {
        FarmWorker worker = workers.get(id);
        if (worker == null) {
            return List.copyOf(epochs);
        }
        worker.hear(now);
        List<Long> unknown = new ArrayList<>();
        for (Long epoch : epochs) {
            Lease lease = worker.leases.get(epoch);
            if (lease == null) {
                unknown.add(epoch);
            } else {
                lease.renew(now.plus(settings.term()));
            }
        }
        return unknown;
    }

    /** Takes everything back from a worker that is gone; no fault of the patches. */
    public List<Taken> lose(WorkerId id) {
        FarmWorker worker = workers.remove(id);
        if (worker == null) {
            return List.of();
        }
        List<Taken> taken = new ArrayList<>();
        for (Lease lease : List.copyOf(worker.leases.values())) {
            taken.add(takeBack(lease, "the worker was lost", worker.heard()));
        }
        for (Slot slot : worker.slots.values()) {
            slot.forgetPulls();
            file(slot);
        }
        return taken;
    }

    /** Takes back what has not been renewed for a whole term; no fault of the patches. */
    public List<Taken> expire(Instant now) {
        List<Lease> over =
                leases.values().stream().filter(lease -> lease.isOver(now)).toList();
        return over.stream()
                .map(lease -> takeBack(lease, "its lease was not renewed in time", now))
                .toList();
    }

    // Jobs.

    /**
     * Adds tasks of one stage to what is ready.
     *
     * @param deviceClass that a resumed job began with; empty lets the first worker that renders decide
     */
    public void offer(RenderSettings job, Optional<String> deviceClass, int stage, List<OfferedTask> tasks) {
        ReadyTasks ready = jobs.computeIfAbsent(job.job(), id -> new LentJob(job, deviceClass))
                .stage(stage);
        for (OfferedTask task : tasks) {
            ready.add(new Attempt(task, nextSequence++));
        }
    }

    /** Forgets a job; returns the leases that their workers should drop. */
    public List<Taken> withdraw(JobId id) {
        LentJob job = jobs.remove(id);
        if (job == null) {
            return List.of();
        }
        workers.values().forEach(worker -> worker.served.remove(id));
        List<Taken> revoked = new ArrayList<>();
        for (Lease lease : List.copyOf(leases.values())) {
            if (lease.job == job) {
                end(lease);
                revoked.add(new Taken(lease.slot.worker.id, lease.epoch, id, List.of(), List.of()));
            }
        }
        return revoked;
    }

    /** Workers that were granted anything of a job, and may hold states of its patches. */
    public List<WorkerId> servants(JobId job) {
        return workers.values().stream()
                .filter(worker -> worker.served.contains(job))
                .map(worker -> worker.id)
                .toList();
    }

    // Leases.

    /** Brings ready tasks and free slots together; to be called after anything else has changed. */
    public List<Grant> grantReady(Instant now) {
        List<Grant> grants = new ArrayList<>();
        sharing.handOut(idle, false, now, part -> grants.add(begin(part, now)));
        // What would make small batches behind running ones stays here, for whichever slot is through first.
        sharing.handOut(roomy, true, now, part -> grants.add(begin(part, now)));
        return grants;
    }

    private Grant begin(Sharing.Part part, Instant now) {
        var lease = new Lease(
                nextEpoch++, part.job(), part.stage(), part.slot(), part.attempts(), now, now.plus(settings.term()));
        FarmWorker worker = lease.slot.worker;
        leases.put(lease.epoch, lease);
        worker.leases.put(lease.epoch, lease);
        worker.served.add(lease.job.settings.job());
        lease.job.leaseBegins(worker.deviceClass());
        lease.job.stage(lease.stage).granted(lease.attempts.size());
        lease.slot.hold();
        file(lease.slot);
        return new Grant(worker.id, lease.epoch, lease.slot.index, lease.job.settings, lease.tasks());
    }

    /**
     * Ends a lease with its results.
     *
     * @return empty when the lease is over already, or the results are not those of its tasks: they do not count
     */
    public Optional<Ended> complete(WorkerId id, long epoch, List<TaskResult> results, Instant now) {
        Optional<Lease> lease = held(id, epoch, now).filter(held -> held.isAnsweredBy(results));
        lease.ifPresent(held -> {
            held.job.fixDeviceClass(held.slot.worker.deviceClass());
            held.slot.worker.rendered(held.attempts.size());
            end(held);
        });
        return lease.map(held -> new Ended(held.job.settings.job(), held.slot.worker.deviceClass()));
    }

    /**
     * Ends a lease whose tasks could not be rendered, and counts the attempt; empty when it is over already.
     *
     * @param reason in one sentence, for those who ask later
     */
    public Optional<Taken> fail(WorkerId id, long epoch, String reason, Instant now) {
        return held(id, epoch, now).map(lease -> {
            end(lease);
            lease.slot.worker.failed(lease.attempts.size());
            ReadyTasks ready = lease.job.stage(lease.stage);
            List<PatchId> returned = new ArrayList<>();
            List<PatchId> givenUp = new ArrayList<>();
            for (Attempt attempt : lease.attempts) {
                PatchId patch = attempt.offered.task().patch();
                if (attempt.failOn(id, reason, now) < settings.attemptCount()) {
                    ready.add(attempt);
                    returned.add(patch);
                } else {
                    givenUp.add(patch);
                }
            }
            return new Taken(id, epoch, lease.job.settings.job(), returned, givenUp);
        });
    }

    private Optional<Lease> held(WorkerId id, long epoch, Instant now) {
        FarmWorker worker = workers.get(id);
        if (worker == null) {
            return Optional.empty();
        }
        worker.hear(now);
        return Optional.ofNullable(worker.leases.get(epoch));
    }

    private Taken takeBack(Lease lease, String reason, Instant at) {
        end(lease);
        ReadyTasks ready = lease.job.stage(lease.stage);
        for (Attempt attempt : lease.attempts) {
            attempt.takeBack(lease.slot.worker.id, reason, at);
            ready.add(attempt);
        }
        return new Taken(lease.slot.worker.id, lease.epoch, lease.job.settings.job(), lease.patches(), List.of());
    }

    private void end(Lease lease) {
        leases.remove(lease.epoch);
        lease.slot.worker.leases.remove(lease.epoch);
        lease.job.leaseEnds();
        lease.job.stage(lease.stage).ended(lease.attempts.size());
        lease.slot.letGo();
        file(lease.slot);
    }

    /** Puts a slot where grants look for it; its place in the queue is kept while its state is. */
    private void file(Slot slot) {
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

    // Questions.

    /** Why no more of a job is being rendered than is, in one sentence, with what to do when nobody can. */
    public String whyWaiting(JobId id, Instant now) {
        return answers.whyWaiting(id, now);
    }

    /** What is known here of a job, and of these patches of it. */
    public JobAccount account(JobId id, Collection<PatchId> patches, Instant now) {
        return answers.account(id, patches, now);
    }

    public List<WorkerReport> census(Instant now) {
        return answers.census(now);
    }

    /** The census with what stands against each worker, and those that were refused. */
    public WorkerList workerList(Instant now) {
        return answers.workerList(now);
    }

    static String counted(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }
}
