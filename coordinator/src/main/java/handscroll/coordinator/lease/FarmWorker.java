package handscroll.coordinator.lease;

import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the book remembers of one worker. */
final class FarmWorker {

    /** One task's worth of the worker's device. */
    static final class Slot {
        final FarmWorker worker;
        final int index;
        private int heldCount;
        private int openPullCount;
        private int batchSize = 1;
        private boolean isStuck;
        /** With too little ready for it; empty while it is not known to wait. */
        private Optional<Instant> gatheringSince = Optional.empty();

        Slot(FarmWorker worker, int index) {
            this.worker = worker;
            this.index = index;
        }

        /** A pull more than there is room for changes nothing, so a worker may repeat those it fears lost. */
        void pull(int wantedBatchSize) {
            isStuck = false;
            batchSize = Math.max(1, wantedBatchSize);
            openPullCount = Math.min(openPullCount + 1, LeaseBook.BATCHES_PER_SLOT - heldCount);
        }

        void forgetPulls() {
            openPullCount = 0;
        }

        /** It was found to hang, and is not heard to go on; it gets nothing until it asks. */
        void hang() {
            isStuck = true;
            forgetPulls();
        }

        void hold() {
            openPullCount--;
            heldCount++;
            gatheringSince = Optional.empty();
        }

        /** Whether it may wait for more to be ready, of which it then makes use. */
        boolean gathers(Instant now, Duration atMost) {
            if (gatheringSince.isEmpty()) {
                gatheringSince = Optional.of(now);
            }
            return now.isBefore(gatheringSince.get().plus(atMost));
        }

        void letGo() {
            heldCount--;
        }

        boolean isIdle() {
            return heldCount == 0 && openPullCount > 0;
        }

        boolean hasRoomBehindRunning() {
            return heldCount == 1 && openPullCount > 0;
        }

        int batchSize() {
            return Math.min(batchSize, worker.batchLimit);
        }
    }

    final WorkerId id;
    /** By their number; a worker says which slots it has by pulling for them. */
    final Map<Integer, Slot> slots = new TreeMap<>();
    /** By epoch. */
    final Map<Long, Lease> leases = new HashMap<>();
    /** Jobs of which it was ever granted anything, and may hold states. */
    final Set<JobId> served = new HashSet<>();

    private int slotCount;
    private String deviceClass;
    private Map<String, String> modelHashes;
    private Instant heard;
    private String host = "";
    private boolean isDraining;
    /** Somebody drained it here, or gave it back. */
    private boolean drainIsDecided;

    private Optional<Instant> handsBack = Optional.empty();
    private Optional<Block> block = Optional.empty();
    private int batchLimit = Integer.MAX_VALUE;
    private long renderedCount;
    private long failedCount;
    private long statesFound;
    private long statesMade;

    FarmWorker(WorkerId id, int slotCount, String deviceClass, Map<String, String> modelHashes, Instant heard) {
        this.id = id;
        this.slotCount = slotCount;
        this.deviceClass = deviceClass;
        this.modelHashes = Map.copyOf(modelHashes);
        this.heard = heard;
    }

    void joinAgain(int newSlotCount, String newDeviceClass, Map<String, String> newModelHashes) {
        slotCount = newSlotCount;
        deviceClass = newDeviceClass;
        modelHashes = Map.copyOf(newModelHashes);
    }

    void hear(Instant now) {
        heard = now;
    }

    Instant heard() {
        return heard;
    }

    boolean isSilent(Instant now, Duration term) {
        return heard.plus(term).isBefore(now);
    }

    /** Whether a free slot of it is given anything at all. */
    boolean isAvailable(Instant now, Duration term) {
        return !isDraining() && !isBlocked() && !isStuck() && !isSilent(now, term);
    }

    /** None of its slots goes on, though its process lives. */
    boolean isStuck() {
        return !slots.isEmpty()
                && slots.values().stream().filter(slot -> slot.isStuck).count() == slotCount;
    }

    void locate(String newHost) {
        host = newHost;
    }

    /** Empty until somebody says so. */
    String host() {
        return host;
    }

    /**
     * @param until what it holds then goes to others; empty lets it finish
     * @return whether that is news
     */
    boolean drain(boolean drains, Optional<Instant> until) {
        boolean isNews = isDraining != drains || !handsBack.equals(until);
        isDraining = drains;
        drainIsDecided = true;
        handsBack = until;
        return isNews;
    }

    /** What it is told here counts for more than what it was told by a desk before this one. */
    boolean isDrainDecided() {
        return drainIsDecided;
    }

    /** When what it holds goes to others; empty where it may finish. */
    Optional<Instant> handsBack() {
        return handsBack;
    }

    /** It had time enough to finish what it holds. */
    boolean handsBack(Instant now) {
        return handsBack.isPresent() && !now.isBefore(handsBack.get());
    }

    /** It finishes what it holds and gets nothing more. */
    boolean isDraining() {
        return isDraining;
    }

    /**
     * It gets nothing, because it is to blame or because somebody said so.
     *
     * @param until empty where only somebody can end it
     */
    record Block(String why, Optional<Instant> until) {}

    void block(Optional<Block> newBlock) {
        block = newBlock;
    }

    Optional<Block> block() {
        return block;
    }

    boolean isBlocked() {
        return block.isPresent();
    }

    /** A batch of so many was too large for its memory. */
    void halve(int taskCount) {
        batchLimit = Math.max(1, Math.min(batchLimit, taskCount / 2));
    }

    /** @return the most tasks of a batch that its memory bears, as far as that was found out */
    int batchLimit() {
        return batchLimit;
    }

    void rendered(int patchCount) {
        renderedCount += patchCount;
    }

    void failed(int patchCount) {
        failedCount += patchCount;
    }

    /** Of the states that its patches read. */
    void found(WorkTime work) {
        statesFound += work.statesFound();
        statesMade += work.statesMade();
    }

    long statesFound() {
        return statesFound;
    }

    long statesMade() {
        return statesMade;
    }

    long renderedCount() {
        return renderedCount;
    }

    long failedCount() {
        return failedCount;
    }

    /** Tasks in all its leases. */
    int taskCount() {
        return leases.values().stream().mapToInt(Lease::taskCount).sum();
    }

    int slotCount() {
        return slotCount;
    }

    String deviceClass() {
        return deviceClass;
    }

    Map<String, String> modelHashes() {
        return modelHashes;
    }
}
