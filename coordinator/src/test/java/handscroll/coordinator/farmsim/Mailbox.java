package handscroll.coordinator.farmsim;

import java.util.random.RandomGenerator;

/** From one actor to another within a process: nothing is lost, the order is kept, the moment is anybody's guess. */
final class Mailbox {

    private static final long USUAL_MICROS = 200;
    private static final long LATE_MICROS = 200_000;
    private static final int ONE_IN = 20;

    private final VirtualTime time;
    private final SimulatedProcess process;
    private final RandomGenerator random;
    private long last;

    Mailbox(VirtualTime time, SimulatedProcess process, RandomGenerator random) {
        this.time = time;
        this.process = process;
        this.random = random;
    }

    void tell(Runnable message) {
        tellAfter(0, message);
    }

    void tellAfter(long micros, Runnable message) {
        long delay = random.nextLong(random.nextInt(ONE_IN) == 0 ? LATE_MICROS : USUAL_MICROS);
        last = Math.max(last, time.micros() + micros + delay);
        process.at(last, message);
    }
}
