package handscroll.coordinator.farmsim;

import handscroll.coordinator.job.CourseEffects;
import handscroll.coordinator.job.JobCourse;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.RenderBook;
import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.journal.SimulatedDisk;
import handscroll.coordinator.journal.TokenLog;
import handscroll.coordinator.lease.JobTerms;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.lease.Outcome;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.TaskResult;
import java.io.IOException;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One job in one life of the coordinator: brings about what the real {@link JobCourse} decides, on a
 * disk and with a desk that are simulated.
 */
final class SimulatedJob implements CourseEffects {

    private static final Map<RegisteredJob.Standing, Jobs.State> STANDINGS = Map.of(
            RegisteredJob.Standing.PAUSED, Jobs.State.PAUSED,
            RegisteredJob.Standing.FAILED, Jobs.State.FAILED,
            RegisteredJob.Standing.CANCELLED, Jobs.State.CANCELLED,
            RegisteredJob.Standing.FINISHED, Jobs.State.DONE);

    private final SimulatedCoordinator coordinator;
    private final FarmSimulation farm;
    final JobWitness witness;
    final JobCourse course;
    final Mailbox fromDesk;
    private final Mailbox toDesk;
    private final Mailbox fromDisk;
    private final RenderSettings settings;
    private Optional<DiskThread> disk = Optional.empty();
    private Optional<TokenLog> log = Optional.empty();
    private Optional<RenderBook> book = Optional.empty();
    private boolean takesTiles;
    /** What somebody was told will be. */
    private Optional<Jobs.State> expected = Optional.empty();

    SimulatedJob(SimulatedCoordinator coordinator, RegisteredJob registered) {
        this.coordinator = coordinator;
        this.farm = coordinator.farm;
        this.witness = farm.witness(registered.job());
        this.fromDesk = new Mailbox(farm.time, coordinator, farm.random);
        this.toDesk = new Mailbox(farm.time, coordinator, farm.random);
        this.fromDisk = new Mailbox(farm.time, coordinator, farm.random);
        this.settings = witness.canvas.plan.renderSettings(registered.job());
        this.course = new JobCourse(registered, farm.jobSettings, this);
    }

    void begin() {
        course.begin();
    }

    private Instant now() {
        return farm.wallClock.instant();
    }

    // From the desk.

    void rendered(Outcome.Rendered rendered) {
        course.rendered(rendered, now());
    }

    void givenUp(Outcome.GivenUp givenUp) {
        course.givenUp(givenUp, now());
    }

    void readmitted(Outcome.Readmitted readmitted) {
        course.readmitted(readmitted);
    }

    void withdrawn() {
        course.withdrawn();
    }

    // From users.

    void after(long micros, Runnable action) {
        coordinator.after(micros, action);
    }

    void pause(boolean isAtOnce) {
        boolean isTaken = course.pause(isAtOnce, now());
        if (isAtOnce && expected.equals(Optional.of(Jobs.State.PAUSED))) {
            // Two wait for the same: one of them was in a hurry.
            return;
        }
        expect(Jobs.State.PAUSED, isTaken);
    }

    void cancel(boolean deletesTiles) {
        boolean isOver = course.state().isOver();
        boolean isTaken = course.cancel(deletesTiles, now());
        if (!isOver) {
            expect(Jobs.State.CANCELLED, isTaken);
        }
    }

    /** Goes on with placeholders for what nobody could render; false where that is not known, or are tiles. */
    boolean skip() {
        List<PatchId> patches = course.givenUp()
                .map(known -> known.patches().stream()
                        .filter(patch -> patch.stage() <= witness.canvas.plan.sampleStage())
                        .toList())
                .orElse(List.of());
        boolean isTaken = !patches.isEmpty() && course.skip(patches, now());
        expect(Jobs.State.PLANNING, isTaken);
        if (isTaken) {
            witness.skipped(patches);
        }
        return isTaken;
    }

    void resume() {
        expect(Jobs.State.PLANNING, course.resume(now()));
    }

    /** Whoever was told that something will happen hears that it did. */
    private void expect(Jobs.State state, boolean isTaken) {
        if (isTaken) {
            JobWitness.require(expected.isEmpty(), "somebody still waits for " + expected + ", another for " + state);
            expected = Optional.of(state);
        }
    }

    private void became(Jobs.State state) {
        JobWitness.require(
                expected.isEmpty() || expected.get() == state, "somebody waits for " + expected + ", it is " + state);
        expected = Optional.empty();
    }

    // The tile stream and the output, as TileIntake, OpenPictures and DeepZoomOutput behave.

    /** @param acknowledge hears why it was not stored, or nothing when it is durable */
    void storeTile(PatchId patch, long content, Consumer<Optional<String>> acknowledge) {
        if (!takesTiles) {
            acknowledge.accept(Optional.of("the job takes no tiles here"));
            return;
        }
        coordinator.after(farm.weather.diskDelay(), () -> {
            if (witness.disk.isFull() && !witness.hasTile(patch)) {
                var failure = new IOException("No space left on device");
                if (takesTiles) {
                    fromDisk.tell(() -> course.trouble(failure, now()));
                }
                acknowledge.accept(Optional.of(failure.getMessage()));
            } else {
                witness.tileStored(patch, content);
                acknowledge.accept(Optional.empty());
            }
        });
    }

    // What was decided.

    @Override
    public void prepare() {
        coordinator.after(farm.random.nextLong(2_000_000), () -> {
            try {
                var restored = new RenderBook(witness.canvas.plan, witness.canvas.picture);
                Set<PatchId> counted = new HashSet<>(witness.tiles());
                witness.disk.scan(witness.identity, (stage, cell, tokens) -> {
                    restored.restoreTokens(stage, cell, tokens);
                    counted.add(witness.canvas.plan.graph().patch(stage, cell));
                });
                BitSet tiles = new BitSet();
                witness.tiles()
                        .forEach(tile -> tiles.set(witness.canvas.plan.graph().index(tile)));
                List<TaskResult.Tokens> placeholders = restored.restorePlaceholders(course.skipped());
                restored.restoreTiles(tiles);
                restored.start();
                var thread = new DiskThread(coordinator, farm.weather::diskDelay);
                TokenLog opened =
                        witness.disk.open(witness.identity, coordinator.incarnation, farm.logSettings, thread);
                witness.takenUp(counted, farm.jobSettings.offeredTasks());
                if (placeholders.isEmpty()) {
                    fromDisk.tell(() -> prepared(thread, opened, restored));
                    return;
                }
                witness.logging(placeholders);
                opened.append(restored.entries(placeholders)).whenComplete((done, failure) -> {
                    if (!coordinator.isAlive()) {
                        return;
                    }
                    if (failure == null) {
                        witness.logged(placeholders);
                        fromDisk.tell(() -> prepared(thread, opened, restored));
                    } else {
                        witness.notLogged(placeholders);
                        fromDisk.tell(() -> course.notPrepared(failure, now()));
                    }
                });
            } catch (IOException e) {
                fromDisk.tell(() -> course.notPrepared(e, now()));
            }
        });
    }

    private void prepared(DiskThread thread, TokenLog opened, RenderBook restored) {
        disk = Optional.of(thread);
        log = Optional.of(opened);
        book = Optional.of(restored);
        course.prepared(restored, now());
    }

    @Override
    public void takeTiles() {
        takesTiles = true;
        witness.forgetSession();
        witness.maySelectAgain();
    }

    @Override
    public void offer(int stage, List<OfferedTask> tasks) {
        witness.offered(tasks);
        Optional<String> deviceClass = course.deviceClass();
        int priority = farm.priority(witness.job);
        JobTerms terms = book.orElseThrow().terms().withPriority(priority).withDeviceClass(deviceClass);
        toDesk.tell(() -> coordinator.offer(settings, terms, stage, tasks));
    }

    @Override
    public void logged(int stage, int patchCount) {
        toDesk.tell(() -> coordinator.logged(witness.job, stage, patchCount));
    }

    @Override
    public void release(List<PatchId> patches) {
        witness.released(patches);
        toDesk.tell(() -> coordinator.release(witness.job, patches));
    }

    @Override
    public void log(List<TaskResult.Tokens> tokens) {
        witness.logging(tokens);
        log.orElseThrow().append(book.orElseThrow().entries(tokens)).whenComplete((done, failure) -> {
            if (!coordinator.isAlive()) {
                return;
            }
            if (failure == null) {
                witness.logged(tokens);
                fromDisk.tell(() -> course.logged(tokens, now()));
            } else {
                witness.notLogged(tokens);
                fromDisk.tell(() -> course.trouble(failure, now()));
            }
        });
    }

    @Override
    public void accepted(WorkTime work, int tokenCount) {}

    @Override
    public void record(JobEvent event) {
        if (event instanceof JobEvent.DeviceClassFixed) {
            farm.weather.beforeTheFirstResultCounts(this);
        }
        farm.journal.record(
                coordinator,
                event,
                () -> course.recorded(event, now()),
                () -> coordinator.after(farm.micros(farm.jobSettings.statusEvery()), () -> record(event)));
    }

    @Override
    public void withdraw() {
        toDesk.tell(() -> {
            witness.withdrawn();
            coordinator.withdraw(witness.job);
        });
    }

    @Override
    public void deleteTiles() {
        coordinator.after(farm.weather.diskDelay(), () -> {
            if (farm.random.nextInt(10) == 0 && !farm.weather.isCalm()) {
                course.tilesKept();
            } else {
                witness.tilesDeleted();
                course.tilesDeleted(4711, now());
            }
        });
    }

    @Override
    public void saidThatTilesAreDeleted(String sentence) {
        JobWitness.require(
                farm.journal.register().job(witness.job).orElseThrow().cause().equals(Optional.of(sentence)),
                "the journal does not say that the tiles of " + witness.job + " were deleted");
    }

    @Override
    public void windDown() {
        toDesk.tell(() -> {
            witness.windingDown();
            coordinator.windDown(witness.job);
        });
    }

    @Override
    public void windingDown() {
        JobWitness.require(
                standing() == RegisteredJob.Standing.PAUSED,
                witness.job + " is being paused, and the journal does not know");
    }

    @Override
    public void finishPicture() {
        JobWitness.require(book.orElseThrow().heldTokenCount() == 0, "tokens are kept that no patch will ever read");
        coordinator.after(farm.weather.diskDelay(), () -> {
            if (witness.disk.isFull()) {
                course.trouble(new IOException("No space left on device"), now());
            } else {
                course.pictureFinished();
            }
        });
    }

    @Override
    public void completeManifest() {
        coordinator.after(farm.weather.diskDelay(), () -> course.manifestWritten(now()));
    }

    @Override
    public void close() {
        takesTiles = false;
        log.orElseThrow().close().whenComplete((done, failure) -> {
            if (coordinator.isAlive()) {
                fromDisk.tell(() -> {
                    log = Optional.empty();
                    book = Optional.empty();
                    course.closed();
                });
            }
        });
    }

    @Override
    public void stopping(String cause) {
        // Nobody watches.
    }

    @Override
    public void stopped() {
        became(course.state());
        witness.stopped();
        JobWitness.require(
                STANDINGS.get(standing()) == course.state(),
                "the journal has " + witness.job + " as " + standing() + ", and it is " + course.state());
        if (course.state() == Jobs.State.DONE) {
            witness.finished(course.deviceClass());
            farm.finished(witness.job);
        }
    }

    private RegisteredJob.Standing standing() {
        return farm.journal.register().job(witness.job).orElseThrow().standing();
    }

    @Override
    public void resumed() {
        became(Jobs.State.PLANNING);
        JobWitness.require(
                standing() == RegisteredJob.Standing.OPEN, witness.job + " goes on, and the journal does not know it");
    }

    /** The process is killed; the log's thread may be within a write. */
    void die() {
        if (farm.random.nextBoolean()) {
            witness.disk.setDeath(
                    farm.random.nextBoolean()
                            ? SimulatedDisk.Death.WITHIN_THE_WRITE
                            : SimulatedDisk.Death.BEFORE_THE_FORCE);
            disk.ifPresent(DiskThread::dieWhileWriting);
            witness.disk.setDeath(SimulatedDisk.Death.NONE);
        }
    }
}
