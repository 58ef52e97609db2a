package handscroll.coordinator.farmsim;

/** Something that can be killed, and stopped for a while without noticing. */
abstract class SimulatedProcess {

    private final VirtualTime time;
    private boolean isAlive = true;
    private long stoppedUntil;
    private long deafUntil;
    private long muteUntil;

    SimulatedProcess(VirtualTime time) {
        this.time = time;
    }

    final boolean isAlive() {
        return isAlive;
    }

    /** Everything in its memory is gone. */
    void kill() {
        isAlive = false;
    }

    /** SIGSTOP, and SIGCONT later: what should have happened meanwhile happens then. */
    final void stopFor(long micros) {
        stoppedUntil = Math.max(stoppedUntil, time.micros() + micros);
    }

    /** The network takes it no messages for a while. */
    final void deafFor(long micros) {
        deafUntil = Math.max(deafUntil, time.micros() + micros);
    }

    /** The network takes none from it for a while. */
    final void muteFor(long micros) {
        muteUntil = Math.max(muteUntil, time.micros() + micros);
    }

    final boolean isCutOffFrom(SimulatedProcess receiver) {
        return time.micros() < muteUntil || time.micros() < receiver.deafUntil;
    }

    /** Does it then, if the process lives. */
    final void after(long micros, Runnable action) {
        time.after(micros, () -> run(action));
    }

    final void at(long micros, Runnable action) {
        time.at(micros, () -> run(action));
    }

    private void run(Runnable action) {
        if (!isAlive) {
            return;
        }
        if (time.micros() < stoppedUntil) {
            time.at(stoppedUntil, () -> run(action));
            return;
        }
        action.run();
    }
}
