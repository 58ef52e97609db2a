package handscroll.coordinator.simulation;

import handscroll.coordinator.job.RenderBook;
import handscroll.coordinator.lease.LeaseBook;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Stage;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.Completed;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Renders plans with simulated workers: what is ready, who gets it and in what batches is decided by the
 * job's and the lease desk's own code; only workers, messages, the log and the time are played.
 *
 * <pre>
 *   desk: granted ──message──▶ worker: batch runs, the next one waits behind it
 *     ▲                                  │
 *     │ readers are ready              message
 *     │                                  ▼
 *   job: rendered ◀────log──── desk: completed, pulled again
 * </pre>
 *
 * A worker here is one slot. No worker falls silent, and none fails.
 */
public final class Simulation {

    private record Event(long nanos, long sequence, Runnable action) {}

    private static final class Worker {
        final WorkerId id;
        final ArrayDeque<LeaseBook.Grant> waiting = new ArrayDeque<>();
        final List<Long> held = new ArrayList<>();
        /** Whose states it has, of any job. */
        final Set<Cell> states = new HashSet<>();

        boolean isRunning;
        long heardNanos;

        Worker(WorkerId id) {
            this.id = id;
        }
    }

    private record Cell(JobId job, PatchId patch) {}

    /** One of the plans, and how far it is. */
    private static final class Course {
        final Plan plan;
        final RenderBook book;
        final RenderSettings settings;
        final short[] tokens;
        Duration time = Duration.ZERO;
        Duration firstTile = Duration.ZERO;
        long workNanos;
        int batchCount;
        long statesFound;
        long statesMade;

        Course(Plan plan, JobId job) {
            this.plan = plan;
            Optional<Picture> picture = plan.given().map(given -> new BlankPicture());
            this.book = new RenderBook(plan, picture);
            this.settings = plan.renderSettings(job);
            this.tokens = new short[plan.model().tokensPerSide() * plan.model().tokensPerSide()];
        }

        TaskResult result(Task task) {
            PatchId patch = task.patch();
            return task instanceof Task.Decode || task instanceof Task.Idle
                    ? new TaskResult.TileStored(patch)
                    : new TaskResult.Tokens(patch, tokens);
        }

        SimulatedRender render(int workerCount) {
            return new SimulatedRender(
                    workerCount,
                    time,
                    firstTile,
                    Duration.ofNanos(workNanos),
                    batchCount,
                    book.statesHeldPeak(),
                    book.tokensHeldPeak(),
                    statesFound,
                    statesMade);
        }
    }

    private final SimulationSettings settings;
    private final LeaseBook leases;
    private final SplittableRandom random;
    private final Map<JobId, Course> jobs = new LinkedHashMap<>();
    private final Map<WorkerId, Worker> workers = new LinkedHashMap<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::sequence));

    private long now;
    private long nextSequence;

    private Simulation(List<Plan> plans, SimulationSettings settings, int workerCount) {
        this.settings = settings;
        for (Plan plan : plans) {
            var job = new JobId("simulated-" + jobs.size());
            jobs.put(job, new Course(plan, job));
        }
        this.leases = new LeaseBook(settings.lease(), 0);
        this.random = new SplittableRandom(settings.seed());
        for (int number = 1; number <= workerCount; number++) {
            var worker = new Worker(new WorkerId("worker-" + number));
            workers.put(worker.id, worker);
        }
    }

    /**
     * Takes a second or two for 100,000 patches.
     *
     * @throws IllegalArgumentException for a farm without workers
     */
    public static SimulatedRender run(Plan plan, SimulationSettings settings, int workerCount) {
        return run(List.of(plan), settings, workerCount).get(0);
    }

    /** Renders several plans at once; what each comes to, its time from the start of all. */
    public static List<SimulatedRender> run(List<Plan> plans, SimulationSettings settings, int workerCount) {
        if (workerCount < 1) {
            throw new IllegalArgumentException("a farm of " + workerCount + " workers renders nothing");
        }
        return new Simulation(plans, settings, workerCount).run();
    }

    private List<SimulatedRender> run() {
        Map<String, String> models = new HashMap<>();
        jobs.values().forEach(job -> models.put(job.settings.model(), job.settings.modelHash()));
        for (Worker worker : workers.values()) {
            leases.join(worker.id, 1, "simulated", models, at(now));
            for (int batch = 0; batch < LeaseBook.BATCHES_PER_SLOT; batch++) {
                leases.pull(worker.id, 0, settings.batchSize(), at(now));
            }
        }
        for (Course job : jobs.values()) {
            job.book.start();
            offerReady(job);
        }
        grantReady();
        while (!jobs.values().stream().allMatch(job -> job.book.isComplete())) {
            Event next = events.poll();
            if (next == null) {
                throw new IllegalStateException("the plans cannot be rendered to their end: "
                        + jobs.values().stream()
                                .filter(job -> !job.book.isComplete())
                                .map(job -> job.plan.spec().name())
                                .toList());
            }
            now = next.nanos();
            next.action().run();
        }
        return jobs.values().stream().map(job -> job.render(workers.size())).toList();
    }

    // The coordinator's side.

    private void offerReady(Course job) {
        job.book
                .takeReady(settings.offeredTasks())
                .forEach((stage, tasks) -> leases.offer(
                        job.settings,
                        job.book.terms().withPriority(job.plan.spec().priority()),
                        stage,
                        tasks));
    }

    private void grantReady() {
        renewLeases();
        for (LeaseBook.Grant grant : leases.grantReady(at(now))) {
            Worker worker = worker(grant.worker());
            worker.held.add(grant.epoch());
            after(settings.costs().message(), () -> onGranted(worker, grant));
        }
    }

    /** Workers renew every third of the term, also while they wait; it matters only when the desk decides. */
    private void renewLeases() {
        long third = settings.lease().term().toNanos() / 3;
        for (Worker worker : workers.values()) {
            if (now - worker.heardNanos >= third) {
                leases.renew(worker.id, worker.held, at(now));
                worker.heardNanos = now;
            }
        }
    }

    private void onCompleted(Worker worker, LeaseBook.Grant grant, long tookNanos) {
        List<TaskResult> results = new ArrayList<>();
        for (JobTasks part : grant.parts()) {
            part.tasks().forEach(task -> results.add(job(part).result(task)));
        }
        worker.held.remove(grant.epoch());
        worker.heardNanos = now;
        var work = new WorkTime(Duration.ofNanos(tookNanos), Duration.ZERO, Duration.ZERO);
        List<LeaseBook.Ended> ended = leases.complete(new Completed(worker.id, grant.epoch(), results, work), at(now));
        if (ended.isEmpty() && leases.takeComparisons().isEmpty()) {
            throw new IllegalStateException(
                    "the lease " + grant.epoch() + " of " + worker.id + " was over before its end");
        }
        leases.pull(worker.id, 0, settings.batchSize(), at(now));
        grantReady();
        after(settings.costs().log(), () -> onDurable(ended));
    }

    private void onDurable(List<LeaseBook.Ended> ended) {
        for (LeaseBook.Ended part : ended) {
            Course job = job(part.job());
            for (TaskResult result : part.results()) {
                if (result instanceof TaskResult.Tokens rows) {
                    job.book.tokensLogged(rows);
                } else {
                    job.book.tileStored(result.patch());
                    job.firstTile = job.firstTile.isZero() ? Duration.ofNanos(now) : job.firstTile;
                }
            }
            if (job.book.isComplete()) {
                job.time = Duration.ofNanos(now);
            }
            release(part.job(), job.book.takeReleased());
            offerReady(job);
            if (part.results().get(0) instanceof TaskResult.Tokens rows) {
                leases.logged(part.job(), rows.patch().stage(), part.results().size());
            }
        }
        grantReady();
    }

    private void release(JobId job, List<PatchId> patches) {
        leases.release(job, patches);
        for (PatchId patch : patches) {
            var cell = new Cell(job, patch);
            workers.values().forEach(worker -> worker.states.remove(cell));
        }
    }

    // The workers' side.

    private void onGranted(Worker worker, LeaseBook.Grant grant) {
        worker.waiting.add(grant);
        renderNext(worker);
    }

    private void renderNext(Worker worker) {
        LeaseBook.Grant next = worker.isRunning ? null : worker.waiting.poll();
        if (next == null) {
            return;
        }
        worker.isRunning = true;
        long nanos = drawnNanos(next) + makeStates(worker, next);
        int taskCount = next.tasks().size();
        for (JobTasks part : next.parts()) {
            Course job = job(part);
            job.workNanos += nanos * part.tasks().size() / taskCount;
            job.batchCount++;
        }
        after(Duration.ofNanos(nanos), () -> {
            worker.isRunning = false;
            after(settings.costs().message(), () -> onCompleted(worker, next, nanos));
            renderNext(worker);
        });
    }

    private long drawnNanos(LeaseBook.Grant grant) {
        Course job = job(grant.parts().get(0));
        PatchGraph graph = job.plan.graph();
        PatchId first = grant.tasks().get(0).patch();
        Stage stage = graph.stage(first.stage());
        long nanos = settings.costs()
                .nanos(
                        stage,
                        job.plan.model().patchPixels(),
                        stage.operator(graph.index(first)),
                        grant.tasks().size());
        return nanos + Math.round(nanos * settings.costs().spread() * random.nextDouble());
    }

    /** What the states take that this worker lacks; it has them from then on, and those of the patches themselves. */
    private long makeStates(Worker worker, LeaseBook.Grant grant) {
        long missed = 0;
        for (JobTasks part : grant.parts()) {
            Course job = job(part);
            JobId id = part.settings().job();
            Set<Cell> read = new HashSet<>();
            for (Task task : part.tasks()) {
                if (task instanceof Task.Sample sample) {
                    sample.context().forEach(seen -> read.add(new Cell(id, seen.of(sample.patch()))));
                    worker.states.add(new Cell(id, sample.patch()));
                }
            }
            int found = read.size();
            read.removeAll(worker.states);
            found -= read.size();
            worker.states.addAll(read);
            job.statesFound += found;
            job.statesMade += read.size();
            missed += read.size();
        }
        return missed * settings.costs().state().toNanos();
    }

    private Worker worker(WorkerId id) {
        return known(workers, id);
    }

    private Course job(JobTasks part) {
        return job(part.settings().job());
    }

    private Course job(JobId id) {
        return known(jobs, id);
    }

    private static <K, V> V known(Map<K, V> all, K key) {
        V found = all.get(key);
        if (found == null) {
            throw new IllegalStateException("a lease over something of " + key + ", which never came");
        }
        return found;
    }

    private void after(Duration time, Runnable action) {
        events.add(new Event(now + time.toNanos(), nextSequence++, action));
    }

    private static Instant at(long nanos) {
        return Instant.EPOCH.plusNanos(nanos);
    }
}
