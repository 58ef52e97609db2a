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
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.lease.Outcome;
import handscroll.coordinator.lease.WorkerReport;
import handscroll.coordinator.plan.Plan;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.task.TaskResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

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

    private record Prepared(Preparation.Ready ready) implements Jobs.Command {}

    private record NotPrepared(Throwable cause) implements Jobs.Command {}

    private record FromDesk(Outcome outcome) implements Jobs.Command {}

    private record DeskLetGo() implements Jobs.Command {}

    private record Counted(List<WorkerReport> workers) implements Jobs.Command {}

    private record Hindered(Optional<String> obstacle) implements Jobs.Command {}

    private record DeskAnswered(Jobs.AskWhy question, Optional<PatchId> patch, Optional<JobAccount> account)
            implements Jobs.Command {}

    private record Logged(List<TaskResult.Tokens> tokens) implements Jobs.Command {}

    private record Trouble(Throwable cause) implements Jobs.Command {}

    private record TileDurable(int level, int column, int row) implements Jobs.Command {}

    private record PictureFinished() implements Jobs.Command {}

    private record ManifestWritten() implements Jobs.Command {}

    private record Recorded(JobEvent event) implements Jobs.Command {}

    private record NotRecorded(JobEvent event, Throwable cause) implements Jobs.Command {}

    private record RecordAgain(JobEvent event) implements Jobs.Command {}

    private record Closed() implements Jobs.Command {}

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
    private final ActorRef<LeaseDesk.Withdrawn> withdrawals;
    private final ActorRef<List<WorkerReport>> census;
    private final ActorRef<LeaseDesk.Obstacle> obstacles;
    private final Set<ActorRef<Jobs.Event>> followers = new HashSet<>();
    private final JobCourse course;
    private final JobFigures figures;
    private final EventHistory history;
    private final WidthCurve widths;

    /** Known from the first plan on, and kept when the books are closed. */
    private Optional<CellHistory> cells = Optional.empty();

    private List<Jobs.PlannedWidth> planned = List.of();
    private Optional<Preparation.Ready> opened = Optional.empty();
    /** Who asked for the change that is on its way to the journal. */
    private Optional<ActorRef<Jobs.Answer>> asker = Optional.empty();

    /** What kept it from being rendered at all when the desk was last asked. */
    private Optional<String> obstacle = Optional.empty();

    /** What is told of a job whose books are closed. */
    private Jobs.JobStatus last;

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
        this.registered = registered;
        this.job = registered.job();
        this.spec = spec;
        this.around = around;
        this.outcomes = context.messageAdapter(Outcome.class, FromDesk::new);
        this.withdrawals = context.messageAdapter(LeaseDesk.Withdrawn.class, withdrawn -> new DeskLetGo());
        this.census = context.<List<WorkerReport>>messageAdapter(listClass(), Counted::new);
        this.obstacles = context.messageAdapter(LeaseDesk.Obstacle.class, found -> new Hindered(found.sentence()));
        this.figures = new JobFigures(around.clock().instant());
        this.history = new EventHistory(around.incarnation(), around.view().rememberedEvents());
        this.widths = new WidthCurve(around.view().widthSamples());
        this.last = statusBefore(registered, spec);
        this.course = new JobCourse(registered, around.settings(), new ToTheFarm());
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
                .onMessage(Jobs.Cancel.class, this::onCancel)
                .onMessage(Jobs.AskWhy.class, this::onAskWhy)
                .onMessage(Jobs.AskMap.class, this::onAskMap)
                .onMessage(ForgetMap.class, this::onForgetMap)
                .onMessage(DeskAnswered.class, this::onDeskAnswered)
                .onMessage(DeskLetGo.class, letGo -> decided(course::withdrawn))
                .onMessage(Recorded.class, recorded -> decided(() -> course.recorded(recorded.event(), now())))
                .onMessage(NotRecorded.class, this::onNotRecorded)
                .onMessage(RecordAgain.class, again -> decided(() -> record(again.event())))
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
            cells.ifPresent(map -> map.started(begun.patches(), begun.worker(), now()));
        } else if (outcome instanceof Outcome.Returned returned) {
            context.getLog()
                    .warn(
                            "{} patches of job [{}] go out again: {}",
                            returned.patches().size(),
                            job,
                            returned.reason());
            cells.ifPresent(
                    map -> figures.returned(returned.patches().size(), map.returned(returned.patches(), now())));
            tellNews("returned", counted(returned.patches().size()) + " out again: " + returned.reason());
        } else if (outcome instanceof Outcome.GivenUp givenUp) {
            cells.ifPresent(map -> map.givenUp(List.of(givenUp.patch())));
            course.givenUp(givenUp, now());
            tellNews("given up", givenUp.patch() + ": " + givenUp.reason());
        } else if (outcome instanceof Outcome.Readmitted readmitted) {
            cells.ifPresent(map -> map.ready(readmitted.patches()));
            course.readmitted(readmitted);
            tellNews("readmitted", counted(readmitted.patches().size()) + " out again: " + readmitted.reason());
        } else if (outcome instanceof Outcome.Rendered rendered) {
            cells.ifPresent(map -> map.finished(
                    rendered.results().stream().map(TaskResult::patch).toList(),
                    rendered.work()
                            .sampling()
                            .plus(rendered.work().decoding())
                            .plus(rendered.work().encoding())));
            cells.ifPresent(map -> map.rendered(rendered.results().stream()
                    .filter(TaskResult.TileStored.class::isInstance)
                    .map(TaskResult::patch)
                    .toList()));
            course.rendered(rendered, now());
        }
        return this;
    }

    private static String counted(int count) {
        return count == 1 ? "1 patch goes" : count + " patches go";
    }

    private Behavior<Jobs.Command> onLogged(Logged logged) {
        if (state() == Jobs.State.RENDERING) {
            cells.ifPresent(map -> map.rendered(
                    logged.tokens().stream().map(TaskResult.Tokens::patch).toList()));
        }
        course.logged(logged.tokens(), now());
        return this;
    }

    private Behavior<Jobs.Command> onTileDurable(TileDurable tile) {
        tell(new Jobs.TileStored(job, history.nextNumber(), tile.level(), tile.column(), tile.row()));
        return this;
    }

    private void tellNews(String kind, String sentence) {
        tell(new Jobs.Happened(job, history.nextNumber(), now(), kind, sentence));
    }

    private void tell(Jobs.Numbered event) {
        history.add(event);
        followers.forEach(follower -> follower.tell(event));
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
        Jobs.JobStatus status = status();
        around.jobDesk().tell(new StatusChanged(status));
        followers.forEach(follower -> follower.tell(new Jobs.Moved(job, status)));
        tellCells();
        return this;
    }

    /** Taken also when nobody follows, so that what changed does not pile up. */
    private void tellCells() {
        cells.ifPresent(map -> {
            Jobs.CellsChanged changes = map.takeChanges(job, around.view().cellChanges());
            if (changes.isTooMuch() || !changes.cells().isEmpty()) {
                followers.forEach(follower -> follower.tell(changes));
            }
        });
    }

    private Behavior<Jobs.Command> onCounted(Counted message) {
        boolean isStarved = opened.isPresent()
                && state() == Jobs.State.RENDERING
                && book().stages().stream()
                                .mapToInt(Jobs.StageProgress::readyCount)
                                .sum()
                        == 0;
        figures.count(message.workers(), isStarved, now());
        if (state() == Jobs.State.RENDERING && opened.isPresent()) {
            widths.add(widthNow(message.workers()));
        }
        return this;
    }

    private Jobs.WidthSample widthNow(List<WorkerReport> workers) {
        long rendered = 0;
        int open = 0;
        for (Jobs.StageProgress stage : book().stages()) {
            rendered += stage.renderedCount();
            open += stage.readyCount() + stage.leasedCount();
        }
        int leased = cells.map(CellHistory::inWorkCount).orElse(0);
        return new Jobs.WidthSample(
                figures.elapsed(now()), rendered, leased, Math.max(0, open - leased), workers.size());
    }

    private Behavior<Jobs.Command> onHindered(Hindered message) {
        obstacle = message.obstacle();
        return this;
    }

    private Behavior<Jobs.Command> onPrepared(Prepared prepared) {
        opened = Optional.of(prepared.ready());
        planned = prepared.ready().plannedWidths();
        CellHistory map = cells.orElseGet(() -> new CellHistory(prepared.ready().plan()));
        map.restart(prepared.ready().book());
        cells = Optional.of(map);
        tellNews("planned", planText(prepared.ready().plan()));
        course.prepared(prepared.ready().book(), now());
        return this;
    }

    private static String planText(Plan plan) {
        return String.format(
                Locale.ROOT,
                "%,d patches in direction %s, at least %,d one after the other",
                plan.patchCount(),
                plan.direction().configName(),
                plan.criticalPath());
    }

    private Behavior<Jobs.Command> onNotPrepared(NotPrepared failure) {
        context.getLog().warn("Job [{}] cannot be prepared", job, failure.cause());
        course.notPrepared(failure.cause(), now());
        return this;
    }

    private Behavior<Jobs.Command> onFollow(Jobs.Follow follow) {
        context.watch(follow.follower());
        followers.add(follow.follower());
        EventHistory.Replay replay = history.after(follow.heard());
        if (replay.missedCount() > 0) {
            follow.follower().tell(new Jobs.Missed(job, replay.missedCount()));
        }
        replay.events().forEach(event -> follow.follower().tell(event));
        follow.follower().tell(state().isOver() ? new Jobs.Ended(job, status()) : new Jobs.Moved(job, status()));
        return this;
    }

    private Behavior<Jobs.Command> onFollowerGone(Terminated gone) {
        followers.removeIf(follower -> follower.equals(gone.getRef()));
        return this;
    }

    private Behavior<Jobs.Command> onPause(Jobs.Pause pause) {
        return answerLater(pause.replyTo(), "paused", course.pause(now()));
    }

    private Behavior<Jobs.Command> onCancel(Jobs.Cancel cancel) {
        return answerLater(cancel.replyTo(), "cancelled", course.cancel(now()));
    }

    private Behavior<Jobs.Command> onResume(Jobs.Resume resume) {
        return answerLater(resume.replyTo(), "resumed", course.resume(now()));
    }

    private Behavior<Jobs.Command> onRetry(Jobs.Retry retry) {
        if (state() != Jobs.State.RENDERING || opened.isEmpty()) {
            return answerLater(retry.replyTo(), "tried again", course.resume(now()));
        }
        try {
            Set<PatchId> givenUp = book().quarantined().keySet();
            List<PatchId> again = new ArrayList<>(
                    retry.patch().isEmpty()
                            ? givenUp
                            : List.of(PatchName.find(retry.patch().get(), book().plan())));
            again.retainAll(givenUp);
            around.leaseDesk().tell(new LeaseDesk.Retry(job, again));
            retry.replyTo()
                    .tell(
                            again.isEmpty()
                                    ? new Jobs.Answer(false, "No such patch of job " + job + " was given up.")
                                    : new Jobs.Answer(true, counted(again.size()) + " of job " + job + " out again."));
        } catch (PatchName.Unknown unknown) {
            retry.replyTo().tell(new Jobs.Answer(false, unknown.sentence()));
        }
        return this;
    }

    private Behavior<Jobs.Command> answerLater(ActorRef<Jobs.Answer> replyTo, String verb, boolean isPossible) {
        if (isPossible) {
            asker = Optional.of(replyTo);
            return this;
        }
        String standing = course.isChanging() ? "is just being stopped or resumed" : "is " + word(state());
        replyTo.tell(new Jobs.Answer(false, "Job " + job + " " + standing + " and cannot be " + verb + "."));
        return this;
    }

    private static String word(Jobs.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private void answer(String sentence) {
        asker.ifPresent(waiting -> waiting.tell(new Jobs.Answer(true, "Job " + job + " " + sentence)));
        asker = Optional.empty();
    }

    private Behavior<Jobs.Command> onAskMap(Jobs.AskMap question) {
        question.replyTo()
                .tell(cells.map(map ->
                        new Jobs.JobMap(job, map.all(), map.workers(), widths.samples(), planned, history.happened())));
        return this;
    }

    /** It may have been resumed meanwhile. */
    private Behavior<Jobs.Command> onForgetMap(ForgetMap forget) {
        if (state().isOver()) {
            cells = Optional.empty();
            planned = List.of();
            history.forget();
        }
        return this;
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
        return this;
    }

    /** Without an answer the asker is told by the time-out of its own that nobody answers. */
    private Behavior<Jobs.Command> onDeskAnswered(DeskAnswered answer) {
        answer.account()
                .ifPresent(account -> answer.question()
                        .replyTo()
                        .tell(new Jobs.Explained(
                                Why.explain(job, state(), course.cause(), openBook(), account, answer.patch()))));
        return this;
    }

    private Behavior<Jobs.Command> onNotRecorded(NotRecorded failed) {
        context.getLog().warn("The journal did not take [{}] and is asked again", failed.event(), failed.cause());
        context.scheduleOnce(around.settings().statusEvery(), self(), new RecordAgain(failed.event()));
        return this;
    }

    private Behavior<Jobs.Command> onClosed(Closed closed) {
        last = status();
        opened = Optional.empty();
        course.closed();
        return this;
    }

    /** Goes on when the journal has the event, and does not before. */
    private void record(JobEvent event) {
        context.pipeToSelf(
                around.preparation().record(around.journal(), around.incarnation(), event),
                (recorded, failure) -> failure == null ? new Recorded(event) : new NotRecorded(event, failure));
    }

    /** Brings about what was decided; runs within this actor. */
    private final class ToTheFarm implements JobCourse.Effects {

        @Override
        public void prepare() {
            context.pipeToSelf(
                    around.preparation()
                            .open(
                                    registered,
                                    course.deviceClass(),
                                    spec,
                                    around.incarnation(),
                                    (level, column, row) -> self().tell(new TileDurable(level, column, row))),
                    (ready, failure) -> failure == null ? new Prepared(ready) : new NotPrepared(failure));
        }

        @Override
        public void takeTiles() {
            around.pictures().open(job, ready().output(), failure -> self().tell(new Trouble(failure)));
            figures.begin(now());
        }

        @Override
        public void offer(int stage, List<OfferedTask> tasks) {
            cells.ifPresent(map -> map.ready(
                    tasks.stream().map(offered -> offered.task().patch()).toList()));
            around.leaseDesk()
                    .tell(new LeaseDesk.Offer(
                            ready().renderSettings(),
                            Optional.of(book().tokenShape()),
                            spec.priority(),
                            course.deviceClass(),
                            stage,
                            tasks,
                            outcomes));
        }

        @Override
        public void release(List<PatchId> patches) {
            around.leaseDesk().tell(new LeaseDesk.Release(job, patches));
        }

        @Override
        public void log(List<TaskResult.Tokens> tokens) {
            context.pipeToSelf(
                    ready().log().append(ready().book().entries(tokens)),
                    (done, failure) -> failure == null ? new Logged(tokens) : new Trouble(failure));
        }

        @Override
        public void accepted(WorkTime work, int tokenCount) {
            figures.leaseEnded(work, tokenCount, now());
        }

        @Override
        public void record(JobEvent event) {
            Job.this.record(event);
        }

        @Override
        public void withdraw() {
            around.leaseDesk().tell(new LeaseDesk.Withdraw(job, withdrawals));
        }

        @Override
        public void finishPicture() {
            context.pipeToSelf(
                    ready().output().whenFinished(),
                    (done, failure) -> failure == null ? new PictureFinished() : new Trouble(failure));
        }

        @Override
        public void completeManifest() {
            Plan plan = ready().plan();
            context.pipeToSelf(
                    around.preparation()
                            .complete(
                                    spec,
                                    ready().manifest(),
                                    course.deviceClass(),
                                    figures.summary(plan.patchCount(), plan.criticalPath(), now())),
                    (done, failure) -> failure == null ? new ManifestWritten() : new Trouble(failure));
        }

        /** Told at once: until the journal has taken it, which may lie on a full disk, the state is the old one. */
        @Override
        public void stopping(String cause) {
            tellNews(Jobs.Happened.STOPPING, cause);
        }

        @Override
        public void close() {
            around.pictures().close(job);
            context.pipeToSelf(
                    ready().log().close().thenCombine(ready().output().close(), (log, output) -> log),
                    (done, failure) -> new Closed());
        }

        @Override
        public void stopped() {
            figures.pause(now());
            cells.ifPresent(CellHistory::stopped);
            tellCells();
            tellNews(word(state()), course.cause().orElse(""));
            Jobs.JobStatus status = status();
            around.jobDesk().tell(new StatusChanged(status));
            Jobs.Event event = state().isOver() ? new Jobs.Ended(job, status) : new Jobs.Moved(job, status);
            followers.forEach(follower -> follower.tell(event));
            answer("is stopped; what it rendered is kept.");
        }

        @Override
        public void resumed() {
            tellNews("resumed", "");
            answer("goes on where it was.");
        }
    }

    private Optional<RenderBook> openBook() {
        return opened.map(Preparation.Ready::book);
    }

    /** Of a job that no actor leads yet. */
    static Jobs.JobStatus statusBefore(RegisteredJob registered, JobSpec spec) {
        Grid tiles = spec.canvas().cutInto(Plan.TILE_PIXELS);
        return new Jobs.JobStatus(
                registered.job(),
                spec.name(),
                spec,
                JobCourse.stateOf(registered),
                List.of(),
                tiles.columns(),
                tiles.rows(),
                Plan.TILE_PIXELS,
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
                Jobs.Tally.NONE,
                registered.cause());
    }

    private Jobs.JobStatus status() {
        if (opened.isEmpty()) {
            return last.as(state(), course.cause());
        }
        Plan plan = ready().plan();
        return new Jobs.JobStatus(
                job,
                spec.name(),
                spec,
                state(),
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
                figures.tally(),
                course.cause().or(() -> state() == Jobs.State.RENDERING ? obstacle : Optional.empty()));
    }

    private Jobs.State state() {
        return course.state();
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
