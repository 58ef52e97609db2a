package handscroll.coordinator.lease;

import handscroll.coordinator.lease.FarmWorker.Slot;
import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Decides which part of the ready work a slot with room gets.
 *
 * <p>Ready tasks are shared out evenly among the slots that could take some, because the next wavefront is
 * ready only when the slowest of them is through. A batch that would wait behind a running one is handed out
 * only when it is at least half full: a device takes nearly as long for a patch as for several, and on a narrow
 * wavefront batches that wait would cut it into single patches.
 */
final class Sharing {

    /** What a slot is to have next. */
    record Part(Slot slot, LentJob job, int stage, List<Attempt> attempts) {}

    private final LeaseSettings settings;
    private final Map<WorkerId, FarmWorker> workers;
    private final Map<?, LentJob> jobs;

    Sharing(LeaseSettings settings, Map<WorkerId, FarmWorker> workers, Map<?, LentJob> jobs) {
        this.settings = settings;
        this.workers = workers;
        this.jobs = jobs;
    }

    /**
     * Takes what the slots should have from the ready tasks, one part after the other.
     *
     * @param halfFull leaves out stages whose tasks would not fill half a batch of each slot that could take some
     * @param taker has begun a lease over a part before the next one is decided
     */
    void handOut(Set<Slot> candidates, boolean halfFull, Instant now, Consumer<Part> taker) {
        List<Share> shares = shares(candidates, halfFull, now);
        if (shares.isEmpty()) {
            return;
        }
        for (Slot slot : List.copyOf(candidates)) {
            if (isPassedOver(slot.worker, now)) {
                continue;
            }
            part(slot, shares, now).ifPresent(taker);
            for (Share share : shares) {
                if (share.job.canBeServedBy(slot.worker)) {
                    share.takerCount--;
                }
            }
        }
    }

    /** Ready tasks of one stage, and how many slots are left to share them. */
    private static final class Share {
        final LentJob job;
        final int stage;
        final ReadyTasks tasks;
        final int slotCount;
        int takerCount;

        /** @param slotCount that could render it, busy ones too */
        Share(LentJob job, int stage, ReadyTasks tasks, int slotCount) {
            this.job = job;
            this.stage = stage;
            this.tasks = tasks;
            this.slotCount = slotCount;
        }

        /**
         * What one of these slots gets: an equal part of what is ready, and no more than an equal part of the
         * whole wavefront, running tasks counted, so that something is left for slots that are through soon.
         */
        int size() {
            int amongTakers = ceilDiv(tasks.count(), Math.max(1, takerCount));
            int ofWavefront = ceilDiv(tasks.count() + tasks.grantedCount(), Math.max(1, slotCount));
            return Math.max(1, Math.min(amongTakers, ofWavefront));
        }

        private static int ceilDiv(int tasks, int slots) {
            return (tasks + slots - 1) / slots;
        }
    }

    private List<Share> shares(Set<Slot> candidates, boolean halfFull, Instant now) {
        List<Share> shares = new ArrayList<>();
        if (candidates.isEmpty()) {
            return shares;
        }
        for (LentJob job : jobs.values()) {
            int slotCount = job.readyCount() == 0 ? 0 : slotCount(job, now);
            for (Map.Entry<Integer, ReadyTasks> stage : job.ready.entrySet()) {
                if (stage.getValue().count() == 0) {
                    continue;
                }
                var share = new Share(job, stage.getKey(), stage.getValue(), slotCount);
                int halfBatches = 0;
                for (Slot slot : candidates) {
                    if (job.canBeServedBy(slot.worker) && !isPassedOver(slot.worker, now)) {
                        share.takerCount++;
                        halfBatches += (slot.batchSize() + 1) / 2;
                    }
                }
                if (share.takerCount > 0 && (!halfFull || share.tasks.count() >= halfBatches)) {
                    shares.add(share);
                }
            }
        }
        return shares;
    }

    private int slotCount(LentJob job, Instant now) {
        int count = 0;
        for (FarmWorker worker : workers.values()) {
            count += job.canBeServedBy(worker) && !isPassedOver(worker, now) ? worker.slots.size() : 0;
        }
        return count;
    }

    private Optional<Part> part(Slot slot, List<Share> shares, Instant now) {
        List<Share> untried = new ArrayList<>(shares);
        while (!untried.isEmpty()) {
            Share first = untried.get(0);
            for (Share share : untried) {
                if (share.tasks.headPriority() < first.tasks.headPriority()) {
                    first = share;
                }
            }
            untried.remove(first);
            LentJob job = first.job;
            if (!job.canBeServedBy(slot.worker)) {
                continue;
            }
            List<Attempt> batch = first.tasks.take(
                    Math.min(slot.batchSize(), first.size()),
                    settings.grantBytes(),
                    slot.worker.id,
                    (attempt, worker) -> mayRetry(job, attempt, worker, now));
            if (!batch.isEmpty()) {
                return Optional.of(new Part(slot, job, first.stage, batch));
            }
        }
        return Optional.empty();
    }

    /** A failed task goes to a worker that has not failed it, as long as there is such a worker. */
    private boolean mayRetry(LentJob job, Attempt attempt, WorkerId worker, Instant now) {
        return !attempt.failedOn().contains(worker)
                || workers.values().stream()
                        .noneMatch(other -> !attempt.failedOn().contains(other.id)
                                && job.canBeServedBy(other)
                                && !isPassedOver(other, now));
    }

    private boolean isPassedOver(FarmWorker worker, Instant now) {
        return worker.isDraining() || worker.isSilent(now, settings.term());
    }
}
