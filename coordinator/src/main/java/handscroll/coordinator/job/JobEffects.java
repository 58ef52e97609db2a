package handscroll.coordinator.job;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.lease.JobTerms;
import handscroll.coordinator.lease.LeaseDesk;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.lease.Outcome;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.trace.JobTrace;
import handscroll.protocol.trace.Span;
import handscroll.protocol.trace.Tracing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Brings about what a {@link JobCourse} decided, with the journal, the token log, the lease desk and the picture. Runs
 * within the {@link Job}, which hears what came of it; holds what is open while the job is rendered.
 */
final class JobEffects implements CourseEffects {

    private final ActorContext<Jobs.Command> context;
    private final RegisteredJob registered;
    private final JobId job;
    private final JobSpec spec;
    private final Job.Surroundings around;
    private final JobView view;
    private final Supplier<JobCourse> course;
    private final ActorRef<Outcome> outcomes;
    private final ActorRef<LeaseDesk.Withdrawn> withdrawals;
    private final Tracing tracing;
    private Optional<Preparation.Ready> opened = Optional.empty();
    /** Since it was taken up; empty where nothing is traced. */
    private Optional<TracedRun> run = Optional.empty();
    /** Who asked for the change that is on its way to the journal. */
    private final List<ActorRef<Jobs.Answer>> askers = new ArrayList<>();

    private record TracedRun(JobTrace trace, Instant begun) {
        Span span(JobId job, String title, Jobs.State state, Optional<String> cause, Instant now) {
            Optional<String> failure = state == Jobs.State.FAILED ? cause : Optional.empty();
            return Span.ofJob(trace, job, title, begun, now, JobView.word(state), failure);
        }
    }

    /** @param course whose decisions these are; it begins with them in hand */
    JobEffects(
            ActorContext<Jobs.Command> context,
            RegisteredJob registered,
            JobSpec spec,
            Job.Surroundings around,
            JobView view,
            Supplier<JobCourse> course) {
        this.context = context;
        this.registered = registered;
        this.job = registered.job();
        this.spec = spec;
        this.around = around;
        this.view = view;
        this.course = course;
        this.tracing = Tracing.of(context.getSystem());
        this.outcomes = context.messageAdapter(Outcome.class, Job.FromDesk::new);
        this.withdrawals = context.messageAdapter(LeaseDesk.Withdrawn.class, withdrawn -> new Job.DeskLetGo());
    }

    void opened(Preparation.Ready ready) {
        opened = Optional.of(ready);
    }

    /** All that was open is closed. */
    void forgetOpened() {
        view.closed(status());
        opened = Optional.empty();
    }

    /** Empty while nothing is open. */
    Optional<RenderBook> openBook() {
        return opened.map(Preparation.Ready::book);
    }

    /** Is answered when what is on its way has come about. */
    void answerLater(ActorRef<Jobs.Answer> replyTo) {
        askers.add(replyTo);
    }

    @Override
    public void prepare() {
        context.pipeToSelf(
                around.preparation()
                        .open(
                                registered,
                                course().deviceClass(),
                                course().skipped(),
                                spec,
                                around.incarnation(),
                                (level, column, row) -> self().tell(new Job.TileDurable(level, column, row))),
                (ready, failure) -> failure == null ? new Job.Prepared(ready) : new Job.NotPrepared(failure));
    }

    @Override
    public void takeTiles() {
        around.pictures().open(job, ready().output(), failure -> self().tell(new Job.Trouble(failure)));
        view.begin(now());
        Instant begun = now();
        run = tracing.begin(job, registered.acceptedAt(), begun).map(trace -> new TracedRun(trace, begun));
    }

    @Override
    public void offer(int stage, List<OfferedTask> tasks) {
        view.ready(tasks.stream().map(offered -> offered.task().patch()).toList());
        around.leaseDesk().tell(new LeaseDesk.Offer(ready().renderSettings(), terms(), stage, tasks, outcomes));
    }

    @Override
    public void logged(int stage, int patchCount) {
        around.leaseDesk().tell(new LeaseDesk.Logged(job, stage, patchCount));
    }

    private JobTerms terms() {
        return book().terms()
                .withPriority(spec.priority())
                .withDeviceClass(course().deviceClass())
                .withTrace(run.map(TracedRun::trace));
    }

    @Override
    public void release(List<PatchId> patches) {
        around.leaseDesk().tell(new LeaseDesk.Release(job, patches));
    }

    @Override
    public void log(List<TaskResult.Tokens> tokens) {
        context.pipeToSelf(
                ready().log().append(ready().book().entries(tokens)),
                (done, failure) -> failure == null ? new Job.Logged(tokens) : new Job.Trouble(failure));
    }

    @Override
    public void accepted(WorkTime work, int tokenCount) {
        view.accepted(work, tokenCount, now());
    }

    /** Goes on when the journal has the event, and does not before. */
    @Override
    public void record(JobEvent event) {
        context.pipeToSelf(
                around.preparation().record(around.journal(), around.incarnation(), event),
                (recorded, failure) -> failure == null ? new Job.Recorded(event) : new Job.NotRecorded(event, failure));
    }

    @Override
    public void withdraw() {
        around.leaseDesk().tell(new LeaseDesk.Withdraw(job, withdrawals));
    }

    @Override
    public void windDown() {
        view.tellNews("pausing", "workers finish what they hold of it", now());
        around.leaseDesk().tell(new LeaseDesk.WindDown(job, withdrawals));
    }

    /** A batch may take minutes: whoever asked need not wait for it. */
    @Override
    public void windingDown() {
        answer(JobCourse.WINDING_DOWN + ".");
    }

    @Override
    public void finishPicture() {
        context.pipeToSelf(
                ready().output().whenFinished(),
                (done, failure) -> failure == null ? new Job.PictureFinished() : new Job.Trouble(failure));
    }

    @Override
    public void completeManifest() {
        context.pipeToSelf(
                around.preparation()
                        .complete(
                                spec,
                                ready().manifest(),
                                course().deviceClass(),
                                view.summary(ready().plan(), course().skipped().size(), now())),
                (done, failure) -> failure == null ? new Job.ManifestWritten() : new Job.Trouble(failure));
    }

    /** Told at once: until the journal has taken it, which may lie on a full disk, the state is the old one. */
    @Override
    public void stopping(String cause) {
        view.tellNews(Jobs.Happened.STOPPING, cause, now());
    }

    @Override
    public void close() {
        around.pictures().close(job);
        context.pipeToSelf(
                ready().log().close().thenCombine(ready().output().close(), (log, output) -> log),
                (done, failure) -> new Job.Closed());
    }

    @Override
    public void stopped() {
        view.stopped(course().state(), course().cause(), now());
        run.ifPresent(traced -> tracing.tell(traced.span(job, spec.name(), course().state(), course().cause(), now())));
        run = Optional.empty();
        Jobs.JobStatus status = status();
        around.jobDesk().tell(new Job.StatusChanged(status));
        view.tell(course().state().isOver() ? new Jobs.Ended(job, status) : new Jobs.Moved(job, status));
        if (!course().isDeleting()) {
            answer("is stopped; what it rendered is kept.");
        }
    }

    @Override
    public void resumed() {
        view.tellNews("resumed", "", now());
        answer("goes on where it was.");
    }

    @Override
    public void deleteTiles() {
        context.pipeToSelf(
                around.preparation().deleteTiles(job, spec),
                (bytes, failure) -> failure == null ? new Job.TilesDeleted(bytes) : new Job.TilesKept(failure));
    }

    @Override
    public void saidThatTilesAreDeleted(String sentence) {
        view.tilesDeleted(sentence, now());
        Jobs.JobStatus status = status();
        around.jobDesk().tell(new Job.StatusChanged(status));
        view.tell(new Jobs.Ended(job, status));
        answer("is " + JobView.word(course().state()) + "; " + sentence + ".");
    }

    void tilesKept(Throwable cause) {
        Throwable known = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        String why = known instanceof Refusal refusal
                ? "its tiles are not deleted: "
                        + refusal.problems().stream()
                                .map(problem -> problem.where() + " " + problem.what() + "; " + problem.remedy())
                                .collect(Collectors.joining(". "))
                : "not all of its tiles are deleted: " + known.getMessage();
        answer(false, "is " + JobView.word(course().state()) + ", but " + why + ".");
    }

    private void answer(String sentence) {
        answer(true, sentence);
    }

    private void answer(boolean isDone, String sentence) {
        askers.forEach(asker -> asker.tell(new Jobs.Answer(isDone, "Job " + job + " " + sentence)));
        askers.clear();
    }

    Jobs.JobStatus status() {
        return view.status(course(), openBook(), now());
    }

    private JobCourse course() {
        return course.get();
    }

    private Instant now() {
        return around.clock().instant();
    }

    private Preparation.Ready ready() {
        return opened.orElseThrow(() -> new IllegalStateException("job " + job + " is not open"));
    }

    private RenderBook book() {
        return ready().book();
    }

    private ActorRef<Jobs.Command> self() {
        return context.getSelf();
    }
}
