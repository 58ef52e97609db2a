package handscroll.coordinator.farmsim;

import java.util.random.RandomGenerator;

/** Carries messages between processes: loses, delays, doubles and reorders them, until it is told to behave. */
final class SimulatedNetwork {

    private static final long USUAL_MICROS = 5_000;

    private final RandomGenerator random;
    private final double lossShare;
    private final double doubleShare;
    private final double lateShare;
    private final long latestMicros;
    private boolean isSound;

    SimulatedNetwork(
            RandomGenerator random, double lossShare, double doubleShare, double lateShare, long latestMicros) {
        this.random = random;
        this.lossShare = lossShare;
        this.doubleShare = doubleShare;
        this.lateShare = lateShare;
        this.latestMicros = latestMicros;
    }

    /** From now on every message arrives once and soon; those on the way come as they were sent. */
    void heal() {
        isSound = true;
    }

    void send(SimulatedProcess sender, SimulatedProcess receiver, Runnable delivery) {
        if (!isSound && (random.nextDouble() < lossShare || sender.isCutOffFrom(receiver))) {
            return;
        }
        receiver.after(delay(), delivery);
        if (!isSound && random.nextDouble() < doubleShare) {
            receiver.after(delay(), delivery);
        }
    }

    private long delay() {
        return !isSound && random.nextDouble() < lateShare
                ? random.nextLong(latestMicros)
                : random.nextLong(USUAL_MICROS);
    }
}
