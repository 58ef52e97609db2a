package handscroll.coordinator.lease;

import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells broken workers from broken patches. A patch that fails on several workers is at fault itself. A worker is when
 * others render what it failed: each batch of which they rendered every patch is a strike, and so many strikes within the
 * memory are enough. Batches, not patches, because one bad patch fails all the others of its batch.
 */
final class Blame {

    /** A batch that failed, until it is known what that says of its worker. */
    static final class FailedBatch {
        final WorkerId worker;
        /** Patches that nobody has rendered yet. */
        private int openCount;

        private boolean saysNothing;

        FailedBatch(WorkerId worker, int patchCount) {
            this.worker = worker;
            this.openCount = patchCount;
        }
    }

    private final BlameSettings settings;
    /** When; no more of a worker than would block it. */
    private final Map<WorkerId, Deque<Instant>> strikes = new HashMap<>();

    Blame(BlameSettings settings) {
        this.settings = settings;
    }

    /**
     * A patch that had failed before was rendered.
     *
     * @return workers that are to be blocked for it
     */
    List<WorkerId> rendered(Attempt attempt, WorkerId by, Instant now) {
        List<WorkerId> guilty = new ArrayList<>();
        for (Attempt.Failure failure : attempt.failures()) {
            FailedBatch batch = failure.batch();
            if (batch.worker.equals(by)) {
                // It could render it after all.
                batch.saysNothing = true;
            }
            batch.openCount--;
            if (batch.openCount == 0 && !batch.saysNothing && strike(batch.worker, now)) {
                guilty.add(batch.worker);
            }
        }
        return guilty;
    }

    /** @return whether it is to be blocked */
    boolean strike(WorkerId worker, Instant now) {
        Deque<Instant> held = strikes.computeIfAbsent(worker, id -> new ArrayDeque<>());
        while (!held.isEmpty() && held.getFirst().isBefore(now.minus(settings.memory()))) {
            held.removeFirst();
        }
        held.addLast(now);
        return held.size() >= settings.strikes();
    }

    void forget(WorkerId worker) {
        strikes.remove(worker);
    }
}
