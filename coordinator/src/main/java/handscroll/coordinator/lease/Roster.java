package handscroll.coordinator.lease;

import handscroll.coordinator.lease.FarmWorker.Slot;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Who works for the farm, who was turned away, and what workers and those who look after them say of themselves. */
final class Roster {

    private static final int REMEMBERED_REFUSALS = 16;

    private final LeaseSettings settings;
    private final RunningLeases leases;
    private final Map<WorkerId, FarmWorker> workers = new LinkedHashMap<>();
    /** Why those at the door were refused, the latest last; they ask again by themselves. */
    private final Map<WorkerId, RefusedWorker> turnedAway = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<WorkerId, RefusedWorker> eldest) {
            return size() > REMEMBERED_REFUSALS;
        }
    };

    Roster(LeaseSettings settings, RunningLeases leases) {
        this.settings = settings;
        this.leases = leases;
    }

    /** Those that were let in; a view. */
    Map<WorkerId, FarmWorker> workers() {
        return workers;
    }

    Map<WorkerId, RefusedWorker> turnedAway() {
        return turnedAway;
    }

    Optional<FarmWorker> find(WorkerId id) {
        return Optional.ofNullable(workers.get(id));
    }

    /**
     * Lets a worker in, or again after a break: leases it still holds stay its own.
     *
     * @param door says why a worker is turned away
     */
    Optional<String> join(FarmWorker candidate, Function<FarmWorker, Optional<String>> door, Instant now) {
        WorkerId id = candidate.id;
        Optional<String> objection = door.apply(candidate);
        // Whoever asks again is the latest.
        turnedAway.remove(id);
        if (objection.isPresent()) {
            turnedAway.put(
                    id,
                    new RefusedWorker(
                            id,
                            "",
                            candidate.slotCount(),
                            candidate.deviceClass(),
                            candidate.modelHashes(),
                            now,
                            objection.get()));
            return objection;
        }
        FarmWorker worker = workers.computeIfAbsent(id, i -> candidate);
        worker.joinAgain(candidate.slotCount(), candidate.deviceClass(), candidate.modelHashes());
        worker.hear(now);
        leases.forgetPulls(worker);
        return Optional.empty();
    }

    void locate(WorkerId id, String host) {
        find(id).ifPresent(worker -> worker.locate(host));
        turnedAway.computeIfPresent(id, (same, refused) -> refused.at(host));
    }

    /** Gone; what it holds is still to be taken back. */
    Optional<FarmWorker> remove(WorkerId id) {
        return Optional.ofNullable(workers.remove(id));
    }

    Optional<String> drain(WorkerId id, Optional<Duration> within, Instant now) {
        return find(id).map(worker -> {
            String news = worker.drain(true, within.map(now::plus)) ? "" : " already";
            String held = LeaseBook.counted(worker.taskCount(), "patch", "patches");
            if (worker.leases.isEmpty()) {
                return "Worker " + id + " is drained" + news + ": it holds nothing and gets nothing.";
            }
            if (worker.handsBack(now)) {
                return "Worker " + id + " is drained" + news + ": " + held
                        + (worker.taskCount() == 1 ? " of it goes" : " of it go") + " to others, and it gets nothing.";
            }
            return "Worker " + id + " is draining" + news + ": it finishes " + held + " and gets nothing more"
                    + within.map(time -> "; what it still holds in " + time.toSeconds() + " s goes to others")
                            .orElse("")
                    + ".";
        });
    }

    /** It was drained before it came to this desk. */
    void arrivedDrained(WorkerId id, Optional<Duration> within, Instant now) {
        find(id).filter(worker -> !worker.isDrainDecided())
                .ifPresent(worker -> worker.drain(true, within.map(now::plus)));
    }

    Optional<String> undrain(WorkerId id) {
        return find(id).map(worker -> worker.drain(false, Optional.empty())
                ? "Worker " + id + " gets patches again."
                : "Worker " + id + " was not drained, and gets patches as before.");
    }

    /** Drained, and through with their time. */
    List<FarmWorker> overdue(Instant now) {
        return workers.values().stream().filter(worker -> worker.handsBack(now)).toList();
    }

    boolean unblock(WorkerId id) {
        Optional<FarmWorker> blocked = find(id).filter(FarmWorker::isBlocked);
        blocked.ifPresent(worker -> worker.block(Optional.empty()));
        return blocked.isPresent();
    }

    /** Those that were blocked for long enough are not any more. */
    void endBlocks(Instant now) {
        for (FarmWorker worker : workers.values()) {
            if (worker.block()
                    .flatMap(FarmWorker.Block::until)
                    .filter(now::isAfter)
                    .isPresent()) {
                worker.block(Optional.empty());
            }
        }
    }

    void pull(WorkerId id, int slotIndex, int batchSize, Instant now) {
        FarmWorker worker = workers.get(id);
        if (worker == null || slotIndex < 0 || slotIndex >= worker.slotCount()) {
            return;
        }
        worker.hear(now);
        Slot slot = worker.slots.computeIfAbsent(slotIndex, index -> new Slot(worker, index));
        slot.pull(batchSize);
        leases.file(slot);
    }

    List<Long> renew(WorkerId id, Collection<Long> epochs, Instant now) {
        FarmWorker worker = workers.get(id);
        if (worker == null) {
            return List.copyOf(epochs);
        }
        worker.hear(now);
        List<Long> unknown = new ArrayList<>();
        for (Long epoch : epochs) {
            Lease lease = worker.leases.get(epoch);
            if (lease == null) {
                unknown.add(epoch);
            } else {
                lease.renew(now.plus(settings.term()));
            }
        }
        return unknown;
    }

    /** The lease that a worker speaks of, unless it is over. */
    Optional<Lease> held(WorkerId id, long epoch, Instant now) {
        return find(id).flatMap(worker -> {
            worker.hear(now);
            return Optional.ofNullable(worker.leases.get(epoch));
        });
    }

    /** Whether somebody else than this worker could render a job. */
    boolean hasAnotherFor(LentJob job, FarmWorker worker, Instant now) {
        for (FarmWorker other : workers.values()) {
            if (other != worker && job.canBeServedBy(other) && other.isAvailable(now, settings.term())) {
                return true;
            }
        }
        return false;
    }
}
