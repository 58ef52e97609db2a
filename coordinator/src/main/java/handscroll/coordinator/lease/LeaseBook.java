package handscroll.coordinator.lease;

import handscroll.coordinator.lease.FarmWorker.Slot;
import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.lease.Leasing.Completed;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    public record Grant(WorkerId worker, long epoch, int slot, List<JobTasks> parts) {
        public Grant {
            parts = List.copyOf(parts);
        }

        public List<Task> tasks() {
            return parts.stream().flatMap(part -> part.tasks().stream()).toList();
        }

        public List<PatchId> patches() {
            return tasks().stream().map(Task::patch).toList();
        }
    }

    /**
     * What a lease that ended as it should came to for one of its jobs.
     *
     * @param work the job's part of it
     */
    public record Ended(JobId job, String deviceClass, List<TaskResult> results, WorkTime work) {
        public Ended {
            results = List.copyOf(results);
        }
    }

    /** A lease that ended otherwise. */
    public record Taken(WorkerId worker, long epoch, List<TakenPart> parts) {
        public Taken {
            parts = List.copyOf(parts);
        }
    }

    /** Patches of one job that were taken back: ready again, or given up for good. */
    public record TakenPart(JobId job, List<PatchId> returned, List<PatchId> givenUp) {}

    /**
     * What became of a worker that was blocked.
     *
     * @param taken from it
     * @param readmitted patches that had been given up, and go out again
     */
    public record Verdict(WorkerId worker, String why, List<Taken> taken, List<TakenPart> readmitted) {
        public Verdict {
            taken = List.copyOf(taken);
            readmitted = List.copyOf(readmitted);
        }
    }

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
    private final Blame blame;
    private List<Verdict> verdicts = List.of();
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
        this.blame = new Blame(settings.blame());
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

    /**
     * Takes back what a worker holds and gives it nothing until {@link #unblock}.
     *
     * @return whether there is such a worker; {@link #takeVerdicts} has what follows
     */
    public boolean block(WorkerId id, String why, Instant now) {
        return block(id, new FarmWorker.Block(why, Optional.empty()), now);
    }

    private boolean block(WorkerId id, FarmWorker.Block block, Instant now) {
        FarmWorker worker = workers.get(id);
        if (worker == null) {
            return false;
        }
        worker.block(Optional.of(block));
        blame.forget(id);
        List<Taken> taken = new ArrayList<>();
        for (Lease lease : List.copyOf(worker.leases.values())) {
            taken.add(takeBack(lease, "its worker was blocked", now));
        }
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
        leases.values().stream()
                .flatMap(lease -> lease.parts.stream())
                .filter(part -> part.job() == job)
                .flatMap(part -> part.attempts().stream())
                .forEach(attempt -> attempt.pardon(worker));
        List<PatchId> back = new ArrayList<>();
        for (Map.Entry<PatchId, LentJob.Quarantined> entry : List.copyOf(job.quarantined.entrySet())) {
            Attempt attempt = entry.getValue().attempt();
            attempt.pardon(worker);
            if (attempt.failureCount() < settings.attemptCount()) {
                readmit(job, entry.getKey());
                back.add(entry.getKey());
            }
        }
        return back;
    }

    private void readmit(LentJob job, PatchId patch) {
        LentJob.Quarantined back = job.quarantined.remove(patch);
        if (back != null) {
            job.stage(back.stage()).add(back.attempt());
        }
    }

    /** @return whether there is such a worker, and it was blocked */
    public boolean unblock(WorkerId id) {
        FarmWorker worker = workers.get(id);
        if (worker == null || !worker.isBlocked()) {
            return false;
        }
        worker.block(Optional.empty());
        return true;
    }

    /** Somebody wants patches tried again that were given up; returns those that are. */
    public List<PatchId> retry(JobId id, Collection<PatchId> patches) {
        LentJob job = jobs.get(id);
        List<PatchId> back = new ArrayList<>();
        for (PatchId patch : patches) {
            if (job != null && job.quarantined.containsKey(patch)) {
                job.quarantined.get(patch).attempt().forgive();
                readmit(job, patch);
                back.add(patch);
            }
        }
        return back;
    }

    /** Workers that were blocked since this was last asked. */
    public List<Verdict> takeVerdicts() {
        List<Verdict> taken = verdicts;
        verdicts = List.of();
        return taken;
    }

    public boolean hasVerdicts() {
        return !verdicts.isEmpty();
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
        blame.forget(id);
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

    /** Takes back what has not been renewed for a whole term; no fault of the patches. Workers were blocked long enough. */
    public List<Taken> expire(Instant now) {
        for (FarmWorker worker : workers.values()) {
            if (worker.block()
                    .flatMap(FarmWorker.Block::until)
                    .filter(now::isAfter)
                    .isPresent()) {
                worker.block(Optional.empty());
            }
        }
        List<Lease> over =
                leases.values().stream().filter(lease -> lease.isOver(now)).toList();
        return over.stream()
                .map(lease -> takeBack(lease, "its lease was not renewed in time", now))
                .toList();
    }

    // Jobs.

    /** Adds tasks of one stage of a job of the usual priority to what is ready. */
    public void offer(RenderSettings job, Optional<String> deviceClass, int stage, List<OfferedTask> tasks) {
        offer(job, JobSpec.DEFAULT_PRIORITY, deviceClass, stage, tasks);
    }

    /**
     * Adds tasks of one stage to what is ready.
     *
     * @param priority of jobs that could use a slot the one with the highest gets it
     * @param deviceClass that a resumed job began with; empty lets the first worker that renders decide
     */
    public void offer(
            RenderSettings settings, int priority, Optional<String> deviceClass, int stage, List<OfferedTask> tasks) {
        offer(settings, Optional.empty(), priority, deviceClass, stage, tasks);
    }

    /**
     * Adds tasks of one stage to what is ready.
     *
     * @param tokens what its results must look like; empty takes anything
     */
    public void offer(
            RenderSettings settings,
            Optional<TokenShape> tokens,
            int priority,
            Optional<String> deviceClass,
            int stage,
            List<OfferedTask> tasks) {
        LentJob job = jobs.computeIfAbsent(settings.job(), id -> begin(settings, priority, deviceClass));
        job.tokens = tokens;
        if (job.readyCount() == 0) {
            Duration credit = this.settings.sharing().credit();
            leastSlotTime(job).ifPresent(least -> job.slotTime.catchUp(least - credit.toNanos()));
        }
        ReadyTasks ready = job.stage(stage);
        for (OfferedTask task : tasks) {
            ready.add(new Attempt(task, nextSequence++));
        }
    }

    /** Who comes later has no claim on what was shared out before. */
    private LentJob begin(RenderSettings job, int priority, Optional<String> deviceClass) {
        var begun = new LentJob(job, priority, deviceClass, settings.sharing().rememberedPatches());
        leastSlotTime(begun).ifPresent(begun.slotTime::catchUp);
        return begun;
    }

    /** Of all others that compete with this job. */
    private OptionalLong leastSlotTime(LentJob job) {
        return jobs.values().stream()
                .filter(other -> other != job && other.priority == job.priority && other.isActive())
                .mapToLong(other -> other.slotTime.total())
                .min();
    }

    /** Forgets a job; returns the leases that their workers should drop, with what they had of other jobs. */
    public List<Taken> withdraw(JobId id, Instant now) {
        LentJob job = jobs.remove(id);
        if (job == null) {
            return List.of();
        }
        workers.values().forEach(worker -> worker.served.remove(id));
        List<Lease> revoked =
                leases.values().stream().filter(lease -> lease.concerns(job)).toList();
        return revoked.stream()
                .map(lease -> takeBack(lease, "it shared a batch with a job that was withdrawn", now))
                .toList();
    }

    /** Workers that were granted anything of a job, and may hold states of its patches. */
    public List<WorkerId> servants(JobId job) {
        return workers.values().stream()
                .filter(worker -> worker.served.contains(job))
                .map(worker -> worker.id)
                .toList();
    }

    /** No patch will read the states of these any more. */
    public void release(JobId id, List<PatchId> patches) {
        LentJob job = jobs.get(id);
        if (job != null) {
            job.holders.released(patches);
        }
    }

    /** The worker that has the states of a patch, as far as that is remembered and it is still here. */
    public Optional<WorkerId> stateHolder(JobId id, PatchId patch) {
        return Optional.ofNullable(jobs.get(id))
                .flatMap(job -> job.holders.holder(patch))
                .filter(workers::containsKey);
    }

    // Leases.

    /** Brings ready tasks and free slots together; to be called after anything else has changed. */
    public List<Grant> grantReady(Instant now) {
        List<Grant> grants = new ArrayList<>();
        sharing.handOut(idle, false, now, (slot, parts) -> grants.add(begin(slot, parts, now)));
        // What would make small batches behind running ones stays here, for whichever slot is through first.
        sharing.handOut(roomy, true, now, (slot, parts) -> grants.add(begin(slot, parts, now)));
        return grants;
    }

    private Grant begin(Slot slot, List<Lease.Part> parts, Instant now) {
        var lease = new Lease(nextEpoch++, slot, parts, now, now.plus(settings.term()));
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
        file(slot);
        return new Grant(
                worker.id,
                lease.epoch,
                slot.index,
                lease.parts.stream().map(Lease.Part::tasks).toList());
    }

    /**
     * Ends a lease with its results.
     *
     * @return what each of its jobs has of them; empty when the lease is over already, or the results are not
     *     those of its tasks: they do not count
     */
    public List<Ended> complete(Completed completed, Instant now) {
        List<TaskResult> results = completed.results();
        Optional<Lease> held =
                held(completed.worker(), completed.epoch(), now).filter(lease -> lease.isAnsweredBy(results));
        if (held.isEmpty()) {
            return List.of();
        }
        Lease lease = held.get();
        FarmWorker worker = lease.slot.worker;
        worker.rendered(results.size());
        worker.found(completed.work());
        List<Ended> ended = new ArrayList<>(lease.parts.size());
        int from = 0;
        for (Lease.Part part : lease.parts) {
            int count = part.attempts().size();
            WorkTime work = completed.work().part(count, results.size());
            Task first = part.attempts().get(0).offered.task();
            part.job().fixDeviceClass(worker.deviceClass());
            part.job().slotTime.end(part.reckonedNanos(), first, count, work);
            if (first instanceof Task.Sample || first instanceof Task.Fill) {
                part.patches().forEach(patch -> part.job().holders.sampled(patch, worker.id));
            }
            ended.add(new Ended(
                    part.job().settings.job(), worker.deviceClass(), results.subList(from, from + count), work));
            from += count;
            // What failed before is always granted alone.
            if (count == 1 && part.attempts().get(0).failureCount() > 0) {
                weigh(part.attempts().get(0), worker.id, now);
            }
        }
        end(lease);
        return ended;
    }

    /** Others may be to blame for what this worker could render. */
    private void weigh(Attempt attempt, WorkerId by, Instant now) {
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

    /** Ends a lease whose tasks could not be rendered, for whatever reason. */
    public Optional<Taken> fail(WorkerId id, long epoch, String reason, Instant now) {
        return fail(id, epoch, Fault.UNKNOWN, reason, now);
    }

    /**
     * Ends a lease whose tasks could not be rendered; empty when it is over already. What the device is to blame for never
     * counts against the patches, as long as there is another worker to tell.
     *
     * @param reason in one sentence, for those who ask later
     */
    public Optional<Taken> fail(WorkerId id, long epoch, Fault fault, String reason, Instant now) {
        return held(id, epoch, now).map(lease -> {
            FarmWorker worker = lease.slot.worker;
            worker.failed(lease.taskCount());
            if (fault == Fault.MEMORY && lease.taskCount() > 1) {
                worker.halve(lease.taskCount());
                return takeBack(lease, reason, now);
            }
            if (fault == Fault.DEVICE && isAnotherThere(lease, now)) {
                Taken taken = takeBack(lease, reason, now);
                if (blame.strike(id, now)) {
                    convict(id, "its device failed " + settings.blame().strikes() + " times, at last: " + reason, now);
                }
                return taken;
            }
            endInVain(lease);
            var batch = new Blame.FailedBatch(id, lease.taskCount());
            Instant forgotten = now.minus(settings.blame().memory());
            List<TakenPart> parts = new ArrayList<>(lease.parts.size());
            for (Lease.Part part : lease.parts) {
                List<PatchId> returned = new ArrayList<>();
                List<PatchId> givenUp = new ArrayList<>();
                for (Attempt attempt : part.attempts()) {
                    PatchId patch = attempt.offered.task().patch();
                    if (attempt.failOn(batch, reason, now, forgotten) < settings.attemptCount()) {
                        part.job().stage(part.stage()).add(attempt);
                        returned.add(patch);
                    } else {
                        part.job().quarantined.put(patch, new LentJob.Quarantined(part.stage(), attempt));
                        givenUp.add(patch);
                    }
                }
                parts.add(new TakenPart(part.job().settings.job(), returned, givenUp));
            }
            return new Taken(id, epoch, parts);
        });
    }

    /** Who could render what this worker holds. */
    private boolean isAnotherThere(Lease lease, Instant now) {
        LentJob job = lease.parts.get(0).job();
        for (FarmWorker other : workers.values()) {
            if (other != lease.slot.worker
                    && job.canBeServedBy(other)
                    && !other.isDraining()
                    && !other.isBlocked()
                    && !other.isSilent(now, settings.term())) {
                return true;
            }
        }
        return false;
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
        endInVain(lease);
        List<TakenPart> parts = new ArrayList<>(lease.parts.size());
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

    private void endInVain(Lease lease) {
        for (Lease.Part part : lease.parts) {
            part.job().slotTime.endInVain(part.reckonedNanos());
        }
        end(lease);
    }

    private void end(Lease lease) {
        leases.remove(lease.epoch);
        lease.slot.worker.leases.remove(lease.epoch);
        for (Lease.Part part : lease.parts) {
            part.job().leaseEnds();
            part.job().stage(part.stage()).ended(part.attempts().size());
        }
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

    /**
     * What keeps a job from being rendered at all as things are, with what to do. Empty while somebody can render
     * it, and while nobody has come yet.
     */
    public Optional<String> obstacle(JobId id, Instant now) {
        return answers.obstacle(id, now);
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
