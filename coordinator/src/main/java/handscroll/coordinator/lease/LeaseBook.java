package handscroll.coordinator.lease;

import handscroll.coordinator.lease.FarmWorker.Slot;
import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.coordinator.lease.Speculation.Backup;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.Completed;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.trace.Span;
import handscroll.protocol.trace.Span.AttemptEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * Decides who renders what, for how long, and what happens when a lease ends without a result. Which part
 * of the ready work a free slot gets is for {@link Sharing} to say. Knows no actors and no clock.
 *
 * <p>A slot holds up to two batches: one that runs and one that waits, so that it need not idle for
 * a round trip. Slots that would idle come first, so that no task waits behind a running batch while
 * a slot has nothing to do.
 */
public final class LeaseBook {

    /**
     * To be sent to the worker.
     *
     * @param copyBecause why its tasks are rendered once more, while another worker has them; empty for all others
     */
    public record Grant(WorkerId worker, long epoch, int slot, List<JobTasks> parts, Optional<String> copyBecause) {
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

    /**
     * What a second rendering of the same patches came to, part by part of its batch.
     *
     * @param accepted whose results count
     * @param discarded whose results were only compared
     * @param took time of a slot
     * @param differing patches of which the two made other results; one of them is broken
     */
    public record Comparison(
            JobId job,
            List<PatchId> patches,
            WorkerId accepted,
            WorkerId discarded,
            Duration took,
            List<PatchId> differing) {}

    /** A batch to run and a batch to wait behind it. */
    public static final int BATCHES_PER_SLOT = 2;

    private static final int INCARNATION_SHIFT = 40;

    private final LeaseSettings settings;
    private final Map<JobId, LentJob> jobs = new LinkedHashMap<>();
    private final RunningLeases leases;
    private final Roster roster;
    private final Failures failures;
    private final Sharing sharing;
    private final Speculation speculation;
    private final LeaseAnswers answers;
    private List<Comparison> comparisons = List.of();
    private long nextSequence;
    private boolean isGathering;

    /** @param incarnation of the coordinator: a higher one than any before, or leases of two would share epochs */
    public LeaseBook(LeaseSettings settings, long incarnation) {
        if (incarnation < 0 || incarnation >= 1L << (Long.SIZE - 1 - INCARNATION_SHIFT)) {
            throw new IllegalArgumentException("an incarnation has 23 bits, not " + incarnation);
        }
        this.settings = settings;
        this.leases = new RunningLeases(settings.term(), jobs, incarnation << INCARNATION_SHIFT);
        this.roster = new Roster(settings, leases);
        this.failures = new Failures(settings, roster, jobs, leases);
        this.sharing = new Sharing(settings, roster.workers(), jobs);
        this.speculation = new Speculation(settings, leases);
        this.answers = new LeaseAnswers(settings, roster.workers(), roster.turnedAway(), jobs, leases.byEpoch());
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
        return roster.join(candidate, answers::objectionOfAll, now);
    }

    /** Notes on which machine a worker runs, let in or refused: for people who look for it, nothing depends on it. */
    public void locate(WorkerId id, String host) {
        roster.locate(id, host);
    }

    /**
     * Gives a worker nothing more until {@link #undrain}; what it holds it may finish. It can be ended
     * without loss when it holds nothing any more.
     *
     * @param within after so long {@link #handBack} takes back what it still holds; empty lets it finish
     * @return what is now the case, in a sentence; empty when there is no such worker
     */
    public Optional<String> drain(WorkerId id, Optional<Duration> within, Instant now) {
        return roster.drain(id, within, now);
    }

    /** A worker says that it was drained before this desk knew it; nothing where somebody decided otherwise here. */
    public void arrivedDrained(WorkerId id, Optional<Duration> within, Instant now) {
        roster.arrivedDrained(id, within, now);
    }

    /** Takes back what drained workers did not finish in their time; no fault of anybody. */
    public List<Taken> handBack(Instant now) {
        return roster.overdue(now).stream()
                .flatMap(worker -> leases.takeAllBack(worker, "its worker was drained", now).stream())
                .toList();
    }

    /**
     * Lets a worker have tasks again, with the pulls it made meanwhile.
     *
     * @return what is now the case, in a sentence; empty when there is no such worker
     */
    public Optional<String> undrain(WorkerId id) {
        return roster.undrain(id);
    }

    /**
     * Takes back what a worker holds and gives it nothing until {@link #unblock}.
     *
     * @return whether there is such a worker; {@link #takeVerdicts} has what follows
     */
    public boolean block(WorkerId id, String why, Instant now) {
        return failures.block(id, new FarmWorker.Block(why, Optional.empty()), now);
    }

    /** @return whether there is such a worker, and it was blocked */
    public boolean unblock(WorkerId id) {
        return roster.unblock(id);
    }

    /** Somebody wants patches tried again that were given up; returns those that are. */
    public List<PatchId> retry(JobId id, Collection<PatchId> patches) {
        return failures.retry(id, patches);
    }

    /** Workers that were blocked since this was last asked. */
    public List<Verdict> takeVerdicts() {
        return failures.takeVerdicts();
    }

    public boolean hasVerdicts() {
        return failures.hasVerdicts();
    }

    /** The worker has room for one more batch in this slot. */
    public void pull(WorkerId id, int slotIndex, int batchSize, Instant now) {
        roster.pull(id, slotIndex, batchSize, now);
    }

    /**
     * Extends the leases that a worker says it holds.
     *
     * @return those that are not its own, or no longer
     */
    public List<Long> renew(WorkerId id, Collection<Long> epochs, Instant now) {
        return roster.renew(id, epochs, now);
    }

    /** Takes everything back from a worker that is gone; no fault of the patches. */
    public List<Taken> lose(WorkerId id) {
        return roster.remove(id)
                .map(worker -> {
                    failures.forget(id);
                    List<Taken> taken = leases.takeAllBack(worker, "the worker was lost", worker.heard());
                    leases.forgetPulls(worker);
                    return taken;
                })
                .orElse(List.of());
    }

    /** Takes back what has not been renewed for a whole term; no fault of the patches. Workers were blocked long enough. */
    public List<Taken> expire(Instant now) {
        roster.endBlocks(now);
        return leases.over(now).stream()
                .map(lease -> leases.takeBack(lease, "its lease was not renewed in time", now))
                .toList();
    }

    /**
     * Ends leases that are renewed and renewed, while what they are over is not rendered: their device is to blame. What waits
     * behind them goes to others.
     */
    public List<Taken> endStuck(Instant now) {
        List<Taken> taken = new ArrayList<>();
        for (Lease lease : leases.stuck(now, settings.longest())) {
            taken.add(failures.failed(lease, Fault.DEVICE, whyStuck(), now));
            taken.addAll(leases.emptyStuck(lease.slot, "its slot was stuck with another batch", now));
        }
        return taken;
    }

    /** What is said of leases that {@link #endStuck} ends. */
    public String whyStuck() {
        return "its slot was busy for " + settings.longest().toMinutes() + " min without a result";
    }

    // Jobs.

    /** Adds tasks of one stage of a job on the usual terms to what is ready. */
    public void offer(RenderSettings job, Optional<String> deviceClass, int stage, List<OfferedTask> tasks) {
        offer(job, JobTerms.USUAL.withDeviceClass(deviceClass), stage, tasks);
    }

    /** Adds tasks of one stage to what is ready; the terms of a job are those of its first offer. */
    public void offer(RenderSettings settings, JobTerms terms, int stage, List<OfferedTask> tasks) {
        LentJob job = jobs.computeIfAbsent(settings.job(), id -> begin(settings, terms));
        if (job.readyCount() == 0) {
            Duration credit = this.settings.sharing().credit();
            leastSlotTime(job).ifPresent(least -> job.slotTime.catchUp(least - credit.toNanos()));
        }
        ReadyTasks ready = job.stage(stage);
        for (OfferedTask task : tasks) {
            ready.add(new Attempt(task, nextSequence++));
        }
    }

    /** So many results of a stage are in the log, and what they made ready was offered. */
    public void logged(JobId id, int stage, int taskCount) {
        LentJob job = jobs.get(id);
        if (job != null) {
            job.stage(stage).logged(taskCount);
        }
    }

    /** Whether {@link #grantReady} left an idle slot to wait for more to be ready; it is then to be called a moment later, too. */
    public boolean isGathering() {
        return isGathering;
    }

    /** Who comes later has no claim on what was shared out before. */
    private LentJob begin(RenderSettings job, JobTerms terms) {
        var begun = new LentJob(job, terms, settings.sharing().rememberedPatches());
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

    /** Hands out nothing more of a job, while {@link #isHeld what is held} of it may end as it would. */
    public void windDown(JobId id) {
        Optional.ofNullable(jobs.get(id)).ifPresent(LentJob::windDown);
    }

    /** Whether a worker holds anything of a job that would still count. */
    public boolean isHeld(JobId id) {
        return Optional.ofNullable(jobs.get(id)).stream()
                .flatMap(job -> leases.of(job).stream())
                .anyMatch(lease -> lease.accepted().isEmpty());
    }

    /** Forgets a job; returns the leases that their workers should drop, with what they had of other jobs. */
    public List<Taken> withdraw(JobId id, Instant now) {
        LentJob job = jobs.remove(id);
        if (job == null) {
            return List.of();
        }
        roster.workers().values().forEach(worker -> worker.served.remove(id));
        return leases.of(job).stream()
                .map(lease -> leases.takeBack(lease, "it shared a batch with a job that was withdrawn", now))
                .toList();
    }

    /** Workers that were granted anything of a job, and may hold states of its patches. */
    public List<WorkerId> servants(JobId job) {
        return roster.workers().values().stream()
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
                .filter(roster.workers()::containsKey);
    }

    // Leases.

    /** Brings ready tasks and free slots together; to be called after anything else has changed. */
    public List<Grant> grantReady(Instant now) {
        List<Grant> grants = new ArrayList<>();
        BiConsumer<Slot, List<Lease.Part>> taker =
                (slot, parts) -> grants.add(grant(leases.begin(slot, parts, now), Optional.empty()));
        sharing.handOut(leases.idle(), false, now, taker);
        isGathering = sharing.takeIsGathering();
        // What would make small batches behind running ones stays here, for whichever slot is through first.
        sharing.handOut(leases.roomy(), true, now, taker);
        // Slots that are idle still have nothing else to do.
        for (Optional<Backup> next = speculation.next(now); next.isPresent(); next = speculation.next(now)) {
            Backup backup = next.get();
            grants.add(grant(leases.copy(backup.straggler(), backup.slot(), now), Optional.of(backup.why())));
        }
        return grants;
    }

    private static Grant grant(Lease lease, Optional<String> copyBecause) {
        List<JobTasks> parts = lease.parts.stream().map(Lease.Part::tasks).toList();
        return new Grant(lease.slot.worker.id, lease.epoch, lease.slot.index, parts, copyBecause);
    }

    /**
     * Ends a lease with its results.
     *
     * @return what each of its jobs has of them; empty when the lease is over already, the results are not those of its
     *     tasks, or another worker was quicker: they do not count
     */
    public List<Ended> complete(Completed completed, Instant now) {
        List<TaskResult> results = completed.results();
        Optional<Lease> held =
                roster.held(completed.worker(), completed.epoch(), now).filter(lease -> lease.isAnsweredBy(results));
        if (held.isEmpty()) {
            return List.of();
        }
        Lease lease = held.get();
        if (lease.accepted().isPresent()) {
            compare(lease, lease.accepted().get(), results, now);
            return List.of();
        }
        FarmWorker worker = lease.slot.worker;
        worker.rendered(results.size());
        worker.found(completed.work());
        List<Ended> ended = new ArrayList<>(lease.parts.size());
        int from = 0;
        for (Lease.Part part : lease.parts) {
            int count = part.attempts().size();
            WorkTime work = completed.work().part(count, results.size());
            Task first = part.attempts().get(0).offered.task();
            LentJob job = part.job();
            job.fixDeviceClass(worker.deviceClass());
            job.slotTime.end(part.reckonedNanos(), first, count, work);
            job.rendered(count);
            part.times().add(lease.runningFor(now), results.size());
            if (first instanceof Task.Sample || first instanceof Task.Fill) {
                part.patches().forEach(patch -> job.holders.sampled(patch, worker.id));
            }
            if (results.get(from) instanceof TaskResult.Tokens) {
                job.stage(part.stage()).rendered(count);
            }
            ended.add(new Ended(job.settings.job(), worker.deviceClass(), results.subList(from, from + count), work));
            from += count;
            for (Attempt attempt : part.attempts()) {
                if (attempt.failureCount() > 0) {
                    failures.weigh(attempt, worker.id, now);
                }
            }
        }
        leases.end(lease, new Lease.Accepted(worker.id, results), now);
        return ended;
    }

    /** What came second says whether two workers make the same of a task, and counts for nothing else. */
    private void compare(Lease lease, Lease.Accepted accepted, List<TaskResult> results, Instant now) {
        List<Comparison> all = new ArrayList<>(comparisons);
        int at = 0;
        for (Lease.Part part : lease.parts) {
            List<PatchId> differing = new ArrayList<>();
            for (PatchId patch : part.patches()) {
                if (!results.get(at).isSameAs(accepted.results().get(at++))) {
                    differing.add(patch);
                }
            }
            Duration took =
                    lease.runningFor(now).multipliedBy(part.attempts().size()).dividedBy(results.size());
            WorkerId second = lease.slot.worker.id;
            all.add(new Comparison(
                    part.job().settings.job(), part.patches(), accepted.worker(), second, took, differing));
        }
        comparisons = all;
        leases.endInVain(lease, AttemptEnd.COMPARED, "", now);
    }

    public boolean hasComparisons() {
        return !comparisons.isEmpty();
    }

    /** What was rendered twice since this was last asked. */
    public List<Comparison> takeComparisons() {
        List<Comparison> taken = comparisons;
        comparisons = List.of();
        return taken;
    }

    public boolean hasSpans() {
        return !leases.spans().isEmpty();
    }

    /** Of attempts that ended since this was last asked, for traces. */
    public List<Span> takeSpans() {
        return leases.spans().take();
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
        return roster.held(id, epoch, now).map(lease -> failures.failed(lease, fault, reason, now));
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
