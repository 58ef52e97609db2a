package handscroll.coordinator.lease;

import handscroll.coordinator.lease.JobAccount.HeldLease;
import handscroll.coordinator.lease.JobAccount.PatchAccount;
import handscroll.coordinator.lease.JobAccount.StageAccount;
import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** What a {@link LeaseBook} says when it is asked; looks at its pages and changes nothing. */
final class LeaseAnswers {

    /** In one sentence; the list of workers has the rest. */
    private static final int NAMED_OBJECTIONS = 3;

    /** A refused worker asks again every now and then; one that did not for so many terms has gone elsewhere. */
    private static final int TERMS_OF_A_REFUSAL = 10;

    private final LeaseSettings settings;
    private final Map<WorkerId, FarmWorker> workers;
    private final Map<WorkerId, RefusedWorker> refused;
    private final Map<JobId, LentJob> jobs;
    private final Map<Long, Lease> leases;

    LeaseAnswers(
            LeaseSettings settings,
            Map<WorkerId, FarmWorker> workers,
            Map<WorkerId, RefusedWorker> refused,
            Map<JobId, LentJob> jobs,
            Map<Long, Lease> leases) {
        this.settings = settings;
        this.workers = workers;
        this.refused = refused;
        this.jobs = jobs;
        this.leases = leases;
    }

    /** Why a worker can serve none of the jobs there are; empty when it can, or when there are none. */
    Optional<String> objectionOfAll(FarmWorker worker) {
        List<String> objections = new ArrayList<>();
        for (LentJob job : jobs.values()) {
            Optional<String> objection = job.objectionTo(worker);
            if (objection.isEmpty()) {
                return Optional.empty();
            }
            objections.add(objection.get());
        }
        return objections.isEmpty() ? Optional.empty() : Optional.of(someOf(objections));
    }

    String whyWaiting(JobId id, Instant now) {
        LentJob job = jobs.get(id);
        if (job == null || job.readyCount() == 0) {
            return job == null || job.leaseCount() == 0
                    ? "nothing of it is ready to be rendered"
                    : "all that is ready is being rendered";
        }
        if (job.isWindingDown()) {
            return "it is being paused: workers finish what they hold of it";
        }
        String ready = LeaseBook.counted(job.readyCount(), "patch is", "patches are") + " ready, ";
        List<RefusedWorker> refusedLately = refusedLately(now);
        if (workers.isEmpty() && !refusedLately.isEmpty()) {
            return ready + "but every worker that came was refused: "
                    + someOf(refusedLately.stream()
                            .map(worker -> "[" + worker.worker() + "] " + worker.reason())
                            .toList());
        }
        if (workers.isEmpty()) {
            return ready + "but no worker has joined; start one with handscroll worker --join HOST:PORT";
        }
        List<String> objections = new ArrayList<>();
        int silentCount = 0;
        int drainedCount = 0;
        for (FarmWorker worker : workers.values()) {
            Optional<String> objection = job.objectionTo(worker);
            if (objection.isPresent()) {
                objections.add("[" + worker.id + "] " + objection.get());
            } else if (worker.block().isPresent()) {
                objections.add("[" + worker.id + "] is blocked, "
                        + worker.block().get().why() + "; handscroll workers unblock " + worker.id
                        + " gives it patches again");
            } else if (worker.isSilent(now, settings.term())) {
                silentCount++;
            } else if (worker.isDraining()) {
                drainedCount++;
            }
        }
        int fittingCount = workers.size() - objections.size();
        if (fittingCount == 0) {
            return ready + "but no worker can render them: " + someOf(objections);
        }
        int freeCount = fittingCount - silentCount - drainedCount;
        if (freeCount > 0) {
            return ready + "and wait for a free slot of " + LeaseBook.counted(freeCount, "worker", "workers")
                    + behindWhom(job);
        }
        if (silentCount == 0) {
            return ready + "but every worker that could render them is drained; give one back with"
                    + " handscroll workers undrain ID, or start another";
        }
        String silent = "silent for longer than " + settings.term().toSeconds()
                + " s; look whether its process and its network live, or start another";
        return drainedCount == 0
                ? ready + "but every worker that could render them has been " + silent
                : ready + "but of the workers that could render them " + drainedCount + " are drained (handscroll"
                        + " workers undrain ID gives one back) and " + silentCount + " " + silent;
    }

    private String behindWhom(LentJob job) {
        int before = (int) jobs.values().stream()
                .filter(other -> other.priority > job.priority && other.readyCount() > 0)
                .count();
        return before == 0
                ? ""
                : ", behind " + LeaseBook.counted(before, "job", "jobs") + " of a higher priority than " + job.priority;
    }

    /**
     * What keeps a job from being rendered at all as things are, with what to do. Empty while somebody can render
     * it, and while nobody has come yet.
     */
    Optional<String> obstacle(JobId id, Instant now) {
        LentJob job = jobs.get(id);
        boolean hasAnyoneCome = !workers.isEmpty() || !refusedLately(now).isEmpty();
        boolean isStuck = hasAnyoneCome
                && job != null
                && job.readyCount() > 0
                && job.leaseCount() == 0
                && workers.values().stream()
                        .noneMatch(worker -> job.canBeServedBy(worker) && worker.isAvailable(now, settings.term()));
        return isStuck ? Optional.of(whyWaiting(id, now)) : Optional.empty();
    }

    private static String someOf(List<String> objections) {
        int named = Math.min(NAMED_OBJECTIONS, objections.size());
        String text = String.join("; ", objections.subList(0, named));
        int left = objections.size() - named;
        return left == 0 ? text : text + "; and " + left + " more";
    }

    List<WorkerReport> census(Instant now) {
        return workers.values().stream().map(worker -> report(worker, now)).toList();
    }

    WorkerList workerList(Instant now) {
        return list(this::objectionOfAll, now);
    }

    private WorkerList list(Function<FarmWorker, Optional<String>> objection, Instant now) {
        return new WorkerList(
                now,
                workers.values().stream()
                        .map(worker -> new WorkerList.Standing(report(worker, now), objection.apply(worker)))
                        .toList(),
                refusedLately(now));
    }

    private List<RefusedWorker> refusedLately(Instant now) {
        Instant oldest = now.minus(settings.term().multipliedBy(TERMS_OF_A_REFUSAL));
        return refused.values().stream()
                .filter(worker -> !worker.asked().isBefore(oldest))
                .toList();
    }

    private WorkerReport report(FarmWorker worker, Instant now) {
        return new WorkerReport(
                worker.id,
                worker.host(),
                worker.slotCount(),
                worker.leases.size(),
                worker.taskCount(),
                worker.renderedCount(),
                worker.failedCount(),
                worker.statesFound(),
                worker.statesMade(),
                worker.deviceClass(),
                worker.modelHashes(),
                worker.heard(),
                worker.isSilent(now, settings.term()),
                worker.isDraining(),
                worker.handsBack(),
                worker.block().map(FarmWorker.Block::why),
                worker.batchLimit() == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(worker.batchLimit()));
    }

    JobAccount account(JobId id, Collection<PatchId> asked, Instant now) {
        LentJob job = jobs.get(id);
        if (job == null) {
            return new JobAccount(whyWaiting(id, now), List.of(), 0, Optional.empty(), workerList(now), Map.of());
        }
        Map<Integer, Integer> leased = new TreeMap<>();
        Set<PatchId> open = new HashSet<>(asked);
        Map<PatchId, PatchAccount> patches = new HashMap<>();
        List<Lease> held = leases.values().stream()
                .filter(lease -> lease.concerns(job) && lease.accepted().isEmpty())
                .toList();
        for (Lease lease : held) {
            for (Lease.Part part : lease.parts) {
                if (part.job() != job) {
                    continue;
                }
                leased.merge(part.stage(), part.attempts().size(), Integer::sum);
                for (Attempt attempt : part.attempts()) {
                    PatchId patch = attempt.offered.task().patch();
                    if (open.remove(patch)) {
                        patches.put(patch, patchAccount(attempt, Optional.of(held(lease, job)), 0, 0));
                    }
                }
            }
        }
        List<StageAccount> stages = new ArrayList<>();
        for (Map.Entry<Integer, ReadyTasks> stage : job.ready.entrySet()) {
            stages.add(new StageAccount(
                    stage.getKey(),
                    leased.getOrDefault(stage.getKey(), 0),
                    stage.getValue().count()));
            stage.getValue().all().forEach(attempt -> {
                PatchId patch = attempt.offered.task().patch();
                if (open.remove(patch)) {
                    patches.put(patch, readyAccount(attempt));
                }
            });
        }
        return new JobAccount(
                whyWaiting(id, now),
                stages,
                held.size(),
                held.stream().min(Comparator.comparing(lease -> lease.granted)).map(lease -> held(lease, job)),
                list(job::objectionTo, now),
                patches);
    }

    /** Priorities are compared across jobs when slots are filled, so places are counted across them too. */
    private PatchAccount readyAccount(Attempt attempt) {
        int position = 1;
        int readyCount = 0;
        for (LentJob job : jobs.values()) {
            for (ReadyTasks ready : job.ready.values()) {
                readyCount += ready.count();
                position += (int) ready.all()
                        .filter(other -> other.compareTo(attempt) < 0)
                        .count();
            }
        }
        return patchAccount(attempt, Optional.empty(), position, readyCount);
    }

    private PatchAccount patchAccount(Attempt attempt, Optional<HeldLease> lease, int position, int readyCount) {
        return new PatchAccount(
                lease, position, readyCount, attempt.failureCount() + 1, settings.attemptCount(), attempt.ended());
    }

    /** What of a lease is this job's. */
    private static HeldLease held(Lease lease, LentJob job) {
        FarmWorker worker = lease.slot.worker;
        List<Lease.Part> own =
                lease.parts.stream().filter(part -> part.job() == job).toList();
        return new HeldLease(
                lease.epoch,
                worker.id,
                worker.host(),
                own.get(0).stage(),
                own.stream().flatMap(part -> part.patches().stream()).toList(),
                lease.granted,
                lease.deadline());
    }
}
