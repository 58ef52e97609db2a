package handscroll.coordinator.job;

import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.lease.Outcome;
import handscroll.coordinator.plan.Plan;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.task.TaskResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * Where one job is between its plan and its end, and what may happen to it there. Decides only: it
 * knows neither actors nor files, so the whole farm can be simulated around it.
 *
 * <pre>
 *   planning ─▶ rendering ─▶ finishing ─▶ done
 *      ▲  │         │            │
 *      │  ╰─────────┴────────────┴──▶ stopping: nothing more goes out; the journal hears of it, the desk lets go
 *      │                                 │
 *      ╰──────────── resumed ◀── paused, failed, cancelled
 * </pre>
 *
 * One stop at a time: what comes while one is on its way to the journal is refused, or was its cause.
 * A job that was stopped begins anew when it is resumed, and not before everything of its last life is
 * closed, so that nothing of the two ever meets.
 */
public final class JobCourse {

    /** What is said of a job until workers are through with what they hold of it. */
    static final String WINDING_DOWN =
            "is being paused: workers finish what they hold of it, handscroll pause --now takes it back";

    private final JobId job;
    private final JobSettings settings;
    private final CourseEffects effects;
    private final HeldBackResults heldBack;

    private Jobs.State state = Jobs.State.PLANNING;
    private Optional<String> cause = Optional.empty();
    private boolean isPreparing;
    /** Present from the end of the preparation until all is closed. */
    private Optional<RenderBook> book = Optional.empty();

    /** What was given up when it was last stopped. */
    private Optional<GivenUp> givenUp = Optional.empty();

    private final ReleasePace releases;
    private final Set<PatchId> skipped = new LinkedHashSet<>();
    private boolean isClosing;
    private Optional<PendingStop> stopping = Optional.empty();
    private int openLogs;
    private boolean isResuming;
    /** Its tiles are to be deleted, as soon as it is cancelled and closed, and that said. */
    private boolean isDeleting;

    private boolean resumeIsRecorded;

    /** Patches of a stopped job that failed wherever they were tried, and the plan in which they have their names. */
    public record GivenUp(Plan plan, List<PatchId> patches) {
        public GivenUp {
            patches = List.copyOf(patches);
        }
    }

    /** @param registered as the journal has it: a job that was rendered before goes on where it was */
    public JobCourse(RegisteredJob registered, JobSettings settings, CourseEffects effects) {
        this.job = registered.job();
        this.settings = settings;
        this.effects = effects;
        this.heldBack = new HeldBackResults(settings.heldBackOutcomes(), registered.deviceClass());
        this.releases = new ReleasePace(settings.releasedAtOnce(), settings.releaseEvery());
        this.state = stateOf(registered);
        this.cause = registered.cause();
        registered.skipped().ifPresent(skipped::addAll);
    }

    /** Once, before anything else. */
    public void begin() {
        if (state == Jobs.State.PLANNING) {
            prepare();
        }
    }

    static Jobs.State stateOf(RegisteredJob registered) {
        return switch (registered.standing()) {
            case OPEN -> Jobs.State.PLANNING;
            case PAUSED -> Jobs.State.PAUSED;
            case FAILED -> Jobs.State.FAILED;
            case CANCELLED -> Jobs.State.CANCELLED;
            case FINISHED -> Jobs.State.DONE;
        };
    }

    public Jobs.State state() {
        return state;
    }

    /** Why it is paused or failed, or will be: the journal may lie on the disk that is full, and take nothing. */
    public Optional<String> cause() {
        return isWindingDown()
                ? Optional.of(WINDING_DOWN)
                : stopping.flatMap(stop -> causeOf(stop.event())).or(() -> cause);
    }

    private static Optional<String> causeOf(JobEvent event) {
        if (event instanceof JobEvent.JobPaused paused) {
            return Optional.of(paused.cause());
        }
        return event instanceof JobEvent.JobFailed failed ? Optional.of(failed.cause()) : Optional.empty();
    }

    /** Whose bits the picture is made of; empty until the first result. */
    public Optional<String> deviceClass() {
        return heldBack.deviceClass();
    }

    /** A verb is on its way to the journal; the next one has to wait for it. */
    public boolean isChanging() {
        return stopping.isPresent() || isResuming || isDeleting;
    }

    /** Its tiles are to be deleted, and it is not said yet that they were. */
    boolean isDeleting() {
        return isDeleting;
    }

    boolean isWindingDown() {
        return stopping.filter(PendingStop::isWindingDown).isPresent();
    }

    private boolean isStopped() {
        return state == Jobs.State.PAUSED || state.isOver();
    }

    // Planning.

    private void prepare() {
        state = Jobs.State.PLANNING;
        cause = Optional.empty();
        isPreparing = true;
        openLogs = 0;
        effects.prepare();
    }

    public void prepared(RenderBook restored, Instant now) {
        isPreparing = false;
        book = Optional.of(restored);
        if (isStopped()) {
            close();
        } else if (stopping.isEmpty()) {
            state = Jobs.State.RENDERING;
            effects.takeTiles();
            proceed(now);
        }
    }

    public void notPrepared(Throwable thrown, Instant now) {
        isPreparing = false;
        trouble(thrown, now);
        deleteWhenClosed();
        goOn();
    }

    // Rendering.

    /** The first result decides which device class may render this job, and that must survive before it counts. */
    public void rendered(Outcome.Rendered rendered, Instant now) {
        if (state != Jobs.State.RENDERING) {
            return;
        }
        if (heldBack.isOver()) {
            accept(rendered, now);
        } else if (heldBack.isFull()) {
            trouble(
                    new IllegalStateException(
                            "the journal does not answer; resume the job when its database can be written"),
                    now);
        } else if (heldBack.hold(rendered)) {
            effects.record(new JobEvent.DeviceClassFixed(job, rendered.deviceClass(), now));
        }
    }

    private void accept(Outcome.Rendered rendered, Instant now) {
        List<TaskResult.Tokens> tokens = new ArrayList<>();
        for (TaskResult result : rendered.results()) {
            if (result instanceof TaskResult.Tokens rows) {
                tokens.add(rows);
            } else {
                opened().tileStored(result.patch());
            }
        }
        effects.accepted(rendered.work(), tokens.size());
        if (tokens.isEmpty()) {
            proceed(now);
        } else {
            openLogs++;
            effects.log(tokens);
        }
    }

    /** Only what is in the log is rendered: from here on its readers may start. */
    public void logged(List<TaskResult.Tokens> tokens, Instant now) {
        if (state == Jobs.State.RENDERING) {
            openLogs--;
            tokens.forEach(opened()::tokensLogged);
            proceed(now);
            effects.logged(tokens.get(0).patch().stage(), tokens.size());
            stopWhenReady();
        }
    }

    private void proceed(Instant now) {
        if (stopping.isPresent()) {
            // The desk was told to forget the job: what it is offered now, it would hand out.
            return;
        }
        boolean isComplete = opened().isComplete();
        int released = opened().releasedCount();
        if (isComplete ? released > 0 : releases.isDue(released, now)) {
            effects.release(opened().takeReleased());
        }
        if (isComplete) {
            state = Jobs.State.FINISHING;
            effects.finishPicture();
        } else if (opened().isStuck()) {
            fail(whyStuck(opened()), now);
        } else {
            opened().takeReady(settings.offeredTasks()).forEach(effects::offer);
        }
    }

    public void givenUp(Outcome.GivenUp givenUp, Instant now) {
        if (state == Jobs.State.RENDERING) {
            opened().quarantine(givenUp.patch(), givenUp.reason());
            proceed(now);
        }
    }

    /** Another verdict, or somebody, brought them back. */
    public void readmitted(Outcome.Readmitted readmitted) {
        if (state == Jobs.State.RENDERING) {
            readmitted.patches().forEach(opened()::readmit);
        }
    }

    /** Whoever resumes it tries them again. */
    private static String whyStuck(RenderBook book) {
        Map.Entry<PatchId, String> first =
                book.quarantined().entrySet().iterator().next();
        int others = book.quarantined().size() - 1;
        int waiting = book.blockedCount(Why.COUNTED_CONE);
        return first.getKey() + " was given up: " + first.getValue()
                + (others == 0 ? "" : "; so were " + others + " others")
                + "; " + (waiting == Why.COUNTED_CONE ? "more than " : "") + waiting
                + " patches and tiles wait for what is missing, everything else is rendered";
    }

    // Finishing.

    public void pictureFinished() {
        if (state == Jobs.State.FINISHING && stopping.isEmpty()) {
            effects.completeManifest();
        }
    }

    public void manifestWritten(Instant now) {
        if (state == Jobs.State.FINISHING) {
            stop(new JobEvent.JobFinished(job, now));
        }
    }

    // Stopping.

    /**
     * @param isAtOnce takes back what workers hold of it; otherwise they finish that first, as long as nobody wants it at
     *     once after all
     * @return whether it will be paused
     */
    public boolean pause(boolean isAtOnce, Instant now) {
        if (isAtOnce && isWindingDown()) {
            takeBack(stopping.get());
            return true;
        }
        if (state != Jobs.State.RENDERING || isChanging()) {
            return false;
        }
        stop(new JobEvent.JobPaused(job, "somebody asked for it", now), !isAtOnce);
        return true;
    }

    private void takeBack(PendingStop stop) {
        if (stop.isWindingDown()) {
            stop.hurry();
            withdraw(stop);
        }
    }

    private void withdraw(PendingStop stop) {
        stop.withdrawing();
        effects.withdraw();
    }

    /**
     * @param deletesTiles when it is cancelled, or now if it is already, or has failed
     * @return whether it will be cancelled, or its tiles deleted
     */
    public boolean cancel(boolean deletesTiles, Instant now) {
        if (isChanging() || state == Jobs.State.FINISHING || state == Jobs.State.DONE) {
            return false;
        }
        if (state.isOver()) {
            isDeleting = deletesTiles;
            deleteWhenClosed();
            return deletesTiles;
        }
        isDeleting = deletesTiles;
        stop(new JobEvent.JobCancelled(job, now));
        return true;
    }

    /**
     * A job pauses for what a person can mend (a full disk, a changed file) and fails for what would
     * happen again. Nothing that was logged is lost either way.
     */
    public void trouble(Throwable thrown, Instant now) {
        Throwable trouble =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        String sentence = trouble.getMessage() == null ? trouble.toString() : trouble.getMessage();
        if (trouble instanceof Refusal) {
            fail(sentence, now);
        } else {
            stop(new JobEvent.JobPaused(job, sentence, now));
        }
    }

    private void fail(String why, Instant now) {
        stop(new JobEvent.JobFailed(job, why, now));
    }

    /** First nothing more goes out, then the journal knows and the desk has said its last word, then it is so. */
    private void stop(JobEvent event) {
        stop(event, false);
    }

    private void stop(JobEvent event, boolean slowly) {
        // Whatever is wrong now is wrong for what workers still hold, too.
        stopping.ifPresent(this::takeBack);
        if (stopping.isPresent() || isStopped() && !(event instanceof JobEvent.JobCancelled)) {
            return;
        }
        var stop = new PendingStop(event, slowly);
        stopping = Optional.of(stop);
        if (slowly) {
            stop.withdrawing();
            effects.windDown();
        } else {
            causeOf(event).ifPresent(effects::stopping);
            withdraw(stop);
        }
        effects.record(event);
    }

    public void withdrawn() {
        stopping.ifPresent(PendingStop::withdrawn);
        stopWhenReady();
    }

    public void recorded(JobEvent event, Instant now) {
        if (event instanceof JobEvent.DeviceClassFixed) {
            heldBack.recorded().forEach(rendered -> rendered(rendered, now));
            stopWhenReady();
        } else if (event instanceof JobEvent.JobResumed || event instanceof JobEvent.PatchesSkipped) {
            if (event instanceof JobEvent.PatchesSkipped without) {
                skipped.addAll(without.patches());
            }
            resumeIsRecorded = true;
            goOn();
        } else if (event instanceof JobEvent.TilesDeleted deleted) {
            isDeleting = false;
            cause = Optional.of(deleted.cause());
            effects.saidThatTilesAreDeleted(deleted.cause());
        } else {
            stopping.ifPresent(PendingStop::recorded);
            stopWhenReady();
            if (isWindingDown()) {
                effects.windingDown();
            }
        }
    }

    private void stopWhenReady() {
        boolean hasUnlogged = openLogs > 0 || !heldBack.isEmpty();
        if (stopping.filter(stop -> stop.isThrough(hasUnlogged)).isEmpty()) {
            return;
        }
        JobEvent event = stopping.get().event();
        stopping = Optional.empty();
        cause = causeOf(event);
        if (event instanceof JobEvent.JobPaused) {
            state = Jobs.State.PAUSED;
        } else if (event instanceof JobEvent.JobFailed) {
            state = Jobs.State.FAILED;
        } else {
            state = event instanceof JobEvent.JobFinished ? Jobs.State.DONE : Jobs.State.CANCELLED;
        }
        heldBack.forget();
        if (book.isPresent()) {
            givenUp = Optional.of(new GivenUp(
                    opened().plan(), List.copyOf(opened().quarantined().keySet())));
            close();
        }
        effects.stopped();
        deleteWhenClosed();
    }

    private void deleteWhenClosed() {
        if (isDeleting && isStopped() && !isPreparing && book.isEmpty()) {
            effects.deleteTiles();
        }
    }

    public void tilesDeleted(long bytes, Instant now) {
        String news = String.format(
                Locale.ROOT,
                "its tiles were deleted, %,d MB; resume makes them again from its tokens",
                bytes / 1_000_000);
        effects.record(new JobEvent.TilesDeleted(
                job,
                state == Jobs.State.FAILED ? cause.map(why -> why + "; " + news).orElse(news) : news,
                now));
    }

    /** All of them, or some; why is told by whoever tried. */
    public void tilesKept() {
        isDeleting = false;
    }

    private void close() {
        if (!isClosing) {
            isClosing = true;
            effects.close();
        }
    }

    public void closed() {
        isClosing = false;
        book = Optional.empty();
        deleteWhenClosed();
        goOn();
    }

    // Going on.

    /** @return whether it will go on */
    public boolean resume(Instant now) {
        return goOnWith(new JobEvent.JobResumed(job, now));
    }

    /**
     * Goes on with placeholders for these, so that what reads them can be rendered.
     *
     * @return whether it will
     */
    public boolean skip(List<PatchId> patches, Instant now) {
        return goOnWith(new JobEvent.PatchesSkipped(job, patches, now));
    }

    private boolean goOnWith(JobEvent event) {
        if (!isStopped() || state == Jobs.State.DONE || isChanging()) {
            return false;
        }
        isResuming = true;
        resumeIsRecorded = false;
        effects.record(event);
        return true;
    }

    /** Patches that have placeholders, or will have them when it is prepared next. */
    public Set<PatchId> skipped() {
        return Set.copyOf(skipped);
    }

    /** Empty while it is rendered, when it is done, and where this coordinator never rendered it. */
    public Optional<GivenUp> givenUp() {
        return givenUp.filter(known -> isStopped() && state != Jobs.State.DONE);
    }

    private void goOn() {
        if (isResuming && resumeIsRecorded && !isPreparing && book.isEmpty()) {
            isResuming = false;
            effects.resumed();
            prepare();
        }
    }

    private RenderBook opened() {
        return book.orElseThrow(() -> new IllegalStateException("job " + job + " is not open"));
    }
}
