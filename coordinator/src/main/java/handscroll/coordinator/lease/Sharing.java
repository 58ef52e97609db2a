package handscroll.coordinator.lease;

import handscroll.coordinator.lease.FarmWorker.Slot;
import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Decides which part of the ready work a slot with room gets.
 *
 * <ol>
 *   <li>Of jobs the one of the highest priority goes first; of equal ones the one that had the least
 *       {@link SlotTime}. Who got nothing for too long gets one batch, whatever its priority.
 *   <li>Ready tasks are shared out evenly among the slots that could take some, because the next wavefront is
 *       ready only when the slowest of them is through. A batch that would wait behind a running one is handed
 *       out only when it is at least half full: a device takes nearly as long for a patch as for several, and on
 *       a narrow wavefront batches that wait would cut it into single patches.
 *   <li>An idle slot that would get less than half of its part waits a moment while results are on their way to the log:
 *       what they make ready, and what is left over now, then go out in one batch instead of two.
 *   <li>A batch that one job does not fill is filled from others of the same priority, where the model can
 *       sample their patches at once.
 *   <li>Of a job's next patches a worker gets those whose context it has, within bounds. No slot ever idles for it:
 *       it is chosen among what is handed out anyway.
 * </ol>
 */
final class Sharing {

    private final LeaseSettings settings;
    private final Map<WorkerId, FarmWorker> workers;
    private final Map<?, LentJob> jobs;
    private boolean isGathering;

    Sharing(LeaseSettings settings, Map<WorkerId, FarmWorker> workers, Map<?, LentJob> jobs) {
        this.settings = settings;
        this.workers = workers;
        this.jobs = jobs;
    }

    /**
     * Takes what the slots should have from the ready tasks, one batch after the other.
     *
     * @param halfFull leaves out what would not fill half a batch of each slot that could take some
     * @param taker has begun a lease over a slot's batch before the next one is decided
     */
    void handOut(Set<Slot> candidates, boolean halfFull, Instant now, BiConsumer<Slot, List<Lease.Part>> taker) {
        List<Share> shares = shares(candidates, halfFull, now);
        if (shares.isEmpty()) {
            return;
        }
        for (Slot slot : List.copyOf(candidates)) {
            if (isPassedOver(slot.worker, now)) {
                continue;
            }
            List<Lease.Part> batch = batch(slot, shares, now);
            if (!batch.isEmpty()) {
                taker.accept(slot, batch);
            }
            for (Share share : shares) {
                if (share.job.canBeServedBy(slot.worker)) {
                    share.takerCount--;
                }
            }
        }
    }

    /** Whether a slot was left to wait for more to be ready since this was last asked. */
    boolean takeIsGathering() {
        boolean taken = isGathering;
        isGathering = false;
        return taken;
    }

    /** Whose tasks may meet in one batch. */
    private record Kind(int priority, RenderSettings shape) {}

    /** Tasks that may meet in one batch, of whatever stages and jobs. */
    private static final class Wave {
        final List<ReadyTasks> tasks = new ArrayList<>();
        /** Waves of the same priority, this one too, that slots are divided among. */
        int rivalCount = 1;

        boolean isEmpty() {
            return count() + openCount() == 0;
        }

        int count() {
            int count = 0;
            for (ReadyTasks ready : tasks) {
                count += ready.count();
            }
            return count;
        }

        /** What slots hold, and what they rendered that is not in the log yet. */
        int openCount() {
            int count = 0;
            for (ReadyTasks ready : tasks) {
                count += ready.grantedCount() + ready.unloggedCount();
            }
            return count;
        }

        boolean isBeingLogged() {
            for (ReadyTasks ready : tasks) {
                if (ready.unloggedCount() > 0) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Ready tasks of one stage, and how many slots are left to share them. */
    private static final class Share {
        final LentJob job;
        final int stage;
        final ReadyTasks tasks;
        final Wave wave;
        final boolean isStarving;
        /** That could render it, busy ones too. */
        final int slotCount;

        int takerCount;
        int halfBatches;

        Share(LentJob job, int stage, ReadyTasks tasks, Wave wave, boolean isStarving, int slotCount) {
            this.job = job;
            this.stage = stage;
            this.tasks = tasks;
            this.wave = wave;
            this.isStarving = isStarving;
            this.slotCount = slotCount;
        }

        /**
         * What one of these slots gets: an equal part of what is ready, and no more than an equal part of the
         * whole wavefront, running tasks counted, so that something is left for slots that are through soon.
         */
        int size() {
            int amongTakers = ceilDiv(wave.count(), itsPartOf(takerCount));
            return Math.max(1, Math.min(amongTakers, ofWavefront()));
        }

        /** Whether a slot would get less than half of its part, and more will be ready in a moment. */
        boolean isWorthWaiting(int batchSize) {
            return tasks.isSampled() && wave.isBeingLogged() && 2 * size() < Math.min(batchSize, ofWavefront());
        }

        private int ofWavefront() {
            return ceilDiv(wave.count() + wave.openCount(), itsPartOf(slotCount));
        }

        /** Two jobs that cannot meet in a batch do not cut each other's wavefronts into halves. */
        private int itsPartOf(int slots) {
            return Math.max(1, ceilDiv(slots, wave.rivalCount));
        }

        private static int ceilDiv(int tasks, int slots) {
            return (tasks + slots - 1) / slots;
        }

        /** Who comes before whom, at this moment. */
        static final Comparator<Share> TURNS = Comparator.<Share, Boolean>comparing(share -> !share.isStarving)
                .thenComparing(share -> -share.job.priority)
                .thenComparingLong(share -> share.job.slotTime.total())
                .thenComparingLong(share -> share.tasks.headPriority());
    }

    private List<Share> shares(Set<Slot> candidates, boolean halfFull, Instant now) {
        List<Share> shares = new ArrayList<>();
        if (candidates.isEmpty()) {
            return shares;
        }
        Map<Kind, Wave> sampled = new HashMap<>();
        for (LentJob job : jobs.values()) {
            if (job.isWindingDown()) {
                continue;
            }
            int slotCount = job.readyCount() == 0 ? 0 : slotCount(job, now);
            for (Map.Entry<Integer, ReadyTasks> stage : job.ready.entrySet()) {
                ReadyTasks tasks = stage.getValue();
                Wave wave = tasks.isSampled()
                        ? sampled.computeIfAbsent(new Kind(job.priority, job.shape), kind -> new Wave())
                        : new Wave();
                wave.tasks.add(tasks);
                if (tasks.count() > 0) {
                    job.waits(now);
                    boolean isStarving =
                            job.hasWaitedSince(now.minus(settings.sharing().patience()));
                    shares.add(new Share(job, stage.getKey(), tasks, wave, isStarving, slotCount));
                }
            }
        }
        sampled.forEach((kind, wave) -> wave.rivalCount = (int) sampled.entrySet().stream()
                .filter(other -> other.getKey().priority() == kind.priority())
                .filter(other -> other.getValue() == wave || !other.getValue().isEmpty())
                .count());
        for (Share share : shares) {
            for (Slot slot : candidates) {
                if (share.job.canBeServedBy(slot.worker) && !isPassedOver(slot.worker, now)) {
                    share.takerCount++;
                    share.halfBatches += (slot.batchSize() + 1) / 2;
                }
            }
        }
        shares.removeIf(share -> share.takerCount == 0 || halfFull && share.wave.count() < share.halfBatches);
        return shares;
    }

    private int slotCount(LentJob job, Instant now) {
        int count = 0;
        for (FarmWorker worker : workers.values()) {
            count += job.canBeServedBy(worker) && !isPassedOver(worker, now) ? worker.slots.size() : 0;
        }
        return count;
    }

    private List<Lease.Part> batch(Slot slot, List<Share> shares, Instant now) {
        List<Share> turns = new ArrayList<>();
        for (Share share : shares) {
            if (share.tasks.count() > 0 && share.job.canBeServedBy(slot.worker)) {
                turns.add(share);
            }
        }
        turns.sort(Share.TURNS);
        for (Share first : turns) {
            LentJob job = first.job;
            Optional<Attempt> again =
                    first.tasks.takeAgain(slot.worker.id, (attempt, worker) -> mayRetry(job, attempt, worker, now));
            if (again.isPresent()) {
                return List.of(part(first, List.of(again.get())));
            }
            if (slot.isIdle()
                    && first.isWorthWaiting(slot.batchSize())
                    && slot.gathers(now, settings.sharing().gathering())) {
                isGathering = true;
                continue;
            }
            var batch = new Batch(slot, Math.min(slot.batchSize(), first.size()));
            batch.fillFrom(first);
            if (!batch.parts.isEmpty() && batch.isSampled) {
                for (Share other : turns) {
                    if (other != first && other.wave == first.wave) {
                        batch.fillFrom(other);
                    }
                }
            }
            if (!batch.parts.isEmpty()) {
                return batch.parts;
            }
        }
        return List.of();
    }

    /** What a slot gets, while it is put together. */
    private final class Batch {
        final List<Lease.Part> parts = new ArrayList<>();
        final Slot slot;
        boolean isSampled;
        private int room;
        private int bytes;

        Batch(Slot slot, int size) {
            this.slot = slot;
            this.room = size;
            this.bytes = settings.grantBytes();
        }

        void fillFrom(Share share) {
            boolean mustFit = !parts.isEmpty();
            if (room == 0 || mustFit && !share.tasks.isSampled()) {
                return;
            }
            isSampled = share.tasks.isSampled();
            boolean anyChoice = isSampled && workers.size() > 1;
            List<Attempt> taken = share.tasks.take(
                    room,
                    bytes,
                    mustFit,
                    anyChoice ? settings.sharing().passesOver() : 0,
                    task -> share.job.holders.advantage(task, slot.worker.id));
            if (!taken.isEmpty()) {
                room -= taken.size();
                for (Attempt attempt : taken) {
                    bytes -= attempt.offered.messageBytes();
                }
                parts.add(part(share, taken));
            }
        }
    }

    private static Lease.Part part(Share share, List<Attempt> attempts) {
        Task first = attempts.get(0).offered.task();
        return new Lease.Part(share.job, share.stage, attempts, share.job.slotTime.reckon(first, attempts.size()));
    }

    /**
     * A failed task goes to a worker that has not failed it, as long as there is such a worker. It waits for that a bounded time:
     * of a worker that is here nobody knows whether it will ever ask.
     */
    private boolean mayRetry(LentJob job, Attempt attempt, WorkerId worker, Instant now) {
        return !attempt.failedOn(worker)
                || attempt.hasWaitedSince(now.minus(settings.longestWaitForAnother()))
                || workers.values().stream()
                        .noneMatch(other ->
                                !attempt.failedOn(other.id) && job.canBeServedBy(other) && !isPassedOver(other, now));
    }

    private boolean isPassedOver(FarmWorker worker, Instant now) {
        return !worker.isAvailable(now, settings.term());
    }
}
