package handscroll.coordinator.farmsim;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.TaskResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** What goes wrong in a farm, and when: drawn from the seed. After some virtual minutes nothing does any more. */
final class Weather {

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

    private static final long SECOND = 1_000_000;
    private static final String DEVICE_ERROR = "the device has an error";

    private final FarmSimulation farm;
    private final RandomGenerator random;
    /** Drawn apart, so that older seeds stay what they were. */
    private final RandomGenerator causes;

    private final RandomGenerator slowness;
    /** In a farm of few batches none gets stuck. */
    private int batchesUntilStuck;

    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final List<Fault> possible = new ArrayList<>();
    private final double failureShare;
    private final double spoiledShare;
    private final long end;
    private final long meanMicrosBetweenFaults;
    private Optional<PatchId> poison = Optional.empty();
    private boolean isCalm;
    private boolean diskIsSlow;

    Weather(FarmSimulation farm, long seed, boolean isCalm, boolean slotsGetStuck) {
        this.farm = farm;
        this.random = farm.random;
        this.causes = new SplittableRandom(seed ^ 0xb1a3e);
        this.slowness = new SplittableRandom(seed ^ 0x51031);
        this.batchesUntilStuck = slotsGetStuck ? new SplittableRandom(seed ^ 0x57c4).nextInt(200) : 0;
        this.isCalm = isCalm;
        failureShare = share(random, isCalm, 0.1);
        spoiledShare = random.nextInt(10) == 0 ? 0.01 : 0;
        end = SECOND * (30 + random.nextInt(300));
        meanMicrosBetweenFaults = SECOND * (2 + random.nextInt(40));
        for (Fault fault : Fault.values()) {
            if (random.nextBoolean() && !isCalm) {
                possible.add(fault);
            }
        }
    }

    static double share(RandomGenerator random, boolean isCalm, double most) {
        return isCalm || random.nextInt(3) == 0 ? 0 : most * random.nextDouble();
    }

    void begin() {
        farm.time.after(nextFaultMicros(), this::fault);
        farm.time.at(end, this::calm);
    }

    /** When it becomes calm. */
    long end() {
        return end;
    }

    boolean isCalm() {
        return isCalm;
    }

    Map<Fault, Integer> counts() {
        return counts;
    }

    /** A patch of the first job that nobody can render. */
    void poison(Optional<PatchId> patch) {
        poison = patch;
    }

    Optional<PatchId> poison() {
        return poison;
    }

    // What devices and disks are like.

    /** Of one worker, by how much it is slower than it should be. */
    int slowness() {
        return !isCalm && slowness.nextInt(4) == 0 ? 5 + slowness.nextInt(30) : 1;
    }

    /** Of one slot of the farm that never ends the batch it has begun, while its worker lives and renews. */
    boolean slotGetsStuck() {
        return --batchesUntilStuck == 0;
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
        JobId first = farm.witnesses.keySet().iterator().next();
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

    // What happens.

    private long nextFaultMicros() {
        return random.nextLong(2 * meanMicrosBetweenFaults);
    }

    private void fault() {
        if (isCalm) {
            return;
        }
        farm.time.after(nextFaultMicros(), this::fault);
        if (possible.isEmpty()) {
            return;
        }
        Fault fault = possible.get(random.nextInt(possible.size()));
        counts.merge(fault, 1, Integer::sum);
        switch (fault) {
            case WORKER_KILLED ->
                farm.anyWorker(random).ifPresent(worker -> {
                    farm.ended(worker);
                    farm.time.after(random.nextLong(60 * SECOND), farm::startWorker);
                });
            case WORKER_STOPPED ->
                farm.anyWorker(random).ifPresent(worker -> worker.stopFor(random.nextLong(100 * SECOND)));
            case WORKER_DRAINED ->
                farm.anyWorker(random).ifPresent(worker -> {
                    worker.drain();
                    farm.time.after(random.nextLong(20 * SECOND), farm::startWorker);
                });
            case WORKER_CUT_OFF ->
                farm.anyWorker(random).ifPresent(worker -> {
                    // Also in one direction only.
                    worker.deafFor(random.nextLong(100 * SECOND) * random.nextInt(2));
                    worker.muteFor(random.nextLong(100 * SECOND) * random.nextInt(2));
                });
            case WORKER_MORE -> {
                if (random.nextInt(4) == 0) {
                    farm.startStranger();
                } else {
                    farm.startWorker();
                }
            }
            case COORDINATOR_KILLED -> farm.crashCoordinator();
            case COORDINATOR_STOPPED ->
                farm.coordinator().ifPresent(process -> process.stopFor(random.nextLong(100 * SECOND)));
            case POWER_LOST -> {
                farm.crashCoordinator();
                farm.witnesses.values().forEach(witness -> {
                    witness.disk.losePower();
                    witness.powerReturned();
                });
            }
            case CLOCK_SET -> farm.wallClock.set(random.nextInt(-7200, 7200));
            case DISK_FULL -> {
                setDisksFull(true);
                farm.time.after(random.nextLong(60 * SECOND), () -> setDisksFull(false));
            }
            case DISK_SLOW -> {
                diskIsSlow = true;
                farm.time.after(random.nextLong(60 * SECOND), () -> diskIsSlow = false);
            }
            case USER_PAUSES -> farm.anyJob(random).ifPresent(farm.people::pause);
            case USER_CANCELS -> farm.anyJob(random).ifPresent(farm.people::cancel);
            case USER_RESUMES -> farm.anyJob(random).ifPresent(SimulatedJob::resume);
        }
    }

    /** A moment that a pause would hardly ever meet by chance: it comes once in the life of a job. */
    void beforeTheFirstResultCounts(SimulatedJob job) {
        if (!isCalm && possible.contains(Fault.USER_PAUSES) && random.nextInt(4) == 0) {
            counts.merge(Fault.USER_PAUSES, 1, Integer::sum);
            job.after(random.nextLong(5_000), () -> farm.people.pause(job));
        }
    }

    private void setDisksFull(boolean full) {
        farm.witnesses.values().forEach(witness -> witness.disk.setFull(full));
    }

    /** From here on nothing fails any more, and there are workers enough. */
    private void calm() {
        isCalm = true;
        farm.network.heal();
        farm.journal.heal();
        setDisksFull(false);
        diskIsSlow = false;
        farm.startEnoughWorkers();
    }
}
