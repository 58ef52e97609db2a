package handscroll.coordinator.farmsim;

import handscroll.coordinator.farmsim.JobWitness.Violation;
import handscroll.coordinator.job.JobSettings;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.journal.RegisteredJob.Standing;
import handscroll.coordinator.journal.SimulatedDisk;
import handscroll.coordinator.journal.TokenLogSettings;
import handscroll.coordinator.lease.LeaseBook;
import handscroll.coordinator.lease.LeaseSettings;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.TaskResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A whole farm that fails in every way it can, in one thread, in virtual time, decided by a seed.
 *
 * <p>Plans, patch graph, progress, context ledger, render book, course of the job, lease book, register
 * of jobs and token log are the real ones. Workers, network, disk, journal and users are simulated.
 * For some virtual minutes faults rain down; then everything behaves, and the farm must finish what it
 * was given, with the undisturbed picture. What must hold at every step is in {@link JobWitness}.
 */
final class FarmSimulation {

    /** What can go wrong, beside messages that are lost, late, doubled and in disorder. */
    enum Fault {
        WORKER_KILLED,
        WORKER_STOPPED,
        WORKER_DRAINED,
        WORKER_MORE,
        WORKER_CUT_OFF,
        COORDINATOR_KILLED,
        COORDINATOR_STOPPED,
        POWER_LOST,
        CLOCK_SET,
        DISK_FULL,
        DISK_SLOW,
        USER_PAUSES,
        USER_CANCELS,
        USER_RESUMES
    }

    /** What a run came to; the same for the same seed. */
    record Summary(
            long steps,
            long micros,
            long grants,
            long mixed,
            long starts,
            long copies,
            long compared,
            Map<Fault, Integer> faults) {}

    private static final Duration AT_LAST = Duration.ofMinutes(30);
    private static final long MAX_STEPS = 3_000_000;
    private static final long SECOND = 1_000_000;
    private static final List<String> DEVICE_CLASSES = List.of("cpu-bf16", "cpu-fp32");
    private static final int FEWEST_WORKERS = 2;
    private static final String DEVICE_ERROR = "the device has an error";

    final VirtualTime time = new VirtualTime();
    final RandomGenerator random;
    /** Drawn apart, so that older seeds stay what they were. */
    private final RandomGenerator causes;

    private final RandomGenerator slowness;

    final WallClock wallClock = new WallClock();
    final SimulatedNetwork network;
    final SimulatedJournal journal;
    final LeaseSettings leaseSettings;
    final JobSettings jobSettings;
    final TokenLogSettings logSettings;
    final Map<JobId, JobWitness> witnesses = new LinkedHashMap<>();
    private final Map<JobId, Integer> priorities = new HashMap<>();
    private final Map<JobId, Duration> slotTimes = new HashMap<>();
    private final Map<JobId, Map<JobId, Duration>> slotTimesAtEnd = new LinkedHashMap<>();
    long grantCount;
    long mixedCount;
    long startCount;
    long blockedCount;
    long copyCount;
    long comparedCount;

    private final Map<Fault, Integer> faultCounts = new EnumMap<>(Fault.class);
    private final List<Fault> possible = new ArrayList<>();
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final int deviceClassCount;
    private final double failureShare;
    private final double spoiledShare;
    private final long faultsEnd;
    private final long meanMicrosBetweenFaults;
    private Optional<PatchId> poison = Optional.empty();
    private Optional<SimulatedCoordinator> coordinator = Optional.empty();
    private boolean isCalm;
    private boolean diskIsSlow;
    private int workerCount;

    /** The clock on the wall, which administrators and time servers set. */
    final class WallClock extends Clock {
        private Duration offset = Duration.ZERO;

        @Override
        public Instant instant() {
            return time.instant().plus(offset);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** One in which nothing ever fails, with a job of each of these priorities. */
    private FarmSimulation(long seed, SimulatedCanvas canvas, List<Integer> jobs) {
        this(seed, true);
        for (int priority : jobs) {
            JobId job = new JobId("sky-" + witnesses.size());
            submit(job, canvas);
            priorities.put(job, priority);
        }
    }

    private FarmSimulation(long seed, List<SimulatedCanvas> canvases) {
        this(seed, false);
        int jobCount = random.nextInt(4) == 0 ? 2 : 1;
        SimulatedCanvas last = canvases.get(0);
        for (int number = 0; number < jobCount; number++) {
            JobId job = new JobId("sky-" + number);
            last = canvases.get(random.nextInt(canvases.size()));
            submit(job, last);
        }
        // Of one model, and mostly of one shape; drawn apart, so that older seeds stay what they were.
        RandomGenerator more = new SplittableRandom(~seed);
        for (int number = jobCount; number < (jobCount == 1 ? 1 : jobCount + more.nextInt(3)); number++) {
            submit(new JobId("sky-" + number), last);
        }
        for (JobId job : witnesses.keySet()) {
            if (more.nextInt(3) == 0) {
                priorities.put(job, more.nextInt(JobSpec.HIGHEST_PRIORITY + 1));
            }
        }
        poison = random.nextInt(20) == 0 ? Optional.of(anyPatch()) : Optional.empty();
    }

    private FarmSimulation(long seed, boolean isCalm) {
        this.random = new SplittableRandom(seed);
        this.causes = new SplittableRandom(seed ^ 0xb1a3e);
        this.slowness = new SplittableRandom(seed ^ 0x51031);
        this.isCalm = isCalm;
        // Each run has its own weather: where everything fails at once, some faults hide behind others.
        network = new SimulatedNetwork(random, share(0.2), share(0.1), share(0.2), 2 * 30 * SECOND);
        journal = new SimulatedJournal(random, share(0.3), share(0.1));
        leaseSettings = new LeaseSettings(Duration.ofSeconds(30), 3, random.nextInt(4) == 0 ? 4096 : 512 * 1024);
        jobSettings = new JobSettings(
                4 + random.nextInt(60),
                5,
                Duration.ofMillis(500),
                1000,
                2 + random.nextInt(20),
                Duration.ofSeconds(30));
        logSettings = new TokenLogSettings(4096, random.nextInt(5) == 0 ? 2000 : 1 << 20, 1 + random.nextInt(2000));
        deviceClassCount = isCalm ? 1 : 1 + random.nextInt(DEVICE_CLASSES.size());
        failureShare = share(0.1);
        spoiledShare = random.nextInt(10) == 0 ? 0.01 : 0;
        faultsEnd = SECOND * (30 + random.nextInt(300));
        meanMicrosBetweenFaults = SECOND * (2 + random.nextInt(40));
        for (Fault fault : Fault.values()) {
            if (random.nextBoolean() && !isCalm) {
                possible.add(fault);
            }
        }
    }

    private void submit(JobId job, SimulatedCanvas canvas) {
        witnesses.put(job, new JobWitness(job, canvas, new SimulatedDisk(random)));
        journal.accept(new JobEvent.JobAccepted(job, canvas.toString(), "hash", wallClock.instant()));
    }

    private double share(double most) {
        return isCalm || random.nextInt(3) == 0 ? 0 : most * random.nextDouble();
    }

    private PatchId anyPatch() {
        var graph = witnesses.values().iterator().next().canvas.plan.graph();
        int stage = random.nextInt(graph.stages().size());
        return graph.patch(stage, random.nextInt(graph.cellCount(stage)));
    }

    /** @throws Violation when a promise is broken */
    static Summary run(long seed, List<SimulatedCanvas> canvases) {
        return new FarmSimulation(seed, canvases).run();
    }

    /**
     * Renders jobs of these priorities where nothing fails.
     *
     * @return in the order in which they were done, with the slot time that each had had until then
     */
    static Map<JobId, Map<JobId, Duration>> slotTimes(long seed, SimulatedCanvas canvas, List<Integer> priorities) {
        var farm = new FarmSimulation(seed, canvas, priorities);
        farm.run();
        return farm.slotTimesAtEnd;
    }

    void worked(JobId job, WorkTime work) {
        slotTimes.merge(job, work.sampling(), Duration::plus);
    }

    void finished(JobId job) {
        slotTimesAtEnd.putIfAbsent(job, Map.copyOf(slotTimes));
    }

    private Summary run() {
        startCoordinator();
        for (int number = 0; number <= random.nextInt(4); number++) {
            startWorker();
        }
        time.after(nextFaultMicros(), this::fault);
        time.at(faultsEnd, this::calm);
        operate();
        long steps = 0;
        while (!isDone()) {
            JobWitness.require(
                    steps++ < MAX_STEPS && time.micros() < faultsEnd + micros(AT_LAST), "not finished: " + state());
            JobWitness.require(time.step(), "nothing happens any more: " + state());
        }
        for (RegisteredJob job : journal.register().jobs()) {
            if (job.standing() == Standing.FINISHED) {
                witness(job.job()).finished(job.deviceClass());
                finished(job.job());
            }
        }
        return new Summary(
                steps, time.micros(), grantCount, mixedCount, startCount, copyCount, comparedCount, faultCounts);
    }

    private boolean isDone() {
        return journal.register().jobs().stream()
                .allMatch(job -> job.standing() == Standing.FINISHED || isCalm && saysWhyNot(job));
    }

    /** A patch that can never be rendered is named by the job's cause. */
    private boolean saysWhyNot(RegisteredJob job) {
        return job.standing() == Standing.FAILED
                && poison.isPresent()
                && job.cause().orElse("").startsWith(poison.get() + " was given up: ");
    }

    private String state() {
        StringBuilder text = new StringBuilder("at " + time);
        for (RegisteredJob job : journal.register().jobs()) {
            text.append("; ").append(job.job()).append(' ').append(job.standing());
            job.cause().ifPresent(cause -> text.append(" (").append(cause).append(')'));
            coordinator.ifPresent(process -> {
                SimulatedJob simulated = process.jobs.get(job.job());
                if (simulated != null) {
                    text.append(" is ").append(simulated.course.state());
                }
                text.append(", ").append(process.whyWaiting(job.job()));
            });
        }
        return text.toString();
    }

    /** As its user gave it. */
    int priority(JobId job) {
        return priorities.getOrDefault(job, JobSpec.DEFAULT_PRIORITY);
    }

    void granted(LeaseBook.Grant grant) {
        grantCount++;
        mixedCount += grant.parts().size() > 1 ? 1 : 0;
    }

    /** Of one worker, by how much it is slower than it should be. */
    int slowness() {
        return !isCalm && slowness.nextInt(4) == 0 ? 5 + slowness.nextInt(30) : 1;
    }

    JobWitness witness(JobId job) {
        return witnesses.get(job);
    }

    long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    long diskDelay() {
        return random.nextLong(diskIsSlow ? 10 * SECOND : 5_000);
    }

    /** What a worker takes for the cause; a bad patch looks like any other failure. */
    handscroll.coordinator.lease.Fault faultOf(String reason) {
        var all = handscroll.coordinator.lease.Fault.values();
        return poison.isPresent() || !reason.equals(DEVICE_ERROR)
                ? handscroll.coordinator.lease.Fault.UNKNOWN
                : all[causes.nextInt(all.length)];
    }

    /** In one sentence why a batch cannot be rendered. */
    Optional<String> renderingFails(List<JobTasks> batch) {
        JobId first = witnesses.keySet().iterator().next();
        boolean isPoisoned = batch.stream()
                .filter(part -> part.settings().job().equals(first))
                .flatMap(part -> part.tasks().stream())
                .anyMatch(task -> poison.isPresent() && poison.get().equals(task.patch()));
        return isPoisoned || !isCalm && random.nextDouble() < failureShare
                ? Optional.of(DEVICE_ERROR)
                : Optional.empty();
    }

    /** What a broken device may answer. */
    List<TaskResult> perhapsSpoiled(List<TaskResult> results) {
        if (isCalm || random.nextDouble() >= spoiledShare) {
            return results;
        }
        if (random.nextBoolean()) {
            return results.subList(1, results.size());
        }
        List<TaskResult> spoiled = new ArrayList<>(results);
        spoiled.set(0, new TaskResult.Tokens(results.get(0).patch(), new short[] {-1}));
        return spoiled;
    }

    // Processes come and go.

    private void startCoordinator() {
        var started = new SimulatedCoordinator(this);
        coordinator = Optional.of(started);
        started.start();
    }

    /** Its supervisor starts it again. */
    void crashCoordinator() {
        coordinator.ifPresent(process -> {
            process.kill();
            coordinator = Optional.empty();
            time.after(random.nextLong(20 * SECOND), this::startCoordinator);
        });
    }

    void deskOpened(SimulatedCoordinator opened) {
        for (SimulatedWorker worker : workers) {
            worker.after(random.nextLong(3 * SECOND), () -> worker.deskListed(opened));
        }
    }

    private void startWorker() {
        startWorker(DEVICE_CLASSES.get(random.nextInt(deviceClassCount)), "hash");
    }

    private void startWorker(String deviceClass, String modelHash) {
        var worker = new SimulatedWorker(
                this, new WorkerId("worker-" + workerCount++), deviceClass, Map.of("starry-night", modelHash));
        workers.add(worker);
        coordinator
                .filter(SimulatedCoordinator::isServing)
                .ifPresent(desk -> worker.after(random.nextLong(3 * SECOND), () -> worker.deskListed(desk)));
    }

    /** Who watches a process hears that it ended, some time later; also if it had ended before. */
    void watch(SimulatedWorker worker, SimulatedCoordinator watcher) {
        if (!worker.isAlive()) {
            watcher.after(random.nextLong(10 * SECOND), () -> watcher.workerTerminated(worker));
        }
    }

    void ended(SimulatedWorker worker) {
        if (workers.remove(worker)) {
            worker.kill();
            coordinator.ifPresent(watcher -> watch(worker, watcher));
        }
    }

    // Faults.

    private long nextFaultMicros() {
        return random.nextLong(2 * meanMicrosBetweenFaults);
    }

    private void fault() {
        if (isCalm) {
            return;
        }
        time.after(nextFaultMicros(), this::fault);
        if (possible.isEmpty()) {
            return;
        }
        Fault fault = possible.get(random.nextInt(possible.size()));
        faultCounts.merge(fault, 1, Integer::sum);
        switch (fault) {
            case WORKER_KILLED ->
                anyWorker().ifPresent(worker -> {
                    ended(worker);
                    time.after(random.nextLong(60 * SECOND), this::startWorker);
                });
            case WORKER_STOPPED -> anyWorker().ifPresent(worker -> worker.stopFor(random.nextLong(100 * SECOND)));
            case WORKER_DRAINED ->
                anyWorker().ifPresent(worker -> {
                    worker.drain();
                    time.after(random.nextLong(20 * SECOND), this::startWorker);
                });
            case WORKER_CUT_OFF ->
                anyWorker().ifPresent(worker -> {
                    // Also in one direction only.
                    worker.deafFor(random.nextLong(100 * SECOND) * random.nextInt(2));
                    worker.muteFor(random.nextLong(100 * SECOND) * random.nextInt(2));
                });
            case WORKER_MORE -> {
                if (random.nextInt(4) == 0) {
                    startWorker(DEVICE_CLASSES.get(0), "another hash");
                } else {
                    startWorker();
                }
            }
            case COORDINATOR_KILLED -> crashCoordinator();
            case COORDINATOR_STOPPED ->
                coordinator.ifPresent(process -> process.stopFor(random.nextLong(100 * SECOND)));
            case POWER_LOST -> {
                crashCoordinator();
                witnesses.values().forEach(witness -> {
                    witness.disk.losePower();
                    witness.powerReturned();
                });
            }
            case CLOCK_SET -> wallClock.offset = wallClock.offset.plusSeconds(random.nextInt(-7200, 7200));
            case DISK_FULL -> {
                setDisksFull(true);
                time.after(random.nextLong(60 * SECOND), () -> setDisksFull(false));
            }
            case DISK_SLOW -> {
                diskIsSlow = true;
                time.after(random.nextLong(60 * SECOND), () -> diskIsSlow = false);
            }
            case USER_PAUSES -> anyJob().ifPresent(SimulatedJob::pause);
            case USER_CANCELS -> anyJob().ifPresent(SimulatedJob::cancel);
            case USER_RESUMES -> anyJob().ifPresent(SimulatedJob::resume);
        }
    }

    /** A moment that a pause would hardly ever meet by chance: it comes once in the life of a job. */
    void beforeTheFirstResultCounts(SimulatedJob job) {
        if (!isCalm && possible.contains(Fault.USER_PAUSES) && random.nextInt(4) == 0) {
            faultCounts.merge(Fault.USER_PAUSES, 1, Integer::sum);
            job.after(random.nextLong(5_000), job::pause);
        }
    }

    private void setDisksFull(boolean full) {
        witnesses.values().forEach(witness -> witness.disk.setFull(full));
    }

    private Optional<SimulatedWorker> anyWorker() {
        return workers.isEmpty() ? Optional.empty() : Optional.of(workers.get(random.nextInt(workers.size())));
    }

    private Optional<SimulatedJob> anyJob() {
        return coordinator.filter(process -> !process.jobs.isEmpty()).map(process -> {
            List<SimulatedJob> jobs = List.copyOf(process.jobs.values());
            return jobs.get(random.nextInt(jobs.size()));
        });
    }

    /** From here on nothing fails any more, and there are workers enough. */
    private void calm() {
        isCalm = true;
        network.heal();
        journal.heal();
        setDisksFull(false);
        diskIsSlow = false;
        for (String deviceClass : DEVICE_CLASSES.subList(0, deviceClassCount)) {
            for (int number = 0; number < FEWEST_WORKERS; number++) {
                startWorker(deviceClass, "hash");
            }
        }
    }

    /** Somebody looks after the farm: what stopped is resumed, sooner or later. */
    private void operate() {
        time.after(isCalm ? 5 * SECOND : 1 + random.nextLong(60 * SECOND), this::operate);
        coordinator.ifPresent(process -> process.jobs.values().forEach(job -> {
            Jobs.State state = job.course.state();
            if (state == Jobs.State.PAUSED || state == Jobs.State.FAILED || state == Jobs.State.CANCELLED) {
                job.resume();
            }
        }));
    }
}
