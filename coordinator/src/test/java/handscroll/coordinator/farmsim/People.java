package handscroll.coordinator.farmsim;

import handscroll.coordinator.job.Jobs;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What users and operators ask of a farm. Somebody always looks after it: what stopped is resumed, sooner or later. What
 * they draw they draw apart, so that older seeds stay what they were.
 */
final class People {

    /** Beside cancelling and resuming, which {@link Weather} brings about. */
    enum Verb {
        PAUSE_AT_ONCE,
        PAUSE_SLOWLY,
        PAUSE_AT_ONCE_AFTER_ALL,
        DELETE_TILES,
        SKIP,
        DRAIN,
        DRAIN_NOW,
        DRAIN_BY,
        UNDRAIN
    }

    private static final long SECOND = 1_000_000;

    private final FarmSimulation farm;
    private final RandomGenerator random;
    private final boolean withLaterVerbs;
    private final Map<Verb, Integer> counts = new EnumMap<>(Verb.class);
    private final long meanMicrosBetweenVerbs;

    /** @param withLaterVerbs all of them; else only what the runs had that found the first bugs */
    People(FarmSimulation farm, long seed, boolean withLaterVerbs) {
        this.farm = farm;
        this.random = new SplittableRandom(seed ^ 0x9e091e);
        this.withLaterVerbs = withLaterVerbs;
        this.meanMicrosBetweenVerbs = SECOND * (2 + random.nextInt(60));
    }

    Map<Verb, Integer> counts() {
        return counts;
    }

    void begin() {
        if (withLaterVerbs) {
            farm.time.after(nextMicros(), this::operateWorkers);
        }
        operate();
    }

    private long nextMicros() {
        return random.nextLong(2 * meanMicrosBetweenVerbs);
    }

    private boolean counted(Verb verb) {
        counts.merge(verb, 1, Integer::sum);
        return true;
    }

    // Jobs.

    void pause(SimulatedJob job) {
        boolean isAtOnce = !withLaterVerbs || random.nextBoolean();
        counted(isAtOnce ? Verb.PAUSE_AT_ONCE : Verb.PAUSE_SLOWLY);
        job.pause(isAtOnce);
        if (!isAtOnce && random.nextInt(3) == 0) {
            counted(Verb.PAUSE_AT_ONCE_AFTER_ALL);
            job.after(random.nextLong(3 * SECOND), () -> job.pause(true));
        }
    }

    void cancel(SimulatedJob job) {
        boolean deletesTiles = withLaterVerbs && random.nextInt(3) == 0 && counted(Verb.DELETE_TILES);
        job.cancel(deletesTiles);
    }

    /** Somebody looks after the farm: what stopped is resumed, sooner or later. */
    private void operate() {
        long next = farm.weather.isCalm() ? 5 * SECOND : 1 + farm.random.nextLong(60 * SECOND);
        farm.time.after(next, this::operate);
        farm.coordinator()
                .ifPresent(process -> process.jobs.values().forEach(job -> {
                    Jobs.State state = job.course.state();
                    if (state == Jobs.State.PAUSED || state == Jobs.State.FAILED || state == Jobs.State.CANCELLED) {
                        boolean skips = withLaterVerbs && state == Jobs.State.FAILED && random.nextBoolean();
                        if (!skips || !job.skip()) {
                            job.resume();
                        } else {
                            counted(Verb.SKIP);
                        }
                    }
                }));
    }

    // Workers.

    private void operateWorkers() {
        if (farm.weather.isCalm()) {
            return;
        }
        farm.time.after(nextMicros(), this::operateWorkers);
        farm.coordinator()
                .filter(SimulatedCoordinator::isServing)
                .ifPresent(desk -> farm.anyWorker(random).ifPresent(worker -> {
                    switch (random.nextInt(4)) {
                        case 0 -> drain(desk, worker, Verb.DRAIN, Optional.empty());
                        case 1 -> drain(desk, worker, Verb.DRAIN_NOW, Optional.of(Duration.ZERO));
                        case 2 ->
                            drain(desk, worker, Verb.DRAIN_BY, Optional.of(Duration.ofSeconds(random.nextInt(60))));
                        default -> {
                            counted(Verb.UNDRAIN);
                            desk.undrain(worker);
                        }
                    }
                }));
    }

    private void drain(SimulatedCoordinator desk, SimulatedWorker worker, Verb verb, Optional<Duration> within) {
        counted(verb);
        desk.drain(worker, within);
    }
}
