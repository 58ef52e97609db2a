package handscroll.coordinator.job;

import handscroll.coordinator.plan.Plan;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where every cell of a job stands, who rendered it, in which attempt and in what time: what a page draws
 * over the picture. Decides nothing; takes five bytes a cell.
 *
 * <pre>
 *   byte 0  state    0 waiting, 1 ready, 2 in work, 3 rendered, 4 given up, 5 skipped
 *   byte 1  worker   its number below; 0 unknown, 255 all those beyond the first 254
 *   byte 2  attempt  0 unknown
 *   byte 3  time     2^(byte / 12) - 1 milliseconds; 0 unknown
 *   byte 4  seam     the score 2^((byte - 128) / 32), of a tile the highest of its patches; 0 unknown
 * </pre>
 */
final class CellHistory {

    static final int BYTES = 5;

    private static final int WAITING = 0;
    private static final int READY = 1;
    private static final int IN_WORK = 2;
    private static final int RENDERED = 3;
    private static final int GIVEN_UP = 4;
    private static final int SKIPPED = 5;

    private static final int OTHER_WORKERS = 255;
    private static final int TIME_STEPS = 12;

    private final Plan plan;
    private final List<byte[]> stages = new ArrayList<>();
    private final List<BitSet> changed = new ArrayList<>();
    private final Map<String, Integer> workers = new LinkedHashMap<>();
    /** Bounded by what the lease desk may have of a job. */
    private final Map<PatchId, Instant> started = new HashMap<>();

    CellHistory(Plan plan) {
        this.plan = plan;
        for (int stage = 0; stage < plan.graph().stages().size(); stage++) {
            stages.add(new byte[BYTES * plan.graph().cellCount(stage)]);
            changed.add(new BitSet());
        }
    }

    /** A stopped job begins anew: of a cell that was rendered before, all that is known of it stays. */
    void restart(RenderBook book) {
        started.clear();
        for (int stage = 0; stage < stages.size(); stage++) {
            for (int index = 0; index < plan.graph().cellCount(stage); index++) {
                set(stage, index, state(book, stage, index));
            }
        }
    }

    private int state(RenderBook book, int stage, int index) {
        if (!book.isRendered(stage, index)) {
            return WAITING;
        }
        return book.isPlaceholder(plan.graph().patch(stage, index)) ? SKIPPED : RENDERED;
    }

    void ready(Collection<PatchId> patches) {
        patches.forEach(patch -> set(patch, READY));
    }

    void started(Collection<PatchId> patches, WorkerId worker, Instant now) {
        for (PatchId patch : patches) {
            int at = BYTES * index(patch);
            byte[] cells = stages.get(patch.stage());
            cells[at + 1] = (byte) number(worker);
            if (cells[at + 2] != -1) {
                cells[at + 2]++;
            }
            set(patch, IN_WORK);
            started.put(patch, now);
        }
    }

    /** @return how long the lease was held for nothing, of which the worker may have waited a part */
    Duration returned(Collection<PatchId> patches, Instant now) {
        Duration held = Duration.ZERO;
        for (PatchId patch : patches) {
            set(patch, READY);
            Instant since = started.remove(patch);
            if (since != null && Duration.between(since, now).compareTo(held) > 0) {
                held = Duration.between(since, now);
            }
        }
        return held;
    }

    /** The worker is done with a batch, in this time; what of it is rendered is said apart. */
    void finished(Collection<PatchId> patches, Duration work) {
        byte time = (byte) code(work.toMillis() / Math.max(1, patches.size()));
        for (PatchId patch : patches) {
            stages.get(patch.stage())[BYTES * index(patch) + 3] = time;
            started.remove(patch);
        }
    }

    /** How well the patches of a tile fit to each other, as its worker saw it. */
    void stored(TaskResult.TileStored tile) {
        int across = Plan.TILE_PIXELS / plan.model().patchPixels();
        int firstColumn = tile.patch().column() * across;
        int firstRow = tile.patch().row() * across;
        int columns = Math.min(across, plan.sampleGrid().columns() - firstColumn);
        int rows = Math.min(across, plan.sampleGrid().rows() - firstRow);
        byte[] seams = tile.seams();
        if (seams.length == 0 || seams.length != columns * rows) {
            return;
        }
        int highest = 0;
        for (int at = 0; at < seams.length; at++) {
            int column = firstColumn + at % columns;
            int row = firstRow + at / columns;
            setSeam(new PatchId(plan.sampleStage(), column, row, tile.patch().frame()), seams[at]);
            highest = Math.max(highest, seams[at] & 0xff);
        }
        setSeam(tile.patch(), (byte) highest);
    }

    private void setSeam(PatchId patch, byte seam) {
        int index = index(patch);
        stages.get(patch.stage())[BYTES * index + 4] = seam;
        changed.get(patch.stage()).set(index);
    }

    void rendered(Collection<PatchId> patches) {
        patches.forEach(patch -> set(patch, RENDERED));
    }

    /** Also seen when the job has failed because of them. */
    void givenUp(Collection<PatchId> patches) {
        for (PatchId patch : patches) {
            set(patch, GIVEN_UP);
            started.remove(patch);
        }
    }

    /** Nothing is in anybody's hands any more. */
    void stopped() {
        started.clear();
        for (int stage = 0; stage < stages.size(); stage++) {
            byte[] cells = stages.get(stage);
            for (int index = 0; index < cells.length / BYTES; index++) {
                if (cells[BYTES * index] == READY || cells[BYTES * index] == IN_WORK) {
                    set(stage, index, WAITING);
                }
            }
        }
    }

    /**
     * What changed since this was last asked.
     *
     * @param most that are listed; of more, the answer is {@code isTooMuch}
     */
    Jobs.CellsChanged takeChanges(JobId job, int most) {
        int count = changed.stream().mapToInt(BitSet::cardinality).sum();
        List<Jobs.CellChange> changes = new ArrayList<>();
        for (int stage = 0; stage < stages.size(); stage++) {
            if (count <= most) {
                byte[] cells = stages.get(stage);
                int number = stage;
                changed.get(stage).stream()
                        .forEach(index -> changes.add(new Jobs.CellChange(
                                number,
                                index,
                                cells[BYTES * index] & 0xff,
                                cells[BYTES * index + 1] & 0xff,
                                cells[BYTES * index + 2] & 0xff,
                                cells[BYTES * index + 3] & 0xff,
                                cells[BYTES * index + 4] & 0xff)));
            }
            changed.get(stage).clear();
        }
        return new Jobs.CellsChanged(job, changes, count > most);
    }

    /** A copy of all of it, stage by stage. */
    List<Jobs.StageCells> all() {
        List<Jobs.StageCells> all = new ArrayList<>();
        for (int stage = 0; stage < stages.size(); stage++) {
            var described = plan.graph().stage(stage);
            all.add(new Jobs.StageCells(
                    described.name(),
                    described.grid().columns(),
                    described.grid().rows(),
                    cellPixels(stage),
                    stages.get(stage).clone()));
        }
        return all;
    }

    /** Cells that are with a worker now. */
    int inWorkCount() {
        return started.size();
    }

    /** By their numbers, from 1. */
    List<String> workers() {
        return List.copyOf(workers.keySet());
    }

    private int cellPixels(int stage) {
        if (stage == plan.decodeStage()) {
            return Plan.TILE_PIXELS;
        }
        return plan.model().patchPixels() * (stage < plan.sampleStage() ? plan.layoutFactor() : 1);
    }

    private void set(PatchId patch, int state) {
        set(patch.stage(), index(patch), state);
    }

    private void set(int stage, int index, int state) {
        stages.get(stage)[BYTES * index] = (byte) state;
        changed.get(stage).set(index);
    }

    private int index(PatchId patch) {
        return plan.graph().index(patch);
    }

    private int number(WorkerId worker) {
        Integer known = workers.get(worker.value());
        if (known != null) {
            return known;
        }
        if (workers.size() + 1 == OTHER_WORKERS) {
            return OTHER_WORKERS;
        }
        workers.put(worker.value(), workers.size() + 1);
        return workers.size();
    }

    static int code(long millis) {
        long code = Math.round(TIME_STEPS * Math.log(1.0 + millis) / Math.log(2));
        return (int) Math.max(1, Math.min(255, code));
    }
}
