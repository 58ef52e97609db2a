package handscroll.coordinator.farmsim;

import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.Register;
import java.util.random.RandomGenerator;

/** The register of jobs: what was told to be recorded survives everything; an answer may be slow, or not come. */
final class SimulatedJournal {

    private static final long USUAL_MICROS = 10_000;
    private static final long SLOW_MICROS = 20_000_000;
    private static final long PATIENCE_MICROS = 30_000_000;

    private final RandomGenerator random;
    private final double slowShare;
    private final double failureShare;
    private boolean isSound;
    private Register register = Register.EMPTY;

    SimulatedJournal(RandomGenerator random, double slowShare, double failureShare) {
        this.random = random;
        this.slowShare = slowShare;
        this.failureShare = failureShare;
    }

    void heal() {
        isSound = true;
    }

    Register register() {
        return register;
    }

    void accept(JobEvent.JobAccepted event) {
        register = register.after(event);
    }

    /** @param notRecorded as far as the caller knows; the event may be there all the same */
    void record(SimulatedProcess caller, JobEvent event, Runnable recorded, Runnable notRecorded) {
        if (!isSound && random.nextDouble() < failureShare) {
            if (random.nextBoolean()) {
                write(caller, event, () -> {});
            }
            caller.after(PATIENCE_MICROS, notRecorded);
        } else {
            write(caller, event, recorded);
        }
    }

    /** A caller that dies in between has written it or has not. */
    private void write(SimulatedProcess caller, JobEvent event, Runnable recorded) {
        long delay = random.nextLong(!isSound && random.nextDouble() < slowShare ? SLOW_MICROS : USUAL_MICROS);
        long answer = random.nextLong(USUAL_MICROS);
        caller.after(delay, () -> {
            register = register.after(event);
            caller.after(answer, recorded);
        });
    }
}
