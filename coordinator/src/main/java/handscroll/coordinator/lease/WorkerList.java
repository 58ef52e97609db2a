package handscroll.coordinator.lease;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everyone who works or wanted to.
 *
 * @param at when it was so, by the coordinator's clock
 * @param refused recently and not let in since, the latest last
 */
public record WorkerList(Instant at, List<Standing> workers, List<RefusedWorker> refused) {

    /** What a worker does, in a word. */
    public enum State {
        RENDERING,
        /** Has free slots and would get patches if any were ready. */
        IDLE,
        /** Is idle, and no job that is here could be rendered by it. */
        UNFIT,
        DRAINING,
        /** Drained, with nothing left in its hands: its process can be ended. */
        DRAINED,
        SILENT,
        /** To blame for what it could not render, or so somebody said. */
        BLOCKED
    }

    /** @param objection why it gets nothing of what was asked about, be it one job or all there are, with what to do */
    public record Standing(WorkerReport report, Optional<String> objection) {

        public State state() {
            if (report.silent()) {
                return State.SILENT;
            }
            if (report.blocked().isPresent()) {
                return State.BLOCKED;
            }
            if (report.draining()) {
                return report.leaseCount() > 0 ? State.DRAINING : State.DRAINED;
            }
            if (report.leaseCount() > 0) {
                return State.RENDERING;
            }
            return objection.isPresent() ? State.UNFIT : State.IDLE;
        }

        /** Whether a free slot of it would be granted something. */
        public boolean canServe() {
            return objection.isEmpty()
                    && !report.silent()
                    && !report.draining()
                    && report.blocked().isEmpty();
        }
    }

    public WorkerList {
        workers = List.copyOf(workers);
        refused = List.copyOf(refused);
    }
}
