package handscroll.coordinator.simulation;

import handscroll.coordinator.job.RenderBook;
import handscroll.coordinator.lease.LeaseBook;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Stage;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Renders a plan with simulated workers: what is ready, who gets it and in what batches is decided by the
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

    private static final JobId JOB = new JobId("simulated");

    private record Event(long nanos, long sequence, Runnable action) {}

    private static final class Worker {
        final WorkerId id;
        final ArrayDeque<LeaseBook.Grant> waiting = new ArrayDeque<>();
        final List<Long> held = new ArrayList<>();
        boolean isRunning;
        long heardNanos;

        Worker(WorkerId id) {
            this.id = id;
        }
    }

    private final Plan plan;
    private final PatchGraph graph;
    private final SimulationSettings settings;
    private final RenderBook job;
    private final LeaseBook leases;
    private final RenderSettings renderSettings;
    private final short[] tokens;
    private final SplittableRandom random;
    private final Map<WorkerId, Worker> workers = new LinkedHashMap<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::sequence));

    private long now;
    private long nextSequence;
    private long workNanos;
    private int batchCount;
    private long firstTileNanos = -1;

    private Simulation(Plan plan, SimulationSettings settings, int workerCount) {
        this.plan = plan;
        this.graph = plan.graph();
        this.settings = settings;
        Optional<Picture> picture = plan.given().map(given -> new BlankPicture());
        this.job = new RenderBook(plan, picture);
        job.start();
        this.leases = new LeaseBook(settings.lease(), 0);
        this.renderSettings = plan.renderSettings(JOB);
        this.tokens = new short[plan.model().tokensPerSide() * plan.model().tokensPerSide()];
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
        if (workerCount < 1) {
            throw new IllegalArgumentException("a farm of " + workerCount + " workers renders nothing");
        }
        return new Simulation(plan, settings, workerCount).run();
    }

    private SimulatedRender run() {
        for (Worker worker : workers.values()) {
            leases.join(worker.id, 1, "simulated", Map.of(renderSettings.model(), renderSettings.modelHash()), at(now));
            for (int batch = 0; batch < LeaseBook.BATCHES_PER_SLOT; batch++) {
                leases.pull(worker.id, 0, settings.batchSize(), at(now));
            }
        }
        offerReady();
        while (!job.isComplete()) {
            Event next = events.poll();
            if (next == null) {
                throw new IllegalStateException("the plan of " + plan.spec().name() + " cannot be rendered to its end");
            }
            now = next.nanos();
            next.action().run();
        }
        return new SimulatedRender(
                workers.size(),
                Duration.ofNanos(now),
                Duration.ofNanos(firstTileNanos),
                Duration.ofNanos(workNanos),
                batchCount,
                job.statesHeldPeak(),
                job.tokensHeldPeak());
    }

    // The coordinator's side.

    private void offerReady() {
        job.takeReady(settings.offeredTasks())
                .forEach((stage, tasks) -> leases.offer(renderSettings, Optional.empty(), stage, tasks));
        grantReady();
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

    private void onCompleted(Worker worker, LeaseBook.Grant grant) {
        List<TaskResult> results = grant.tasks().stream().map(this::result).toList();
        worker.held.remove(grant.epoch());
        worker.heardNanos = now;
        if (leases.complete(worker.id, grant.epoch(), results, at(now)).isEmpty()) {
            throw new IllegalStateException(
                    "the lease " + grant.epoch() + " of " + worker.id + " was over before its end");
        }
        leases.pull(worker.id, 0, settings.batchSize(), at(now));
        grantReady();
        after(settings.costs().log(), () -> onDurable(results));
    }

    private void onDurable(List<TaskResult> results) {
        for (TaskResult result : results) {
            if (result instanceof TaskResult.Tokens rows) {
                job.tokensLogged(rows);
            } else {
                job.tileStored(result.patch());
                firstTileNanos = firstTileNanos < 0 ? now : firstTileNanos;
            }
        }
        // Workers would drop these states now.
        job.takeReleased();
        offerReady();
    }

    private TaskResult result(Task task) {
        PatchId patch = task.patch();
        return task instanceof Task.Decode || task instanceof Task.Idle
                ? new TaskResult.TileStored(patch)
                : new TaskResult.Tokens(patch, tokens);
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
        Duration time = Duration.ofNanos(drawnNanos(next));
        workNanos += time.toNanos();
        batchCount++;
        after(time, () -> {
            worker.isRunning = false;
            after(settings.costs().message(), () -> onCompleted(worker, next));
            renderNext(worker);
        });
    }

    private long drawnNanos(LeaseBook.Grant grant) {
        PatchId first = grant.tasks().get(0).patch();
        Stage stage = graph.stage(first.stage());
        long nanos = settings.costs()
                .nanos(
                        stage,
                        plan.model().patchPixels(),
                        stage.operator(graph.index(first)),
                        grant.tasks().size());
        return nanos + Math.round(nanos * settings.costs().spread() * random.nextDouble());
    }

    private Worker worker(WorkerId id) {
        Worker worker = workers.get(id);
        if (worker == null) {
            throw new IllegalStateException("a lease for " + id + ", which never joined");
        }
        return worker;
    }

    private void after(Duration time, Runnable action) {
        events.add(new Event(now + time.toNanos(), nextSequence++, action));
    }

    private static Instant at(long nanos) {
        return Instant.EPOCH.plusNanos(nanos);
    }
}
