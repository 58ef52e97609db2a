package handscroll.coordinator.farmsim;

import handscroll.coordinator.journal.LogIdentity;
import handscroll.coordinator.journal.SimulatedDisk;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Sees everything that happens to one job on all machines, and objects as soon as a promise is broken. */
final class JobWitness {

    /** A promise was broken. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1;

        Violation(String message) {
            super(message);
        }
    }

    final JobId job;
    final SimulatedCanvas canvas;
    final SimulatedDisk disk;
    final LogIdentity identity;
    private final PatchGraph graph;
    /** On the disk for good: tokens that the log acknowledged or that a restart counted, and tiles. */
    private final Set<PatchId> durable = new HashSet<>();

    private final Map<PatchId, Long> tiles = new HashMap<>();
    /** They show placeholders, so nothing that reads them, directly or not, is as it would have been. */
    private final Set<PatchId> skipped = new HashSet<>();

    // What the coordinator of the hour knows.
    private final Set<PatchId> logging = new HashSet<>();
    private final Set<PatchId> withDesk = new HashSet<>();
    private final Set<PatchId> released = new HashSet<>();
    private int offerBound;
    private boolean mayStart;

    JobWitness(JobId job, SimulatedCanvas canvas, SimulatedDisk disk) {
        this.job = job;
        this.canvas = canvas;
        this.disk = disk;
        this.identity = new LogIdentity(job, "5eed");
        this.graph = canvas.plan.graph();
    }

    /** @param what is the case otherwise; told only then */
    static void require(boolean holds, Supplier<String> what) {
        if (!holds) {
            throw new Violation(what.get());
        }
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Violation(otherwise);
        }
    }

    /** What a coordinator did not make durable is forgotten with it. */
    void coordinatorDied() {
        logging.clear();
        forgetSession();
    }

    /** Its log is open again, and this is what it counts as rendered. */
    void takenUp(Set<PatchId> counted, int newOfferBound) {
        Set<PatchId> onDisk = new HashSet<>(tiles.keySet());
        onDisk.addAll(durableTokens().keySet());
        for (PatchId patch : counted) {
            require(onDisk.contains(patch), patch + " counts as rendered after a restart and may still be lost");
        }
        for (PatchId patch : durable) {
            require(counted.contains(patch), patch + " was durable and is not found again");
        }
        durable.addAll(counted);
        offerBound = newOfferBound;
    }

    /** What is leased may end; nothing more of it goes out. */
    void windingDown() {
        mayStart = false;
    }

    void maySelectAgain() {
        mayStart = true;
    }

    void stopped() {
        mayStart = false;
    }

    void forgetSession() {
        withDesk.clear();
        released.clear();
        mayStart = false;
    }

    void offered(List<OfferedTask> tasks) {
        for (OfferedTask offered : tasks) {
            PatchId patch = offered.task().patch();
            require(withDesk.add(patch), patch + " was offered again before it was rendered or given up");
            require(!durable.contains(patch), patch + " is rendered and was offered again");
            graph.forEachRead(patch.stage(), graph.index(patch), (stage, index) -> {
                PatchId read = graph.patch(stage, index);
                require(
                        durable.contains(read),
                        patch + " was offered before " + read + ", which it reads, was durable");
            });
        }
        require(withDesk.size() <= offerBound, withDesk.size() + " tasks are with the desk, more than " + offerBound);
    }

    void withdrawn() {
        withDesk.clear();
    }

    void released(List<PatchId> patches) {
        for (PatchId patch : patches) {
            require(released.add(patch), patch + " was released twice");
        }
    }

    void granted(List<Task> tasks) {
        require(mayStart, "a stopped job had " + tasks.get(0).patch() + " granted");
        for (Task task : tasks) {
            require(withDesk.contains(task.patch()), task.patch() + " was granted and never offered");
            if (task instanceof Task.Sample || task instanceof Task.Fill) {
                Task.Sample sample = task instanceof Task.Fill fill ? fill.sample() : (Task.Sample) task;
                for (ContextPatch context : sample.context()) {
                    PatchId patch = task.patch();
                    var read = new PatchId(
                            patch.stage(),
                            patch.column() + context.columnOffset(),
                            patch.row() + context.rowOffset(),
                            patch.frame() + context.frameOffset());
                    require(
                            !released.contains(read),
                            patch + " was granted and reads " + read + ", which was released");
                }
            }
        }
    }

    void started(Task task) {
        PatchId patch = task.patch();
        graph.forEachRead(patch.stage(), graph.index(patch), (stage, index) -> {
            PatchId read = graph.patch(stage, index);
            require(durable.contains(read), patch + " was started before " + read + ", which it reads, was durable");
        });
    }

    void ended(List<TaskResult> results) {
        results.forEach(result -> withDesk.remove(result.patch()));
    }

    void givenUp(PatchId patch) {
        withDesk.remove(patch);
    }

    void readmitted(List<PatchId> patches) {
        for (PatchId patch : patches) {
            require(withDesk.add(patch), patch + " was readmitted and had not been given up");
            require(!durable.contains(patch), patch + " is rendered and was readmitted");
        }
    }

    void logging(List<TaskResult.Tokens> tokens) {
        for (TaskResult.Tokens rows : tokens) {
            require(!durable.contains(rows.patch()), "a second result of " + rows.patch() + " was accepted");
            require(logging.add(rows.patch()), "two results of " + rows.patch() + " were accepted");
        }
    }

    void notLogged(List<TaskResult.Tokens> tokens) {
        tokens.forEach(rows -> logging.remove(rows.patch()));
    }

    void logged(List<TaskResult.Tokens> tokens) {
        for (TaskResult.Tokens rows : tokens) {
            logging.remove(rows.patch());
            durable.add(rows.patch());
        }
    }

    void tileStored(PatchId patch, long content) {
        durable.add(patch);
        Long before = tiles.put(patch, content);
        require(before == null || before == content, "tile " + patch + " came twice and differs");
    }

    /** Nobody may miss them but who resumes the job. */
    void tilesDeleted() {
        require(!mayStart, "tiles of " + job + " were deleted while it was rendered");
        durable.removeAll(tiles.keySet());
        tiles.clear();
    }

    void skipped(List<PatchId> patches) {
        skipped.addAll(patches);
    }

    boolean hasTile(PatchId patch) {
        return tiles.containsKey(patch);
    }

    Set<PatchId> tiles() {
        return tiles.keySet();
    }

    /** Power failed: nothing that was acknowledged may be missing. */
    void powerReturned() {
        Map<PatchId, short[]> found = durableTokens();
        for (PatchId patch : durable) {
            require(
                    found.containsKey(patch) || tiles.containsKey(patch),
                    patch + " was acknowledged and is lost with the power");
        }
    }

    /** The picture is done: it is the undisturbed one. */
    void finished(Optional<String> deviceClass) {
        SimulatedCanvas.Undisturbed undisturbed =
                canvas.undisturbed(job, deviceClass.orElseThrow(() -> new Violation("done without a device class")));
        Map<PatchId, short[]> found = durableTokens();
        Set<PatchId> changed = changedBySkipping();
        for (int stage = 0; stage <= canvas.plan.sampleStage(); stage++) {
            for (int index = 0; index < graph.cellCount(stage); index++) {
                PatchId patch = graph.patch(stage, index);
                require(found.containsKey(patch), patch + " has no tokens, and the picture is done");
                require(
                        changed.contains(patch)
                                || Arrays.equals(
                                        found.get(patch), undisturbed.tokens().get(stage)[index]),
                        "the tokens of " + patch + " are not those of the undisturbed picture");
            }
        }
        int decode = canvas.plan.decodeStage();
        for (int index = 0; index < graph.cellCount(decode); index++) {
            PatchId patch = graph.patch(decode, index);
            Long tile = tiles.get(patch);
            require(
                    tile != null
                            && (changed.contains(patch) || tile == undisturbed.tiles()[index]),
                    "tile " + patch + " is not that of the undisturbed picture");
        }
    }

    private Set<PatchId> changedBySkipping() {
        Set<PatchId> changed = new HashSet<>(skipped);
        for (int before = -1; before < changed.size() && !skipped.isEmpty(); ) {
            before = changed.size();
            for (int stage = 0; stage < graph.stages().size(); stage++) {
                for (int index = 0; index < graph.cellCount(stage); index++) {
                    PatchId patch = graph.patch(stage, index);
                    graph.forEachRead(stage, index, (from, read) -> {
                        if (changed.contains(graph.patch(from, read))) {
                            changed.add(patch);
                        }
                    });
                }
            }
        }
        return changed;
    }

    private Map<PatchId, short[]> durableTokens() {
        Map<PatchId, short[]> found = new HashMap<>();
        try {
            disk.scanDurable(identity, (stage, cell, tokens) -> {
                short[] before = found.put(graph.patch(stage, cell), tokens);
                require(
                        before == null || Arrays.equals(before, tokens),
                        graph.patch(stage, cell) + " is in the log twice with different tokens");
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
