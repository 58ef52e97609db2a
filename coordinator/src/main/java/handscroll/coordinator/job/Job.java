package handscroll.coordinator.job;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.JobJournal;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.lease.JobAccount;
import handscroll.coordinator.lease.LeaseDesk;
import handscroll.coordinator.lease.Outcome;
import handscroll.coordinator.lease.WorkerReport;
import handscroll.coordinator.plan.Plan;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.task.TaskResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * Leads one canvas from its plan to the finished picture.
 *
 * <ol>
 *   <li>{@link #preparing}: plans, reads what was rendered before, opens the log and the picture.
 *   <li>{@link #rendering}: offers what is ready; what comes back is logged first and then counts.
 *   <li>{@link #finishing}: all cells are rendered; waits for the smallest level of the pyramid.
 *   <li>{@link #stopped}: paused (resumes at the first phase), or over for good.
 * </ol>
 *
 * What is rendered, ready and remembered is decided by the {@link RenderBook}; this actor brings it
 * together with the journal, the token log, the lease desk and the picture.
 */
final class Job {

    /** Everything a job needs from the coordinator around it. */
    record Surroundings(
            ActorRef<JobJournal.Command> journal,
            ActorRef<Leasing.ToDesk> leaseDesk,
            ActorRef<Jobs.Command> jobDesk,
            OpenPictures pictures,
            Preparation preparation,
            long incarnation,
            JobSettings settings,
            Clock clock) {}

    /** The latest numbers of a job, for whoever asks the desk. */
    record StatusChanged(Jobs.JobStatus status) implements Jobs.Command {}

    private record Prepared(Preparation.Ready ready) implements Jobs.Command {}

    private record NotPrepared(Throwable cause) implements Jobs.Command {}

    private record FromDesk(Outcome outcome) implements Jobs.Command {}

    private record Counted(List<WorkerReport> workers) implements Jobs.Command {}

    private record DeskAnswered(Jobs.AskWhy question, Optional<PatchId> patch, Optional<JobAccount> account)
            implements Jobs.Command {}

    private record DeviceClassKnown(String deviceClass) implements Jobs.Command {}

    private record Logged(List<TaskResult.Tokens> tokens) implements Jobs.Command {}

    private record NotLogged(Throwable cause) implements Jobs.Command {}

    private record TileDurable(int level, int column, int row) implements Jobs.Command {}

    private record OutputFailed(Throwable cause) implements Jobs.Command {}

    private record PictureFinished() implements Jobs.Command {}

    private record ManifestWritten() implements Jobs.Command {}

    private record EndRecorded() implements Jobs.Command {}

    private record StopRecorded(JobEvent event, Optional<ActorRef<Jobs.Answer>> replyTo) implements Jobs.Command {}

    private record ResumeRecorded(ActorRef<Jobs.Answer> replyTo) implements Jobs.Command {}

    private record Closed() implements Jobs.Command {}

    private record NotRecorded(JobEvent event, Jobs.Command then, Throwable cause) implements Jobs.Command {}

    private record RecordAgain(JobEvent event, Jobs.Command then) implements Jobs.Command {}

    private enum Tick implements Jobs.Command {
        INSTANCE
    }

    /** The desk answers from memory. */
    private static final Duration DESK_PATIENCE = Duration.ofSeconds(5);

    private final ActorContext<Jobs.Command> context;
    private final RegisteredJob registered;
    private final JobId job;
    private final JobSpec spec;
    private final Surroundings around;
    private final ActorRef<Outcome> outcomes;
    private final ActorRef<List<WorkerReport>> census;
    private final Set<ActorRef<Jobs.Event>> followers = new HashSet<>();
    private final List<Outcome.Rendered> heldBack = new ArrayList<>();

    private Jobs.State state = Jobs.State.PLANNING;
    private Optional<String> cause = Optional.empty();
    private Optional<String> deviceClass;
    private boolean deviceClassRecorded;
    private Optional<Preparation.Ready> opened = Optional.empty();
    private final JobFigures figures;
    private Optional<ResumeRecorded> waitingToResume = Optional.empty();

    /** What is told of a job whose books are closed. */
    private Jobs.JobStatus last;

    /** @param registered as the journal has it: a job that was rendered before goes on where it was */
    static Behavior<Jobs.Command> create(RegisteredJob registered, JobSpec spec, Surroundings around) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, around.settings().statusEvery());
            return new Job(context, registered, spec, around).begin(registered);
        }));
    }

    private Job(ActorContext<Jobs.Command> context, RegisteredJob registered, JobSpec spec, Surroundings around) {
        this.context = context;
        this.registered = registered;
        this.job = registered.job();
        this.spec = spec;
        this.around = around;
        this.deviceClass = registered.deviceClass();
        this.deviceClassRecorded = deviceClass.isPresent();
        this.outcomes = context.messageAdapter(Outcome.class, FromDesk::new);
        this.census = context.<List<WorkerReport>>messageAdapter(listClass(), Counted::new);
        this.figures = new JobFigures(around.clock().instant());
        this.last = statusBefore(registered, spec);
    }

    @SuppressWarnings("unchecked")
    private static Class<List<WorkerReport>> listClass() {
        return (Class<List<WorkerReport>>) (Class<?>) List.class;
    }

    private Behavior<Jobs.Command> begin(RegisteredJob registered) {
        if (registered.standing() == RegisteredJob.Standing.OPEN) {
            return prepare();
        }
        state = stateOf(registered);
        cause = registered.cause();
        return stopped();
    }

    private Behavior<Jobs.Command> preparing() {
        return whatever()
                .onMessage(Prepared.class, this::onPrepared)
                .onMessage(NotPrepared.class, failure -> onTrouble(failure.cause()))
                .build();
    }

    private Behavior<Jobs.Command> rendering() {
        return whatever()
                .onMessage(FromDesk.class, this::onFromDesk)
                .onMessage(DeviceClassKnown.class, this::onDeviceClassKnown)
                .onMessage(Logged.class, this::onLogged)
                .onMessage(NotLogged.class, failure -> onTrouble(failure.cause()))
                .build();
    }

    private Behavior<Jobs.Command> finishing() {
        return whatever()
                .onMessage(PictureFinished.class, this::onPictureFinished)
                .onMessage(ManifestWritten.class, this::onManifestWritten)
                .onMessage(EndRecorded.class, this::onEndRecorded)
                .build();
    }

    private Behavior<Jobs.Command> stopped() {
        return whatever()
                .onMessage(Closed.class, this::onClosed)
                .onMessage(Prepared.class, this::onPreparedInVain)
                .onMessage(ResumeRecorded.class, this::onResumeRecorded)
                .build();
    }

    /** What may come at any time. */
    private BehaviorBuilder<Jobs.Command> whatever() {
        return Behaviors.receive(Jobs.Command.class)
                .onMessage(Jobs.Follow.class, this::onFollow)
                .onMessage(Jobs.Pause.class, this::onPause)
                .onMessage(Jobs.Resume.class, this::onResume)
                .onMessage(Jobs.Cancel.class, this::onCancel)
                .onMessage(Jobs.AskWhy.class, this::onAskWhy)
                .onMessage(DeskAnswered.class, this::onDeskAnswered)
                .onMessage(StopRecorded.class, this::onStopRecorded)
                .onMessage(TileDurable.class, this::onTileDurable)
                .onMessage(OutputFailed.class, failure -> onTrouble(failure.cause()))
                .onMessage(Counted.class, this::onCounted)
                .onMessage(NotRecorded.class, this::onNotRecorded)
                .onMessage(RecordAgain.class, again -> {
                    record(again.event(), again.then());
                    return Behaviors.same();
                })
                .onMessageEquals(Tick.INSTANCE, this::onTick)
                .onSignal(Terminated.class, this::onFollowerGone);
    }

    private Behavior<Jobs.Command> prepare() {
        state = Jobs.State.PLANNING;
        cause = Optional.empty();
        context.pipeToSelf(
                around.preparation()
                        .open(
                                registered,
                                deviceClass,
                                spec,
                                around.incarnation(),
                                (level, column, row) -> self().tell(new TileDurable(level, column, row))),
                (ready, failure) -> failure == null ? new Prepared(ready) : new NotPrepared(failure));
        return preparing();
    }

    private Behavior<Jobs.Command> onPrepared(Prepared prepared) {
        Preparation.Ready ready = prepared.ready();
        opened = Optional.of(ready);
        around.pictures().open(job, ready.output(), failure -> self().tell(new OutputFailed(failure)));
        state = Jobs.State.RENDERING;
        figures.begin(now());
        return ready.book().isComplete() ? finish() : offerReady();
    }

    private Behavior<Jobs.Command> onFromDesk(FromDesk message) {
        Outcome outcome = message.outcome();
        if (outcome instanceof Outcome.Returned returned) {
            context.getLog()
                    .warn(
                            "{} patches of job [{}] go out again: {}",
                            returned.patches().size(),
                            job,
                            returned.reason());
        } else if (outcome instanceof Outcome.GivenUp givenUp) {
            return onTrouble(new PatchGivenUp(givenUp.patch() + " was given up: " + givenUp.reason()));
        } else if (outcome instanceof Outcome.Rendered rendered) {
            return onRendered(rendered);
        }
        return Behaviors.same();
    }

    /** The first result decides which device class may render this job, and that must survive before it counts. */
    private Behavior<Jobs.Command> onRendered(Outcome.Rendered rendered) {
        if (!deviceClassRecorded) {
            if (heldBack.size() >= around.settings().heldBackOutcomes()) {
                return onTrouble(new IllegalStateException(
                        "the journal does not answer; resume the job when its database can be written"));
            }
            heldBack.add(rendered);
            if (deviceClass.isEmpty()) {
                deviceClass = Optional.of(rendered.deviceClass());
                record(
                        new JobEvent.DeviceClassFixed(job, rendered.deviceClass(), now()),
                        new DeviceClassKnown(rendered.deviceClass()));
            }
            return Behaviors.same();
        }
        return accept(rendered);
    }

    private Behavior<Jobs.Command> onDeviceClassKnown(DeviceClassKnown known) {
        deviceClassRecorded = true;
        List<Outcome.Rendered> waiting = List.copyOf(heldBack);
        heldBack.clear();
        Behavior<Jobs.Command> next = Behaviors.same();
        for (Outcome.Rendered rendered : waiting) {
            if (state == Jobs.State.RENDERING) {
                next = accept(rendered);
            }
        }
        return next;
    }

    private Behavior<Jobs.Command> accept(Outcome.Rendered rendered) {
        Optional<String> refusal = book().refusal(rendered.results());
        if (refusal.isPresent()) {
            return onTrouble(new PatchGivenUp(refusal.get() + " came from worker " + rendered.worker()));
        }
        List<TaskResult.Tokens> tokens = new ArrayList<>();
        for (TaskResult result : rendered.results()) {
            if (result instanceof TaskResult.Tokens rows) {
                tokens.add(rows);
            } else {
                book().tileStored(result.patch());
            }
        }
        figures.leaseEnded(rendered.work(), tokens.size(), now());
        if (tokens.isEmpty()) {
            return proceed();
        }
        context.pipeToSelf(
                ready().log().append(book().entries(tokens)),
                (done, failure) -> failure == null ? new Logged(tokens) : new NotLogged(failure));
        return Behaviors.same();
    }

    /** Only what is in the log is rendered: from here on its readers may start. */
    private Behavior<Jobs.Command> onLogged(Logged logged) {
        logged.tokens().forEach(book()::tokensLogged);
        return proceed();
    }

    private Behavior<Jobs.Command> proceed() {
        var released = book().takeReleased();
        if (!released.isEmpty()) {
            around.leaseDesk().tell(new LeaseDesk.Release(job, released));
        }
        return book().isComplete() ? finish() : offerReady();
    }

    private Behavior<Jobs.Command> offerReady() {
        book().takeReady(around.settings().offeredTasks())
                .forEach((stage, tasks) -> around.leaseDesk()
                        .tell(new LeaseDesk.Offer(ready().renderSettings(), deviceClass, stage, tasks, outcomes)));
        return rendering();
    }

    private Behavior<Jobs.Command> finish() {
        state = Jobs.State.FINISHING;
        context.pipeToSelf(
                ready().output().whenFinished(),
                (done, failure) -> failure == null ? new PictureFinished() : new OutputFailed(failure));
        return finishing();
    }

    private Behavior<Jobs.Command> onPictureFinished(PictureFinished message) {
        context.pipeToSelf(
                around.preparation()
                        .complete(
                                spec,
                                ready().manifest(),
                                deviceClass,
                                figures.summary(
                                        ready().plan().patchCount(),
                                        ready().plan().criticalPath(),
                                        now())),
                (done, failure) -> failure == null ? new ManifestWritten() : new OutputFailed(failure));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onManifestWritten(ManifestWritten message) {
        record(new JobEvent.JobFinished(job, now()), new EndRecorded());
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onEndRecorded(EndRecorded message) {
        return stop(Jobs.State.DONE, Optional.empty());
    }

    private Behavior<Jobs.Command> onPause(Jobs.Pause pause) {
        if (state != Jobs.State.RENDERING) {
            return refuse(pause.replyTo(), "paused");
        }
        return requestStop(new JobEvent.JobPaused(job, "somebody asked for it", now()), Optional.of(pause.replyTo()));
    }

    private Behavior<Jobs.Command> onCancel(Jobs.Cancel cancel) {
        if (state.isOver() || state == Jobs.State.FINISHING) {
            return refuse(cancel.replyTo(), "cancelled");
        }
        return requestStop(new JobEvent.JobCancelled(job, now()), Optional.of(cancel.replyTo()));
    }

    private Behavior<Jobs.Command> onResume(Jobs.Resume resume) {
        if (state != Jobs.State.PAUSED && state != Jobs.State.FAILED && state != Jobs.State.CANCELLED) {
            return refuse(resume.replyTo(), "resumed");
        }
        record(new JobEvent.JobResumed(job, now()), new ResumeRecorded(resume.replyTo()));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onResumeRecorded(ResumeRecorded resume) {
        if (opened.isPresent()) {
            // Its log and its picture are still being closed.
            waitingToResume = Optional.of(resume);
            return Behaviors.same();
        }
        resume.replyTo().tell(new Jobs.Answer(true, "Job " + job + " goes on where it was."));
        return prepare();
    }

    private Behavior<Jobs.Command> refuse(ActorRef<Jobs.Answer> replyTo, String verb) {
        replyTo.tell(new Jobs.Answer(
                false,
                "Job " + job + " is " + state.name().toLowerCase(java.util.Locale.ROOT) + " and cannot be " + verb
                        + "."));
        return Behaviors.same();
    }

    /**
     * A job pauses for what a person can mend (a full disk, a changed file) and fails for what would
     * happen again. Nothing that was logged is lost either way.
     */
    private Behavior<Jobs.Command> onTrouble(Throwable thrown) {
        Throwable trouble =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (state == Jobs.State.PAUSED || state.isOver()) {
            return Behaviors.same();
        }
        context.getLog().warn("Job [{}] cannot go on", job, trouble);
        String sentence = trouble.getMessage() == null ? trouble.toString() : trouble.getMessage();
        boolean forGood = trouble instanceof Refusal || trouble instanceof PatchGivenUp;
        return requestStop(
                forGood ? new JobEvent.JobFailed(job, sentence, now()) : new JobEvent.JobPaused(job, sentence, now()),
                Optional.empty());
    }

    private static final class PatchGivenUp extends RuntimeException {
        private static final long serialVersionUID = 1;

        PatchGivenUp(String message) {
            super(message);
        }
    }

    /** First nothing more goes out, then the journal knows, then it is so. */
    private Behavior<Jobs.Command> requestStop(JobEvent event, Optional<ActorRef<Jobs.Answer>> replyTo) {
        around.leaseDesk().tell(new LeaseDesk.Withdraw(job, context.getSystem().ignoreRef()));
        record(event, new StopRecorded(event, replyTo));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onStopRecorded(StopRecorded stop) {
        if (state == Jobs.State.PAUSED || state.isOver()) {
            return Behaviors.same();
        }
        stop.replyTo()
                .ifPresent(asker ->
                        asker.tell(new Jobs.Answer(true, "Job " + job + " is stopped; what it rendered is kept.")));
        if (stop.event() instanceof JobEvent.JobPaused paused) {
            return stop(Jobs.State.PAUSED, Optional.of(paused.cause()));
        }
        return stop.event() instanceof JobEvent.JobFailed failed
                ? stop(Jobs.State.FAILED, Optional.of(failed.cause()))
                : stop(Jobs.State.CANCELLED, Optional.empty());
    }

    private Behavior<Jobs.Command> stop(Jobs.State how, Optional<String> why) {
        figures.pause(now());
        state = how;
        cause = why;
        around.pictures().close(job);
        heldBack.clear();
        opened.ifPresent(ready -> context.pipeToSelf(
                ready.log().close().thenCombine(ready.output().close(), (log, output) -> log),
                (done, failure) -> new Closed()));
        Jobs.JobStatus status = status();
        around.jobDesk().tell(new StatusChanged(status));
        Jobs.Event event = how.isOver() ? new Jobs.Ended(job, status) : new Jobs.Moved(job, status);
        followers.forEach(follower -> follower.tell(event));
        return stopped();
    }

    private Behavior<Jobs.Command> onClosed(Closed closed) {
        last = status();
        opened = Optional.empty();
        Optional<ResumeRecorded> resume = waitingToResume;
        waitingToResume = Optional.empty();
        return resume.map(this::onResumeRecorded).orElse(Behaviors.same());
    }

    /** It was stopped while it was being prepared. */
    private Behavior<Jobs.Command> onPreparedInVain(Prepared prepared) {
        prepared.ready().log().close();
        prepared.ready().output().close();
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onFollow(Jobs.Follow follow) {
        context.watch(follow.follower());
        followers.add(follow.follower());
        follow.follower().tell(state.isOver() ? new Jobs.Ended(job, status()) : new Jobs.Moved(job, status()));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onFollowerGone(Terminated gone) {
        followers.removeIf(follower -> follower.equals(gone.getRef()));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onTileDurable(TileDurable tile) {
        var event = new Jobs.TileStored(job, tile.level(), tile.column(), tile.row());
        followers.forEach(follower -> follower.tell(event));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onTick() {
        if (state.isOver() || state == Jobs.State.PAUSED) {
            return Behaviors.same();
        }
        around.leaseDesk().tell(new LeaseDesk.Census(census));
        Jobs.JobStatus status = status();
        around.jobDesk().tell(new StatusChanged(status));
        followers.forEach(follower -> follower.tell(new Jobs.Moved(job, status)));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onCounted(Counted message) {
        figures.count(message.workers(), now());
        return Behaviors.same();
    }

    /** Who holds what is known to the desk alone; the answer is put together when it has spoken. */
    private Behavior<Jobs.Command> onAskWhy(Jobs.AskWhy question) {
        try {
            List<PatchId> patches = Why.patchesAskedOf(openBook(), question.patch());
            context.ask(
                    JobAccount.class,
                    around.leaseDesk(),
                    DESK_PATIENCE,
                    replyTo -> new LeaseDesk.AskWhy(job, patches, replyTo),
                    (account, failure) -> new DeskAnswered(
                            question,
                            patches.stream().findFirst(),
                            failure == null ? Optional.of(account) : Optional.empty()));
        } catch (PatchName.Unknown unknown) {
            question.replyTo().tell(new Jobs.NoSuchPatch(unknown.sentence()));
        }
        return Behaviors.same();
    }

    /** Without an answer the asker is told by the time-out of its own that nobody answers. */
    private Behavior<Jobs.Command> onDeskAnswered(DeskAnswered answer) {
        answer.account()
                .ifPresent(account -> answer.question()
                        .replyTo()
                        .tell(new Jobs.Explained(Why.explain(job, state, cause, openBook(), account, answer.patch()))));
        return Behaviors.same();
    }

    private Optional<RenderBook> openBook() {
        return opened.map(Preparation.Ready::book);
    }

    /** Of a job that no actor leads yet. */
    static Jobs.JobStatus statusBefore(RegisteredJob registered, JobSpec spec) {
        return new Jobs.JobStatus(
                registered.job(),
                spec.name(),
                spec,
                stateOf(registered),
                List.of(),
                0,
                0,
                0,
                0,
                Preparation.directory(spec),
                registered.acceptedAt(),
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                WorkTime.NONE,
                Duration.ZERO,
                registered.cause());
    }

    private static Jobs.State stateOf(RegisteredJob registered) {
        return switch (registered.standing()) {
            case OPEN -> Jobs.State.PLANNING;
            case PAUSED -> Jobs.State.PAUSED;
            case FAILED -> Jobs.State.FAILED;
            case CANCELLED -> Jobs.State.CANCELLED;
            case FINISHED -> Jobs.State.DONE;
        };
    }

    private Jobs.JobStatus status() {
        if (opened.isEmpty()) {
            return last.as(state, cause);
        }
        Plan plan = ready().plan();
        return new Jobs.JobStatus(
                job,
                spec.name(),
                spec,
                state,
                book().stages(),
                plan.tileGrid().columns(),
                plan.tileGrid().rows(),
                Plan.TILE_PIXELS,
                plan.criticalPath(),
                Preparation.directory(spec),
                registered.acceptedAt(),
                figures.elapsed(now()),
                figures.remaining(book().unrenderedPatchCount(), now()),
                figures.bound(book().unrenderedPath()),
                figures.patchesPerSecond(now()),
                figures.workerCount(),
                figures.work(),
                figures.slotTime(),
                cause);
    }

    /** Goes on with {@code then} when the journal has the event, and does not before. */
    private void record(JobEvent event, Jobs.Command then) {
        context.pipeToSelf(
                around.preparation().record(around.journal(), event),
                (recorded, failure) -> failure == null ? then : new NotRecorded(event, then, failure));
    }

    private Behavior<Jobs.Command> onNotRecorded(NotRecorded failed) {
        context.getLog().warn("The journal did not take [{}] and is asked again", failed.event(), failed.cause());
        context.scheduleOnce(around.settings().statusEvery(), self(), new RecordAgain(failed.event(), failed.then()));
        return Behaviors.same();
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
