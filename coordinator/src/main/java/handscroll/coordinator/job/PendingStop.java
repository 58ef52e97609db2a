package handscroll.coordinator.job;

import handscroll.coordinator.journal.JobEvent;

/** A stop that is on its way: the journal hears of it, the desk lets go of the job, and only then it is so. */
final class PendingStop {

    private final JobEvent event;
    private boolean isRecorded;
    private boolean isWindingDown;

    /** Answers of the desk that are still to come: to be let go of slowly, and then at once. */
    private int openWithdrawals;

    /** @param windsDown what workers hold is finished and logged first */
    PendingStop(JobEvent event, boolean windsDown) {
        this.event = event;
        this.isWindingDown = windsDown;
    }

    /** What it is: a pause, a failure, an end. */
    JobEvent event() {
        return event;
    }

    boolean isWindingDown() {
        return isWindingDown;
    }

    /** What workers hold is not waited for any more. */
    void hurry() {
        isWindingDown = false;
    }

    void recorded() {
        isRecorded = true;
    }

    /** The desk was told, and will answer. */
    void withdrawing() {
        openWithdrawals++;
    }

    void withdrawn() {
        openWithdrawals--;
    }

    /** @param hasUnlogged whether results are still on their way to the log */
    boolean isThrough(boolean hasUnlogged) {
        return isRecorded && openWithdrawals == 0 && !(isWindingDown && hasUnlogged);
    }
}
