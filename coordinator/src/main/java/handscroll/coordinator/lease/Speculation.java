package handscroll.coordinator.lease;

import handscroll.coordinator.lease.FarmWorker.Slot;
import handscroll.protocol.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds batches that run for much longer than others of their kind, and a slot that has nothing else to do to render them
 * once more (backup tasks of MapReduce, Dean and Ghemawat 2004). Whoever is through first gives the results; the other
 * one's are compared with them, which proves that workers make the same bits.
 *
 * <p>Tiles are never rendered twice: what they wait for is mostly the output's disk, and two of them would make it slower.
 */
final class Speculation {

    private final SpeculationSettings settings;
    private final Duration term;
    private final RunningLeases leases;

    Speculation(LeaseSettings settings, RunningLeases leases) {
        this.settings = settings.speculation();
        this.term = settings.term();
        this.leases = leases;
    }

    /** A batch, the idle slot that is to render it, too, and why, in one sentence. */
    record Backup(Lease straggler, Slot slot, String why) {}

    /** To be asked when everything that is ready was handed out, and again after each that was begun. */
    Optional<Backup> next(Instant now) {
        if (!settings.enabled() || leases.idle().isEmpty()) {
            return Optional.empty();
        }
        List<Lease> longest = leases.byEpoch().values().stream()
                .filter(lease -> isStraggler(lease, now))
                .sorted(Comparator.comparing(lease -> lease.began().orElse(now)))
                .toList();
        for (Lease lease : longest) {
            for (Slot slot : leases.idle()) {
                if (canBackUp(slot, lease, now)) {
                    return Optional.of(new Backup(lease, slot, why(lease, now)));
                }
            }
        }
        return Optional.empty();
    }

    private boolean isStraggler(Lease lease, Instant now) {
        if (lease.wasCopied()
                || lease.runningFor(now).compareTo(settings.atLeast()) < 0
                || lease.parts.get(0).kind() == Task.Decode.class) {
            return false;
        }
        for (Lease.Part part : lease.parts) {
            BatchTimes times = part.times();
            if (part.job().isWindingDown()
                    || part.job().shareDone() < settings.jobShare()
                    || times.taskCount() < settings.tasksDone()
                    || part.attempts().stream().anyMatch(attempt -> attempt.failureCount() > 0)
                    || lease.runningFor(now).toNanos()
                            <= settings.timesMedian()
                                    * times.median(lease.taskCount()).toNanos()) {
                return false;
            }
        }
        return true;
    }

    private boolean canBackUp(Slot slot, Lease lease, Instant now) {
        return slot.worker != lease.slot.worker
                && slot.worker.isAvailable(now, term)
                && slot.batchSize() >= lease.taskCount()
                && lease.parts.stream().allMatch(part -> part.job().canBeServedBy(slot.worker));
    }

    private static String why(Lease lease, Instant now) {
        Lease.Part part = lease.parts.get(0);
        return String.format(
                Locale.ROOT,
                "worker %s has them for %.1f s, others of the stage take %.1f s",
                lease.slot.worker.id,
                seconds(lease.runningFor(now)),
                seconds(part.times().median(lease.taskCount())));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
