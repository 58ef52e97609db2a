package handscroll.coordinator.job;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
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
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.task.TaskResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Leads one canvas from its plan to the finished picture: brings the decisions of its {@link JobCourse}
 * and {@link RenderBook} together with the journal, the token log, the lease desk and the picture.
 */
final class Job extends AbstractBehavior<Jobs.Command> {

    /** Everything a job needs from the coordinator around it. */
    record Surroundings(
            ActorRef<JobJournal.Command> journal,
            ActorRef<Leasing.ToDesk> leaseDesk,
            ActorRef<Jobs.Command> jobDesk,
            OpenPictures pictures,
            Preparation preparation,
            long incarnation,
            JobSettings settings,
            ViewSettings view,
            Clock clock) {}

    /** The latest numbers of a job, for whoever asks the desk. */
    record StatusChanged(Jobs.JobStatus status) implements Jobs.Command {}

    /** Many jobs ended since this one: only its picture and its numbers are kept. */
    record ForgetMap() implements Jobs.Command {}

    record Prepared(Preparation.Ready ready) implements Jobs.Command {}

    record NotPrepared(Throwable cause) implements Jobs.Command {}

    record FromDesk(Outcome outcome) implements Jobs.Command {}

    record DeskLetGo() implements Jobs.Command {}

    private record Counted(List<WorkerReport> workers) implements Jobs.Command {}

    private record Hindered(Optional<String> obstacle) implements Jobs.Command {}

    private record DeskAnswered(Jobs.AskWhy question, Optional<PatchId> patch, Optional<JobAccount> account)
            implements Jobs.Command {}

    record Logged(List<TaskResult.Tokens> tokens) implements Jobs.Command {}

    record Trouble(Throwable cause) implements Jobs.Command {}

    record TileDurable(int level, int column, int row) implements Jobs.Command {}

    record PictureFinished() implements Jobs.Command {}

    record TilesDeleted(long bytes) implements Jobs.Command {}

    record TilesKept(Throwable cause) implements Jobs.Command {}

    record ManifestWritten() implements Jobs.Command {}

    record Recorded(JobEvent event) implements Jobs.Command {}

    record NotRecorded(JobEvent event, Throwable cause) implements Jobs.Command {}

    private record RecordAgain(JobEvent event) implements Jobs.Command {}

    record Closed() implements Jobs.Command {}

    private enum Tick implements Jobs.Command {
        INSTANCE
    }

    /** The desk answers from memory. */
    private static final Duration DESK_PATIENCE = Duration.ofSeconds(5);

    private final ActorContext<Jobs.Command> context;
    private final JobId job;
    private final Surroundings around;
    private final ActorRef<List<WorkerReport>> census;
    private final ActorRef<LeaseDesk.Obstacle> obstacles;
    private final JobCourse course;
    private final JobView view;
    private final JobEffects effects;

    /** @param registered as the journal has it: a job that was rendered before goes on where it was */
    static Behavior<Jobs.Command> create(RegisteredJob registered, JobSpec spec, Surroundings around) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, around.settings().statusEvery());
            return new Job(context, registered, spec, around);
        }));
    }

    private Job(ActorContext<Jobs.Command> context, RegisteredJob registered, JobSpec spec, Surroundings around) {
        super(context);
        this.context = context;
        this.job = registered.job();
        this.around = around;
        this.census = context.<List<WorkerReport>>messageAdapter(listClass(), Counted::new);
        this.obstacles = context.messageAdapter(LeaseDesk.Obstacle.class, found -> new Hindered(found.sentence()));
        this.view = new JobView(registered, spec, around.view(), around.incarnation(), now());
        this.effects = new JobEffects(context, registered, spec, around, view, this::course);
        this.course = new JobCourse(registered, around.settings(), effects);
        course.begin();
    }

    @SuppressWarnings("unchecked")
    private static Class<List<WorkerReport>> listClass() {
        return (Class<List<WorkerReport>>) (Class<?>) List.class;
    }

    @Override
    public Receive<Jobs.Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(FromDesk.class, this::onFromDesk)
                .onMessage(Logged.class, this::onLogged)
                .onMessage(TileDurable.class, this::onTileDurable)
                .onMessage(Trouble.class, this::onTrouble)
                .onMessageEquals(Tick.INSTANCE, this::onTick)
                .onMessage(Counted.class, this::onCounted)
                .onMessage(Hindered.class, this::onHindered)
                .onMessage(Prepared.class, this::onPrepared)
                .onMessage(NotPrepared.class, this::onNotPrepared)
                .onMessage(PictureFinished.class, finished -> decided(course::pictureFinished))
                .onMessage(ManifestWritten.class, written -> decided(() -> course.manifestWritten(now())))
                .onMessage(Jobs.Follow.class, this::onFollow)
                .onMessage(Jobs.Pause.class, this::onPause)
                .onMessage(Jobs.Resume.class, this::onResume)
                .onMessage(Jobs.Retry.class, this::onRetry)
                .onMessage(Jobs.Skip.class, this::onSkip)
                .onMessage(Jobs.Cancel.class, this::onCancel)
                .onMessage(TilesDeleted.class, deleted -> decided(() -> course.tilesDeleted(deleted.bytes(), now())))
                .onMessage(TilesKept.class, this::onTilesKept)
                .onMessage(Jobs.AskWhy.class, this::onAskWhy)
                .onMessage(Jobs.AskMap.class, this::onAskMap)
                .onMessage(ForgetMap.class, this::onForgetMap)
                .onMessage(DeskAnswered.class, this::onDeskAnswered)
                .onMessage(DeskLetGo.class, letGo -> decided(course::withdrawn))
                .onMessage(Recorded.class, recorded -> decided(() -> course.recorded(recorded.event(), now())))
                .onMessage(NotRecorded.class, this::onNotRecorded)
                .onMessage(RecordAgain.class, again -> decided(() -> effects.record(again.event())))
                .onMessage(Closed.class, this::onClosed)
                .onSignal(Terminated.class, this::onFollowerGone)
                .build();
    }

    private Behavior<Jobs.Command> decided(Runnable decision) {
        decision.run();
        return this;
    }

    private Behavior<Jobs.Command> onFromDesk(FromDesk message) {
        Outcome outcome = message.outcome();
        if (outcome instanceof Outcome.Started begun) {
            view.started(begun, now());
        } else if (outcome instanceof Outcome.Copied copied) {
            view.copied(copied, now());
        } else if (outcome instanceof Outcome.Compared compared) {
            view.compared(compared.comparison(), now());
        } else if (outcome instanceof Outcome.Returned returned) {
            int count = returned.patches().size();
            context.getLog().warn("{} patches of job [{}] go out again: {}", count, job, returned.reason());
            view.returned(returned, now());
        } else if (outcome instanceof Outcome.GivenUp givenUp) {
            course.givenUp(givenUp, now());
            view.givenUp(givenUp, now());
        } else if (outcome instanceof Outcome.Readmitted readmitted) {
            course.readmitted(readmitted);
            view.readmitted(readmitted, now());
        } else if (outcome instanceof Outcome.Rendered rendered) {
            view.rendered(rendered);
            course.rendered(rendered, now());
        }
        return this;
    }

    private Behavior<Jobs.Command> onLogged(Logged logged) {
        if (state() == Jobs.State.RENDERING) {
            view.logged(logged.tokens());
        }
        course.logged(logged.tokens(), now());
        return this;
    }

    private Behavior<Jobs.Command> onTileDurable(TileDurable tile) {
        view.tellTile(tile.level(), tile.column(), tile.row());
        return this;
    }

    private Behavior<Jobs.Command> onTrouble(Trouble trouble) {
        context.getLog().warn("Job [{}] has trouble", job, trouble.cause());
        course.trouble(trouble.cause(), now());
        return this;
    }

    private Behavior<Jobs.Command> onTick() {
        if (state().isOver() || state() == Jobs.State.PAUSED) {
            return this;
        }
        around.leaseDesk().tell(new LeaseDesk.Census(census));
        around.leaseDesk().tell(new LeaseDesk.AskObstacle(job, obstacles));
        Jobs.JobStatus status = effects.status();
        around.jobDesk().tell(new StatusChanged(status));
        view.tell(new Jobs.Moved(job, status));
        view.tellCells();
        return this;
    }

    private Behavior<Jobs.Command> onCounted(Counted message) {
        view.count(message.workers(), effects.openBook().filter(book -> state() == Jobs.State.RENDERING), now());
        return this;
    }

    private Behavior<Jobs.Command> onHindered(Hindered message) {
        view.hindered(message.obstacle());
        return this;
    }

    private Behavior<Jobs.Command> onPrepared(Prepared prepared) {
        effects.opened(prepared.ready());
        view.prepared(prepared.ready(), now());
        course.prepared(prepared.ready().book(), now());
        return this;
    }

    private Behavior<Jobs.Command> onNotPrepared(NotPrepared failure) {
        context.getLog().warn("Job [{}] cannot be prepared", job, failure.cause());
        course.notPrepared(failure.cause(), now());
        return this;
    }

    private Behavior<Jobs.Command> onFollow(Jobs.Follow follow) {
        context.watch(follow.follower());
        view.follow(follow.follower(), follow);
        follow.follower()
                .tell(state().isOver() ? new Jobs.Ended(job, effects.status()) : new Jobs.Moved(job, effects.status()));
        return this;
    }

    private Behavior<Jobs.Command> onFollowerGone(Terminated gone) {
        view.forgetFollower(gone.getRef());
        return this;
    }

    private Behavior<Jobs.Command> onPause(Jobs.Pause pause) {
        return answerLater(pause.replyTo(), "paused", course.pause(pause.isAtOnce(), now()));
    }

    private Behavior<Jobs.Command> onCancel(Jobs.Cancel cancel) {
        return answerLater(cancel.replyTo(), "cancelled", course.cancel(cancel.deletesTiles(), now()));
    }

    private Behavior<Jobs.Command> onTilesKept(TilesKept kept) {
        context.getLog().warn("The tiles of job [{}] are not deleted", job, kept.cause());
        course.tilesKept();
        effects.tilesKept(kept.cause());
        return this;
    }

    private Behavior<Jobs.Command> onResume(Jobs.Resume resume) {
        return answerLater(resume.replyTo(), "resumed", course.resume(now()));
    }

    private Behavior<Jobs.Command> onRetry(Jobs.Retry retry) {
        Optional<RenderBook> book = effects.openBook().filter(open -> state() == Jobs.State.RENDERING);
        if (book.isEmpty()) {
            return answerLater(retry.replyTo(), "tried again", course.resume(now()));
        }
        try {
            Set<PatchId> givenUp = book.get().quarantined().keySet();
            List<PatchId> again = new ArrayList<>(
                    retry.patch().isEmpty()
                            ? givenUp
                            : List.of(PatchName.find(
                                    retry.patch().get(), book.get().plan())));
            again.retainAll(givenUp);
            around.leaseDesk().tell(new LeaseDesk.Retry(job, again));
            retry.replyTo()
                    .tell(
                            again.isEmpty()
                                    ? new Jobs.Answer(false, "No such patch of job " + job + " was given up.")
                                    : new Jobs.Answer(
                                            true, JobView.goOut(again.size()) + " of job " + job + " out again."));
        } catch (PatchName.Unknown unknown) {
            retry.replyTo().tell(new Jobs.Answer(false, unknown.sentence()));
        }
        return this;
    }

    private Behavior<Jobs.Command> onSkip(Jobs.Skip skip) {
        Optional<JobCourse.GivenUp> known = course.givenUp();
        if (known.isEmpty()) {
            String why = switch (state()) {
                case FAILED, PAUSED, CANCELLED ->
                    " was not rendered since this coordinator started; resume it, and skip what is then given up.";
                case DONE -> " is done: nothing of it is missing.";
                default ->
                    " is " + JobView.word(state()) + "; pause it first, or wait until everything else is rendered.";
            };
            skip.replyTo().tell(new Jobs.Answer(false, "Job " + job + why));
            return this;
        }
        try {
            Plan plan = known.get().plan();
            List<PatchId> patches = new ArrayList<>(
                    skip.patch().isEmpty()
                            ? known.get().patches()
                            : List.of(PatchName.find(skip.patch().get(), plan)));
            patches.retainAll(known.get().patches());
            patches.removeIf(patch -> patch.stage() > plan.sampleStage());
            if (patches.isEmpty()) {
                String no = "No such patch of job " + job + " was given up; tiles cannot be skipped.";
                skip.replyTo().tell(new Jobs.Answer(false, no));
                return this;
            }
            view.tellNews(
                    "skipped",
                    "placeholders for "
                            + patches.stream()
                                    .map(patch -> PatchName.of(patch, plan))
                                    .collect(Collectors.joining(", ")),
                    now());
            return answerLater(skip.replyTo(), "skipped", course.skip(patches, now()));
        } catch (PatchName.Unknown unknown) {
            skip.replyTo().tell(new Jobs.Answer(false, unknown.sentence()));
            return this;
        }
    }

    private Behavior<Jobs.Command> answerLater(ActorRef<Jobs.Answer> replyTo, String verb, boolean isPossible) {
        if (isPossible) {
            effects.answerLater(replyTo);
            return this;
        }
        String standing = course.isWindingDown()
                ? JobCourse.WINDING_DOWN + ","
                : course.isChanging() ? "is just being stopped or resumed" : "is " + JobView.word(state());
        replyTo.tell(new Jobs.Answer(false, "Job " + job + " " + standing + " and cannot be " + verb + "."));
        return this;
    }

    private Behavior<Jobs.Command> onAskMap(Jobs.AskMap question) {
        question.replyTo().tell(view.map());
        return this;
    }

    /** It may have been resumed meanwhile. */
    private Behavior<Jobs.Command> onForgetMap(ForgetMap forget) {
        if (state().isOver()) {
            view.forgetMap();
        }
        return this;
    }

    /** Who holds what is known to the desk alone; the answer is put together when it has spoken. */
    private Behavior<Jobs.Command> onAskWhy(Jobs.AskWhy question) {
        try {
            List<PatchId> patches = Why.patchesAskedOf(effects.openBook(), question.patch());
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
        return this;
    }

    /** Without an answer the asker is told by the time-out of its own that nobody answers. */
    private Behavior<Jobs.Command> onDeskAnswered(DeskAnswered answer) {
        answer.account()
                .ifPresent(account -> answer.question()
                        .replyTo()
                        .tell(new Jobs.Explained(Why.explain(
                                job,
                                state(),
                                course.cause(),
                                course.skipped().size(),
                                effects.openBook(),
                                account,
                                answer.patch()))));
        return this;
    }

    private Behavior<Jobs.Command> onNotRecorded(NotRecorded failed) {
        context.getLog().warn("The journal did not take [{}] and is asked again", failed.event(), failed.cause());
        context.scheduleOnce(around.settings().statusEvery(), context.getSelf(), new RecordAgain(failed.event()));
        return this;
    }

    private Behavior<Jobs.Command> onClosed(Closed closed) {
        effects.forgetOpened();
        course.closed();
        return this;
    }

    private Jobs.State state() {
        return course.state();
    }

    private Instant now() {
        return around.clock().instant();
    }

    private JobCourse course() {
        return course;
    }
}
