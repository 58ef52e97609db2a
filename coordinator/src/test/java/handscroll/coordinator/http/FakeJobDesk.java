package handscroll.coordinator.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import handscroll.coordinator.job.Explanation;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.coordinator.job.Jobs.State;
import handscroll.coordinator.lease.JobAccount;
import handscroll.coordinator.lease.LeaseDesk;
import handscroll.coordinator.lease.WorkerList;
import handscroll.coordinator.lease.WorkerReport;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.RenderingTask;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Speaks the job desk's side of the conversation, and says what a test tells it to say. */
final class FakeJobDesk extends AbstractBehavior<Jobs.Command> {

    /** The job is in this state from now on; those who follow it hear so. */
    record Put(JobStatus status) implements Jobs.Command {}

    /** What is answered from now on to those who ask for the job's map. */
    record PutMap(Jobs.JobMap map) implements Jobs.Command {}

    /** Those who follow the job hear this. */
    record Say(Jobs.Event event) implements Jobs.Command {}

    /** Answers when somebody follows the job, at once or later. */
    record WhenFollowed(JobId job, ActorRef<JobId> replyTo) implements Jobs.Command {}

    private record Gone(JobId job, ActorRef<Jobs.Event> follower) implements Jobs.Command {}

    /** Answers how many follow the job. */
    record CountFollowers(JobId job, ActorRef<Integer> replyTo) implements Jobs.Command {}

    private static final WorkerList WORKERS = new WorkerList(
            Instant.parse("2026-11-22T10:20:00Z"),
            List.of(new WorkerList.Standing(
                    new WorkerReport(
                            new WorkerId("4711-1a2b3c4d"),
                            "10.0.0.6",
                            2,
                            2,
                            8,
                            640,
                            0,
                            7_000,
                            500,
                            "cpu-bf16",
                            Map.of("starry-night", "2aedbb250407"),
                            Instant.parse("2026-11-22T10:19:58Z"),
                            false,
                            false,
                            Optional.empty(),
                            Optional.empty(),
                            OptionalInt.empty()),
                    Optional.empty())),
            List.of());

    static Behavior<Jobs.Command> create() {
        return Behaviors.setup(FakeJobDesk::new);
    }

    private final Map<JobId, JobStatus> jobs = new LinkedHashMap<>();
    private final Map<JobId, List<ActorRef<Jobs.Event>>> followers = new LinkedHashMap<>();
    private final Map<JobId, Jobs.JobMap> maps = new LinkedHashMap<>();
    private final List<WhenFollowed> waiting = new ArrayList<>();
    private final List<ActorRef<JobStatus>> watchers = new ArrayList<>();

    private FakeJobDesk(ActorContext<Jobs.Command> context) {
        super(context);
    }

    @Override
    public Receive<Jobs.Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Put.class, this::onPut)
                .onMessage(Say.class, this::onSay)
                .onMessage(WhenFollowed.class, this::onWhenFollowed)
                .onMessage(CountFollowers.class, this::onCountFollowers)
                .onMessage(Gone.class, this::onGone)
                .onMessage(Jobs.WatchStates.class, this::onWatchStates)
                .onMessage(Jobs.Submit.class, this::onSubmit)
                .onMessage(Jobs.GetStatus.class, this::onGetStatus)
                .onMessage(Jobs.ListJobs.class, this::onListJobs)
                .onMessage(Jobs.Follow.class, this::onFollow)
                .onMessage(Jobs.Pause.class, this::onPause)
                .onMessage(Jobs.Resume.class, resume -> onVerb(resume.job(), State.RENDERING, resume.replyTo()))
                .onMessage(Jobs.AskMap.class, this::onAskMap)
                .onMessage(PutMap.class, this::onPutMap)
                .onMessage(Jobs.AskWhy.class, this::onAskWhy)
                .onMessage(Jobs.ListWorkers.class, this::onListWorkers)
                .onMessage(Jobs.DrainWorker.class, this::onDrainWorker)
                .onMessage(Jobs.UndrainWorker.class, this::onUndrainWorker)
                .onMessage(Jobs.BlockWorker.class, this::onBlockWorker)
                .onMessage(Jobs.Cancel.class, this::onCancel)
                .build();
    }

    private Behavior<Jobs.Command> onPut(Put put) {
        JobStatus status = put.status();
        jobs.put(status.job(), status);
        watchers.forEach(watcher -> watcher.tell(status));
        return onSay(new Say(
                status.state().isOver() ? new Jobs.Ended(status.job(), status) : new Jobs.Moved(status.job(), status)));
    }

    private Behavior<Jobs.Command> onWatchStates(Jobs.WatchStates watch) {
        watchers.add(watch.watcher());
        return this;
    }

    private Behavior<Jobs.Command> onSay(Say say) {
        followers.getOrDefault(say.event().job(), List.of()).forEach(follower -> follower.tell(say.event()));
        return this;
    }

    private Behavior<Jobs.Command> onFollow(Jobs.Follow follow) {
        followers.computeIfAbsent(follow.job(), job -> new ArrayList<>()).add(follow.follower());
        getContext().watchWith(follow.follower(), new Gone(follow.job(), follow.follower()));
        return answerThoseWaiting();
    }

    private Behavior<Jobs.Command> onGone(Gone gone) {
        followers.get(gone.job()).remove(gone.follower());
        return this;
    }

    private Behavior<Jobs.Command> onWhenFollowed(WhenFollowed question) {
        waiting.add(question);
        return answerThoseWaiting();
    }

    private Behavior<Jobs.Command> answerThoseWaiting() {
        waiting.removeIf(question -> {
            boolean followed =
                    !followers.getOrDefault(question.job(), List.of()).isEmpty();
            if (followed) {
                question.replyTo().tell(question.job());
            }
            return followed;
        });
        return this;
    }

    private Behavior<Jobs.Command> onCountFollowers(CountFollowers question) {
        question.replyTo()
                .tell(followers.getOrDefault(question.job(), List.of()).size());
        return this;
    }

    private Behavior<Jobs.Command> onSubmit(Jobs.Submit submit) {
        JobSpec spec = submit.spec();
        if (submit.key().equals(Optional.of("taken"))) {
            submit.replyTo().tell(new Jobs.NotNow(Jobs.Obstacle.KEY_OF_ANOTHER, "Another job has this key."));
        } else if (spec.model().equals("full")) {
            submit.replyTo().tell(new Jobs.NotNow(Jobs.Obstacle.QUEUE_FULL, "2 jobs are open."));
        } else if (spec.model().equals("unknown")) {
            submit.replyTo().tell(new Jobs.Rejected(List.of(new Problem("model", "is unknown", "try tiny"))));
        } else {
            submit.replyTo().tell(new Jobs.Accepted(new JobId(spec.name())));
        }
        return this;
    }

    private Behavior<Jobs.Command> onGetStatus(Jobs.GetStatus question) {
        question.replyTo().tell(Optional.ofNullable(jobs.get(question.job())));
        return this;
    }

    private Behavior<Jobs.Command> onListJobs(Jobs.ListJobs question) {
        question.replyTo().tell(List.copyOf(jobs.values()));
        return this;
    }

    private Behavior<Jobs.Command> onPutMap(PutMap put) {
        maps.put(put.map().job(), put.map());
        return this;
    }

    private Behavior<Jobs.Command> onAskMap(Jobs.AskMap question) {
        question.replyTo().tell(Optional.ofNullable(maps.get(question.job())));
        return this;
    }

    private Behavior<Jobs.Command> onAskWhy(Jobs.AskWhy question) {
        var patch = new PatchId(0, 3, 1, 0);
        var account = new JobAccount("", List.of(), 0, Optional.empty(), WORKERS, Map.of());
        question.replyTo()
                .tell(new Jobs.Explained(new Explanation(
                        question.job(),
                        State.RENDERING,
                        "12 patches are ready, and wait for a free slot of 1 worker",
                        List.of(),
                        account,
                        question.patch()
                                .map(name -> new Explanation.PatchStanding(
                                        patch,
                                        "sample/" + name,
                                        Explanation.PatchState.WAITING,
                                        "waits for 2 patches that it reads",
                                        Optional.empty(),
                                        2,
                                        List.of())))));
        return this;
    }

    private Behavior<Jobs.Command> onListWorkers(Jobs.ListWorkers question) {
        question.replyTo().tell(WORKERS);
        return this;
    }

    private Behavior<Jobs.Command> onDrainWorker(Jobs.DrainWorker drain) {
        String within =
                drain.within().map(time -> " within " + time.toSeconds() + " s").orElse("");
        drain.replyTo().tell(new LeaseDesk.DrainAnswer(drain.worker(), Optional.of("It is drained" + within + ".")));
        return this;
    }

    private Behavior<Jobs.Command> onUndrainWorker(Jobs.UndrainWorker undrain) {
        undrain.replyTo().tell(new LeaseDesk.DrainAnswer(undrain.worker(), Optional.of("It is drained no more.")));
        return this;
    }

    private Behavior<Jobs.Command> onBlockWorker(Jobs.BlockWorker block) {
        block.replyTo().tell(new LeaseDesk.DrainAnswer(block.worker(), Optional.of("It is blocked.")));
        return this;
    }

    /** Its workers never finish what they hold. */
    private Behavior<Jobs.Command> onPause(Jobs.Pause pause) {
        if (pause.isAtOnce()) {
            return onVerb(pause.job(), State.PAUSED, pause.replyTo());
        }
        pause.replyTo().tell(new Jobs.Answer(true, "Workers finish what they hold of it."));
        return this;
    }

    private Behavior<Jobs.Command> onCancel(Jobs.Cancel cancel) {
        if (cancel.deletesTiles()) {
            onPut(new Put(in(jobs.get(cancel.job()), State.RENDERING, 0, Optional.of("Its tiles are being deleted."))));
        }
        return onVerb(cancel.job(), State.CANCELLED, cancel.replyTo());
    }

    private Behavior<Jobs.Command> onVerb(JobId job, State state, ActorRef<Jobs.Answer> replyTo) {
        JobStatus before = jobs.get(job);
        if (before.state() == state || before.state().isOver()) {
            replyTo.tell(new Jobs.Answer(
                    false, "It is " + before.state().name().toLowerCase(java.util.Locale.ROOT) + " already."));
            return this;
        }
        replyTo.tell(new Jobs.Answer(true, "It will be."));
        return onPut(new Put(in(before, state, before.stages().get(0).renderedCount(), Optional.empty())));
    }

    static JobSpec spec(String name, Canvas canvas, Path directory) {
        return JobSpec.builder(
                        name,
                        RenderingTask.EXTENSION,
                        canvas,
                        "starry-night",
                        JobSpec.Output.to(directory.toString(), JobSpec.TileEncoding.PNG, 90))
                .seed(20221)
                .sampling(
                        JobSpec.Sampling.AS_THE_MODEL_SAYS.withTemperature(0.9).withTopK(100))
                .build();
    }

    static JobStatus rendering(String job, Canvas canvas, Path directory, int tilePixels) {
        int patchCount = canvas.cutInto(64).cellCount();
        var tiles = canvas.cutInto(tilePixels);
        return new JobStatus(
                new JobId(job),
                job,
                spec(job, canvas, directory),
                State.RENDERING,
                List.of(
                        new Jobs.StageProgress("sample", patchCount, patchCount / 4, 8, 12),
                        new Jobs.StageProgress("decode", tiles.cellCount(), 1, 0, 0)),
                tiles.columns(),
                tiles.rows(),
                tilePixels,
                120,
                directory,
                Instant.parse("2026-11-22T10:15:30Z"),
                Duration.ofMillis(61_500),
                Optional.of(Duration.ofSeconds(183)),
                Optional.of(Duration.ofSeconds(74)),
                23.75,
                2,
                0,
                new WorkTime(Duration.ofSeconds(50), Duration.ofSeconds(6), Duration.ofMillis(2_500)),
                Duration.ofSeconds(123),
                new Jobs.Tally(640, 16, Duration.ofMillis(1_250), Duration.ofSeconds(9), Duration.ofSeconds(3), 0),
                Optional.empty());
    }

    static JobStatus in(JobStatus before, State state, int renderedCount, Optional<String> cause) {
        var sample = before.stages().get(0);
        var stages = new ArrayList<>(before.stages());
        stages.set(0, new Jobs.StageProgress(sample.name(), sample.cellCount(), renderedCount, 8, 12));
        return with(before, before.job(), state, stages, cause);
    }

    /** Done before the coordinator started; another job had its name before. */
    static JobStatus ofLongAgo(JobStatus before, String job) {
        return with(before, new JobId(job), State.DONE, List.of(), Optional.empty());
    }

    private static JobStatus with(
            JobStatus before, JobId job, State state, List<Jobs.StageProgress> stages, Optional<String> cause) {
        return new JobStatus(
                job,
                before.name(),
                before.spec(),
                state,
                stages,
                before.tileColumns(),
                before.tileRows(),
                before.tilePixels(),
                before.criticalPath(),
                before.directory(),
                before.accepted(),
                before.elapsed(),
                before.remaining(),
                before.bound(),
                before.patchesPerSecond(),
                before.workerCount(),
                before.placeholderCount(),
                before.work(),
                before.slotTime(),
                before.tally(),
                cause);
    }
}
