package handscroll.coordinator.job;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.JobJournal;
import handscroll.coordinator.journal.Register;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.lease.LeaseDesk;
import handscroll.coordinator.lease.LeaseSettings;
import handscroll.coordinator.lease.SteadyClock;
import handscroll.coordinator.tile.TileIntake;
import handscroll.coordinator.tile.TileIntakeSettings;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.model.ModelShelf;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes jobs in and leads users to them. One for the whole farm.
 *
 * <ol>
 *   <li>{@link #reading}: asks the journal what jobs there are.
 *   <li>{@link #opening}: has its incarnation in the journal, and opens the door for tiles.
 *   <li>{@link #serving}: every job that is not over goes on; new ones are checked, recorded, begun.
 * </ol>
 */
public final class JobDesk {

    private record Known(Register register) implements Jobs.Command {}

    private record Numbered(Register register) implements Jobs.Command {}

    private record DoorOpen(Register register, TileIntake intake) implements Jobs.Command {}

    private record Checked(Preparation.Check check, Jobs.Submit submit) implements Jobs.Command {}

    private record AcceptanceRecorded(RegisteredJob registered, Jobs.Submit submit) implements Jobs.Command {}

    private record NotAccepted(JobId id, Jobs.Submit submit) implements Jobs.Command {}

    private record Broken(Throwable cause) implements Jobs.Command {}

    private record WatcherGone(ActorRef<Jobs.JobStatus> watcher) implements Jobs.Command {}

    private static final Instant FIRST_MINUTE = Instant.parse("2026-01-01T00:00:00Z");

    private final ActorContext<Jobs.Command> context;
    private final StashBuffer<Jobs.Command> waiting;
    private final JobSettings settings;
    private final Preparation preparation;
    private final Intake intake;
    private final ActorRef<JobJournal.Command> journal;
    private final Clock clock;
    private final OpenPictures pictures = new OpenPictures();
    private final Map<JobId, ActorRef<Jobs.Command>> jobs = new LinkedHashMap<>();
    private final Map<JobId, Jobs.JobStatus> statuses = new LinkedHashMap<>();
    private final Set<ActorRef<Jobs.JobStatus>> watchers = new LinkedHashSet<>();
    private final Set<JobId> reserved = new HashSet<>();
    /** Those whose map is still kept, the one that ended first before the others. */
    private final Set<JobId> ended = new LinkedHashSet<>();

    private final int endedMaps;

    /** @param models where the models may come from that jobs name */
    public static Behavior<Jobs.Command> create(ModelShelf models, ActorRef<JobJournal.Command> journal, Clock clock) {
        return Behaviors.setup(context -> {
            JobSettings settings =
                    JobSettings.from(context.getSystem().settings().config());
            return Behaviors.withStash(
                    settings.waitingCommands(),
                    waiting -> new JobDesk(context, waiting, settings, models, journal, clock).reading());
        });
    }

    private JobDesk(
            ActorContext<Jobs.Command> context,
            StashBuffer<Jobs.Command> waiting,
            JobSettings settings,
            ModelShelf models,
            ActorRef<JobJournal.Command> journal,
            Clock clock) {
        this.context = context;
        this.waiting = waiting;
        this.settings = settings;
        this.preparation = new Preparation(context.getSystem(), models, settings, clock);
        this.intake = new Intake(
                IntakeSettings.from(context.getSystem().settings().config()).openJobs());
        this.endedMaps =
                ViewSettings.from(context.getSystem().settings().config()).endedMaps();
        this.journal = journal;
        this.clock = clock;
    }

    private Behavior<Jobs.Command> reading() {
        context.pipeToSelf(
                preparation.read(journal),
                (register, failure) -> failure == null ? new Known(register) : new Broken(failure));
        return Behaviors.receive(Jobs.Command.class)
                .onMessage(Known.class, this::onKnown)
                .onMessage(Broken.class, this::onBroken)
                .onAnyMessage(this::onEarly)
                .build();
    }

    private Behavior<Jobs.Command> onKnown(Known known) {
        long incarnation = nextIncarnation(known.register());
        context.pipeToSelf(
                preparation.record(journal, incarnation, new JobEvent.CoordinatorStarted(incarnation, clock.instant())),
                (register, failure) -> failure == null ? new Numbered(register) : new Broken(failure));
        return opening();
    }

    /**
     * A number above those of all coordinators before this one. A journal that begins anew cannot know
     * theirs; the token logs can be older than it, if the one before it was lost. It starts at the minutes
     * since {@link #FIRST_MINUTE}, since no coordinator is restarted every minute.
     */
    private long nextIncarnation(Register known) {
        return known.lastIncarnation() > 0
                ? known.lastIncarnation() + 1
                : Math.max(1, Duration.between(FIRST_MINUTE, clock.instant()).toMinutes());
    }

    private Behavior<Jobs.Command> opening() {
        return Behaviors.receive(Jobs.Command.class)
                .onMessage(Numbered.class, this::onNumbered)
                .onMessage(DoorOpen.class, this::onDoorOpen)
                .onMessage(Broken.class, this::onBroken)
                .onAnyMessage(this::onEarly)
                .build();
    }

    private Behavior<Jobs.Command> onNumbered(Numbered numbered) {
        var intakeSettings =
                TileIntakeSettings.from(context.getSystem().settings().config());
        context.pipeToSelf(
                TileIntake.bind(context.getSystem(), intakeSettings, pictures::find),
                (intake, failure) -> failure == null ? new DoorOpen(numbered.register(), intake) : new Broken(failure));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onDoorOpen(DoorOpen door) {
        LeaseSettings leases = LeaseSettings.from(context.getSystem().settings().config());
        long incarnation = door.register().lastIncarnation();
        ActorRef<Leasing.ToDesk> leaseDesk = context.spawn(
                LeaseDesk.create(
                        leases,
                        incarnation,
                        door.intake().welcome(leases.term()),
                        new SteadyClock(clock, System::nanoTime)),
                "lease-desk");
        var around = new Job.Surroundings(
                journal,
                leaseDesk,
                context.getSelf(),
                pictures,
                preparation,
                incarnation,
                settings,
                ViewSettings.from(context.getSystem().settings().config()),
                clock);
        for (RegisteredJob registered : door.register().jobs()) {
            registered.key().ifPresent(key -> intake.know(key, registered.spec(), registered.job()));
            try {
                begin(registered, Preparation.spec(registered), around);
            } catch (Refusal unreadable) {
                context.getLog().error("Job [{}] cannot be taken up: {}", registered.job(), unreadable.getMessage());
            }
        }
        context.getLog().info("Coordinator [{}] serves {} jobs", incarnation, jobs.size());
        return waiting.unstashAll(serving(around, door.intake()));
    }

    private Behavior<Jobs.Command> onEarly(Jobs.Command command) {
        waiting.stash(command);
        return Behaviors.same();
    }

    /** Nothing can be promised without the journal or the door: whoever runs this decides what next. */
    private Behavior<Jobs.Command> onBroken(Broken broken) {
        throw new IllegalStateException(
                "the coordinator cannot start: " + broken.cause().getMessage(), broken.cause());
    }

    private Behavior<Jobs.Command> serving(Job.Surroundings around, TileIntake tiles) {
        return Behaviors.receive(Jobs.Command.class)
                .onMessage(Jobs.Submit.class, this::onSubmit)
                .onMessage(Checked.class, checked -> onChecked(checked, around))
                .onMessage(AcceptanceRecorded.class, accepted -> onAcceptanceRecorded(accepted, around))
                .onMessage(NotAccepted.class, this::onNotAccepted)
                .onMessage(Jobs.GetStatus.class, this::onGetStatus)
                .onMessage(Jobs.ListJobs.class, this::onListJobs)
                .onMessage(Job.StatusChanged.class, this::onStatusChanged)
                .onMessage(Jobs.WatchStates.class, this::onWatchStates)
                .onMessage(WatcherGone.class, this::onWatcherGone)
                .onMessage(Jobs.ListWorkers.class, ask -> onListWorkers(ask, around))
                .onMessage(Jobs.DrainWorker.class, drain -> onDrainWorker(drain, around))
                .onMessage(Jobs.UndrainWorker.class, undrain -> onUndrainWorker(undrain, around))
                .onMessage(Jobs.BlockWorker.class, block -> onBlockWorker(block, around))
                .onMessage(Jobs.Pause.class, pause -> pass(pause, pause.replyTo()))
                .onMessage(Jobs.Resume.class, resume -> pass(resume, resume.replyTo()))
                .onMessage(Jobs.Cancel.class, cancel -> pass(cancel, cancel.replyTo()))
                .onMessage(Jobs.Skip.class, skip -> pass(skip, skip.replyTo()))
                .onMessage(Jobs.Retry.class, retry -> pass(retry, retry.replyTo()))
                .onMessage(
                        Jobs.OfJob.class,
                        message -> pass(message, context.getSystem().ignoreRef()))
                .onMessage(Broken.class, this::onBroken)
                .onSignal(akka.actor.typed.PostStop.class, stop -> {
                    tiles.stop();
                    return Behaviors.same();
                })
                .build();
    }

    private Behavior<Jobs.Command> onSubmit(Jobs.Submit submit) {
        int openCount = (int) statuses.values().stream()
                .filter(status -> !status.state().isOver())
                .count();
        Optional<Jobs.Submission> answer = intake.enter(submit.key(), Preparation.text(submit.spec()), openCount);
        if (answer.isPresent()) {
            submit.replyTo().tell(answer.get());
            return Behaviors.same();
        }
        context.pipeToSelf(preparation.check(submit.spec()), (check, failure) -> {
            if (failure == null) {
                return new Checked(check, submit);
            }
            var problem =
                    new Problem("job", String.valueOf(failure.getMessage()), "the coordinator's log has the details");
            return new Checked(new Preparation.Check(List.of(problem), ""), submit);
        });
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onChecked(Checked checked, Job.Surroundings around) {
        Jobs.Submit submit = checked.submit();
        List<Problem> problems = new ArrayList<>(checked.check().problems());
        rival(submit.spec()).ifPresent(problems::add);
        if (!problems.isEmpty()) {
            intake.turnedAway(submit.key());
            submit.replyTo().tell(new Jobs.Rejected(problems));
            return Behaviors.same();
        }
        JobId id = freeId(submit.spec());
        reserved.add(id);
        var event = new JobEvent.JobAccepted(
                id, Preparation.text(submit.spec()), checked.check().modelHash(), clock.instant(), submit.key());
        context.pipeToSelf(
                preparation
                        .record(journal, around.incarnation(), event)
                        .thenApply(register -> register.job(id).orElseThrow()),
                (registered, failure) ->
                        failure == null ? new AcceptanceRecorded(registered, submit) : new NotAccepted(id, submit));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onAcceptanceRecorded(AcceptanceRecorded accepted, Job.Surroundings around) {
        RegisteredJob registered = accepted.registered();
        begin(registered, accepted.submit().spec(), around);
        intake.accepted(accepted.submit().key(), registered.spec(), registered.job());
        accepted.submit().replyTo().tell(new Jobs.Accepted(registered.job()));
        return Behaviors.same();
    }

    /** Its name stays reserved: the journal may have taken it all the same. */
    private Behavior<Jobs.Command> onNotAccepted(NotAccepted refused) {
        context.getLog().warn("The journal did not take job [{}]", refused.id());
        intake.turnedAway(refused.submit().key());
        var problem =
                new Problem("job", "the journal did not take it", "hand it in again when its database can be written");
        refused.submit().replyTo().tell(new Jobs.Rejected(List.of(problem)));
        return Behaviors.same();
    }

    private void begin(RegisteredJob registered, JobSpec spec, Job.Surroundings around) {
        reserved.add(registered.job());
        statuses.put(registered.job(), JobView.statusBefore(registered, spec));
        jobs.put(registered.job(), context.spawn(Job.create(registered, spec, around), "job-" + registered.job()));
    }

    private Behavior<Jobs.Command> onGetStatus(Jobs.GetStatus ask) {
        ask.replyTo().tell(Optional.ofNullable(statuses.get(ask.job())));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onListJobs(Jobs.ListJobs ask) {
        ask.replyTo().tell(new ArrayList<>(statuses.values()));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onStatusChanged(Job.StatusChanged changed) {
        Jobs.JobStatus status = changed.status();
        Jobs.JobStatus before = statuses.put(status.job(), status);
        if (before == null || before.state() != status.state()) {
            watchers.forEach(watcher -> watcher.tell(status));
        }
        ended.remove(status.job());
        if (status.state().isOver()) {
            ended.add(status.job());
        }
        if (ended.size() > endedMaps) {
            JobId oldest = ended.iterator().next();
            ended.remove(oldest);
            Optional.ofNullable(jobs.get(oldest)).ifPresent(job -> job.tell(new Job.ForgetMap()));
        }
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onWatchStates(Jobs.WatchStates watch) {
        watchers.add(watch.watcher());
        context.watchWith(watch.watcher(), new WatcherGone(watch.watcher()));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onWatcherGone(WatcherGone gone) {
        watchers.remove(gone.watcher());
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onListWorkers(Jobs.ListWorkers ask, Job.Surroundings around) {
        around.leaseDesk().tell(new LeaseDesk.ListWorkers(ask.replyTo()));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onDrainWorker(Jobs.DrainWorker drain, Job.Surroundings around) {
        around.leaseDesk().tell(new LeaseDesk.Drain(drain.worker(), drain.within(), drain.replyTo()));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onUndrainWorker(Jobs.UndrainWorker undrain, Job.Surroundings around) {
        around.leaseDesk().tell(new LeaseDesk.Undrain(undrain.worker(), undrain.replyTo()));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> onBlockWorker(Jobs.BlockWorker block, Job.Surroundings around) {
        around.leaseDesk()
                .tell(
                        block.blocks()
                                ? new LeaseDesk.Block(block.worker(), block.replyTo())
                                : new LeaseDesk.Unblock(block.worker(), block.replyTo()));
        return Behaviors.same();
    }

    private Behavior<Jobs.Command> pass(Jobs.OfJob message, ActorRef<Jobs.Answer> replyTo) {
        ActorRef<Jobs.Command> job = jobs.get(message.job());
        if (job == null) {
            replyTo.tell(new Jobs.Answer(false, "There is no job " + message.job() + "."));
        } else {
            job.tell(message);
        }
        return Behaviors.same();
    }

    /** Two jobs must not write into one directory. */
    private Optional<Problem> rival(JobSpec spec) {
        return statuses.values().stream()
                .filter(status -> status.directory().equals(Preparation.directory(spec)))
                .findFirst()
                .map(status -> new Problem(
                        "output.to",
                        status.directory() + " is the output of job " + status.job(),
                        "name another directory, or resume that job"));
    }

    /** The job's own name where it is free, else with the first number behind it that is. */
    private JobId freeId(JobSpec spec) {
        String base = spec.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        base = base.replaceAll("^-+|-+$", "");
        base = base.isEmpty() ? "job" : base.substring(0, Math.min(base.length(), 50));
        JobId id = new JobId(base);
        for (int number = 2; reserved.contains(id); number++) {
            id = new JobId(base + "-" + number);
        }
        return id;
    }
}
