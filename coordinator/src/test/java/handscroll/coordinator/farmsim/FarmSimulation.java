package handscroll.coordinator.farmsim;

import handscroll.coordinator.farmsim.JobWitness.Violation;
import handscroll.coordinator.job.JobSettings;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
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
 * <p>{@link Weather} says what goes wrong, {@link People} what is asked of the farm meanwhile.
 *
 * <p>Plans, patch graph, progress, context ledger, render book, course of the job, lease book, register
 * of jobs and token log are the real ones. Workers, network, disk, journal and users are simulated.
 * For some virtual minutes faults rain down; then everything behaves, and the farm must finish what it
 * was given, with the undisturbed picture. What must hold at every step is in {@link JobWitness}.
 */
final class FarmSimulation {

    /** What a run came to; the same for the same seed. */
    record Summary(
            long steps,
            long micros,
            long grants,
            long mixed,
            long starts,
            long copies,
            long compared,
            long stuck,
            Map<Weather.Fault, Integer> faults,
            Map<People.Verb, Integer> verbs) {}

    /** The only worker that is left in the end may be one that takes two minutes for each patch. */
    private static final Duration AT_LAST = Duration.ofHours(12);

    private static final long MAX_STEPS = 3_000_000;
    private static final long SECOND = 1_000_000;
    private static final List<String> DEVICE_CLASSES = List.of("cpu-bf16", "cpu-fp32");
    private static final int FEWEST_WORKERS = 2;

    final VirtualTime time = new VirtualTime();
    final RandomGenerator random;
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
    long stuckCount;

    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final int deviceClassCount;
    final Weather weather;
    final People people;
    private Optional<SimulatedCoordinator> coordinator = Optional.empty();
    private int workerCount;

    /** The clock on the wall, which administrators and time servers set. */
    final class WallClock extends Clock {
        private Duration offset = Duration.ZERO;

        void set(int seconds) {
            offset = offset.plusSeconds(seconds);
        }

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
        this(seed, true, false);
        for (int priority : jobs) {
            JobId job = new JobId("sky-" + witnesses.size());
            submit(job, canvas);
            priorities.put(job, priority);
        }
    }

    private FarmSimulation(long seed, List<SimulatedCanvas> canvases, boolean withAll) {
        this(seed, false, withAll);
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
        weather.poison(random.nextInt(20) == 0 ? Optional.of(anyPatch()) : Optional.empty());
    }

    private FarmSimulation(long seed, boolean isCalm, boolean withAll) {
        this.random = new SplittableRandom(seed);
        // Each run has its own weather: where everything fails at once, some faults hide behind others.
        network = new SimulatedNetwork(
                random,
                Weather.share(random, isCalm, 0.2),
                Weather.share(random, isCalm, 0.1),
                Weather.share(random, isCalm, 0.2),
                2 * 30 * SECOND);
        journal = new SimulatedJournal(random, Weather.share(random, isCalm, 0.3), Weather.share(random, isCalm, 0.1));
        leaseSettings = new LeaseSettings(Duration.ofSeconds(30), 3, random.nextInt(4) == 0 ? 4096 : 512 * 1024);
        jobSettings = new JobSettings(
                4 + random.nextInt(60),
                5,
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                1000,
                2 + random.nextInt(20),
                Duration.ofSeconds(30));
        logSettings = new TokenLogSettings(4096, random.nextInt(5) == 0 ? 2000 : 1 << 20, 1 + random.nextInt(2000));
        deviceClassCount = isCalm ? 1 : 1 + random.nextInt(DEVICE_CLASSES.size());
        weather = new Weather(this, seed, isCalm, withAll);
        people = new People(this, seed, withAll);
    }

    private void submit(JobId job, SimulatedCanvas canvas) {
        witnesses.put(job, new JobWitness(job, canvas, new SimulatedDisk(random)));
        journal.accept(new JobEvent.JobAccepted(job, canvas.toString(), "hash", wallClock.instant()));
    }

    private PatchId anyPatch() {
        var graph = witnesses.values().iterator().next().canvas.plan.graph();
        int stage = random.nextInt(graph.stages().size());
        return graph.patch(stage, random.nextInt(graph.cellCount(stage)));
    }

    /** @throws Violation when a promise is broken */
    static Summary run(long seed, List<SimulatedCanvas> canvases) {
        return new FarmSimulation(seed, canvases, true).run();
    }

    /** Where no slot gets stuck, and people only pause at once, cancel and resume, as in the runs that found the first bugs. */
    static Summary runAsOnce(long seed, List<SimulatedCanvas> canvases) {
        return new FarmSimulation(seed, canvases, false).run();
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
        weather.begin();
        people.begin();
        long steps = 0;
        while (!isDone()) {
            JobWitness.require(
                    steps++ < MAX_STEPS && time.micros() < weather.end() + micros(AT_LAST),
                    () -> "not finished: " + state());
            JobWitness.require(time.step(), () -> "nothing happens any more: " + state());
        }
        for (RegisteredJob job : journal.register().jobs()) {
            if (job.standing() == Standing.FINISHED) {
                witness(job.job()).finished(job.deviceClass());
                finished(job.job());
            }
        }
        return new Summary(
                steps,
                time.micros(),
                grantCount,
                mixedCount,
                startCount,
                copyCount,
                comparedCount,
                stuckCount,
                weather.counts(),
                people.counts());
    }

    private boolean isDone() {
        return journal.register().jobs().stream()
                .allMatch(job -> job.standing() == Standing.FINISHED || weather.isCalm() && saysWhyNot(job));
    }

    /** A patch that can never be rendered is named by the job's cause. */
    private boolean saysWhyNot(RegisteredJob job) {
        return job.standing() == Standing.FAILED
                && weather.poison().isPresent()
                && job.cause().orElse("").startsWith(weather.poison().get() + " was given up: ");
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
        coordinator.ifPresent(process -> text.append("; ").append(process.census()));
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

    JobWitness witness(JobId job) {
        return witnesses.get(job);
    }

    long micros(Duration duration) {
        return duration.toNanos() / 1000;
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

    void startWorker() {
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

    // Who can be met.

    Optional<SimulatedCoordinator> coordinator() {
        return coordinator;
    }

    Optional<SimulatedWorker> anyWorker(RandomGenerator choice) {
        return workers.isEmpty() ? Optional.empty() : Optional.of(workers.get(choice.nextInt(workers.size())));
    }

    Optional<SimulatedJob> anyJob(RandomGenerator choice) {
        return coordinator.filter(process -> !process.jobs.isEmpty()).map(process -> {
            List<SimulatedJob> jobs = List.copyOf(process.jobs.values());
            return jobs.get(choice.nextInt(jobs.size()));
        });
    }

    void startStranger() {
        startWorker(DEVICE_CLASSES.get(0), "another hash");
    }

    /** As many as it takes to render everything, of each class. */
    void startEnoughWorkers() {
        for (String deviceClass : DEVICE_CLASSES.subList(0, deviceClassCount)) {
            for (int number = 0; number < FEWEST_WORKERS; number++) {
                startWorker(deviceClass, "hash");
            }
        }
    }
}
