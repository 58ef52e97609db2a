package handscroll.coordinator.lease;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import handscroll.coordinator.lease.LeaseBook.Comparison;
import handscroll.coordinator.lease.LeaseBook.Ended;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.coordinator.lease.LeaseBook.TakenPart;
import handscroll.coordinator.lease.LeaseBook.Verdict;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.trace.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings ready tasks and free workers together, and takes a task back from a worker that falls
 * silent. Keeps no pixels and no tokens: results pass through to whoever offered the task.
 */
public final class LeaseDesk extends AbstractBehavior<Leasing.ToDesk> {

    /**
     * Offers tasks of one stage of a job; their owner hears an {@link Outcome} of each. A patch must not
     * be offered again before that. When the owner ends, its job is withdrawn.
     */
    public record Offer(
            RenderSettings settings, JobTerms terms, int stage, List<OfferedTask> tasks, ActorRef<Outcome> owner)
            implements Leasing.ToDesk {
        public Offer {
            tasks = List.copyOf(tasks);
        }
    }

    /** So many results of a stage are in the log, and what they made ready was offered before this. */
    public record Logged(JobId job, int stage, int taskCount) implements Leasing.ToDesk {}

    /** Revokes what is leased of a job and forgets the rest; its owner hears nothing of it any more. */
    public record Withdraw(JobId job, ActorRef<Withdrawn> replyTo) implements Leasing.ToDesk {}

    /**
     * Hands out nothing more of a job; its owner hears of what is leased of it as ever, and then, or after a
     * {@link Withdraw} meanwhile, that it is withdrawn.
     */
    public record WindDown(JobId job, ActorRef<Withdrawn> replyTo) implements Leasing.ToDesk {}

    public record Withdrawn(JobId job) {}

    /** Tells all workers that may hold them that no patch will read these again. */
    public record Release(JobId job, List<PatchId> patches) implements Leasing.ToDesk {
        public Release {
            patches = List.copyOf(patches);
        }
    }

    public record Census(ActorRef<List<WorkerReport>> replyTo) implements Leasing.ToDesk {}

    public record AskObstacle(JobId job, ActorRef<Obstacle> replyTo) implements Leasing.ToDesk {}

    /** @param sentence what keeps a job from being rendered at all, with what to do; empty while somebody can render it */
    public record Obstacle(JobId job, Optional<String> sentence) {}

    public record ListWorkers(ActorRef<WorkerList> replyTo) implements Leasing.ToDesk {}

    /**
     * The worker finishes what it holds and gets nothing more, at once and until {@link Undrain}.
     *
     * @param within what it holds after so long goes to others; empty lets it finish
     */
    public record Drain(WorkerId worker, Optional<Duration> within, ActorRef<DrainAnswer> replyTo)
            implements Leasing.ToDesk {}

    public record Undrain(WorkerId worker, ActorRef<DrainAnswer> replyTo) implements Leasing.ToDesk {}

    /** Takes back what the worker holds and gives it nothing, at once and until {@link Unblock}. */
    public record Block(WorkerId worker, ActorRef<DrainAnswer> replyTo) implements Leasing.ToDesk {}

    public record Unblock(WorkerId worker, ActorRef<DrainAnswer> replyTo) implements Leasing.ToDesk {}

    /** Tries patches again that were given up; their owner hears of those that were. */
    public record Retry(JobId job, List<PatchId> patches) implements Leasing.ToDesk {
        public Retry {
            patches = List.copyOf(patches);
        }
    }

    /** @param message what is now the case, in a sentence; empty when there is no such worker */
    public record DrainAnswer(WorkerId worker, Optional<String> message) {}

    /** @param patches of which it is asked too who has them */
    public record AskWhy(JobId job, List<PatchId> patches, ActorRef<JobAccount> replyTo) implements Leasing.ToDesk {
        public AskWhy {
            patches = List.copyOf(patches);
        }
    }

    private enum CheckDeadlines implements Leasing.ToDesk {
        INSTANCE
    }

    private enum GatheredLongEnough implements Leasing.ToDesk {
        INSTANCE
    }

    /** Longest list in one message, so that it fits into a frame between processes. */
    private static final int RELEASED_PATCH_COUNT = 4096;

    /**
     * @param incarnation of the coordinator, higher than any before and below 2^23
     * @param welcome what workers need to know that were let in
     */
    public static Behavior<Leasing.ToDesk> create(
            LeaseSettings settings, long incarnation, Leasing.Welcome welcome, Clock clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(
                    CheckDeadlines.INSTANCE, settings.term().dividedBy(4));
            context.getSystem().receptionist().tell(Receptionist.register(Leasing.DESK, context.getSelf()));
            return new LeaseDesk(context, timers, settings, incarnation, welcome, clock);
        }));
    }

    private final TimerScheduler<Leasing.ToDesk> timers;
    private final Duration gathering;
    private final LeaseBook book;
    private final Leasing.Welcome welcome;
    private final Clock clock;
    private final Tracing tracing;
    private final Correspondents correspondents = new Correspondents();
    private final Map<JobId, ActorRef<Withdrawn>> windingDown = new HashMap<>();

    private LeaseDesk(
            ActorContext<Leasing.ToDesk> context,
            TimerScheduler<Leasing.ToDesk> timers,
            LeaseSettings settings,
            long incarnation,
            Leasing.Welcome welcome,
            Clock clock) {
        super(context);
        this.timers = timers;
        this.gathering = settings.sharing().gathering();
        this.book = new LeaseBook(settings, incarnation);
        this.welcome = welcome;
        this.clock = clock;
        this.tracing = Tracing.of(context.getSystem());
    }

    @Override
    public Receive<Leasing.ToDesk> createReceive() {
        return newReceiveBuilder()
                .onMessage(Leasing.Completed.class, this::onCompleted)
                .onMessage(Leasing.Pull.class, this::onPull)
                .onMessage(Offer.class, this::onOffer)
                .onMessage(Logged.class, this::onLogged)
                .onMessage(Leasing.Renew.class, this::onRenew)
                .onMessage(Release.class, this::onRelease)
                .onMessage(Leasing.Failed.class, this::onFailed)
                .onMessage(Leasing.OutOfMemory.class, this::onOutOfMemory)
                .onMessage(Leasing.DeviceFailed.class, this::onDeviceFailed)
                .onMessage(Leasing.Join.class, this::onJoin)
                .onMessage(Leasing.Leave.class, this::onLeave)
                .onMessage(Leasing.Drained.class, this::onDrained)
                .onMessage(Withdraw.class, this::onWithdraw)
                .onMessage(WindDown.class, this::onWindDown)
                .onMessage(Census.class, this::onCensus)
                .onMessage(AskObstacle.class, this::onAskObstacle)
                .onMessage(ListWorkers.class, this::onListWorkers)
                .onMessage(Drain.class, this::onDrain)
                .onMessage(Undrain.class, this::onUndrain)
                .onMessage(Block.class, this::onBlock)
                .onMessage(Unblock.class, this::onUnblock)
                .onMessage(Retry.class, this::onRetry)
                .onMessage(AskWhy.class, this::onAskWhy)
                .onMessageEquals(GatheredLongEnough.INSTANCE, this::grantReady)
                .onMessageEquals(CheckDeadlines.INSTANCE, this::onCheckDeadlines)
                .onSignal(Terminated.class, this::onTerminated)
                .build();
    }

    private Behavior<Leasing.ToDesk> onCompleted(Leasing.Completed completed) {
        WorkerId worker = completed.worker();
        List<Ended> ended = book.complete(completed, clock.instant());
        for (Ended part : ended) {
            correspondents.tellOwner(
                    part.job(),
                    new Outcome.Rendered(
                            part.job(), completed.epoch(), worker, part.deviceClass(), part.results(), part.work()));
        }
        if (ended.isEmpty()
                && !book.hasComparisons()
                && !fail(
                        worker,
                        completed.epoch(),
                        Fault.UNKNOWN,
                        "it answered other tasks than it was given, or with tokens that the model does not have")) {
            getContext().getLog().info("Worker [{}] answered too late: lease [{}] is over", worker, completed.epoch());
        }
        if (completed.roomFor() > 0) {
            book.pull(worker, completed.slot(), completed.roomFor(), clock.instant());
        }
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onPull(Leasing.Pull pull) {
        book.pull(pull.worker(), pull.slot(), pull.batchSize(), clock.instant());
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onOffer(Offer offer) {
        JobId job = offer.settings().job();
        if (correspondents.enter(job, offer.owner())) {
            getContext().watch(offer.owner());
        }
        book.offer(offer.settings(), offer.terms(), offer.stage(), offer.tasks());
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onLogged(Logged logged) {
        book.logged(logged.job(), logged.stage(), logged.taskCount());
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onRenew(Leasing.Renew renew) {
        for (long epoch : book.renew(renew.worker(), renew.epochs(), clock.instant())) {
            getContext().getLog().info("Worker [{}] renewed too late: lease [{}] is over", renew.worker(), epoch);
            correspondents.tell(renew.worker(), new Leasing.Revoked(epoch, "the lease is over"));
        }
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onRelease(Release release) {
        List<WorkerId> servants = book.servants(release.job());
        List<PatchId> patches = release.patches();
        book.release(release.job(), patches);
        for (int from = 0; from < patches.size(); from += RELEASED_PATCH_COUNT) {
            int to = Math.min(from + RELEASED_PATCH_COUNT, patches.size());
            var released = new Leasing.Released(release.job(), patches.subList(from, to));
            servants.forEach(worker -> correspondents.tell(worker, released));
        }
        return this;
    }

    private Behavior<Leasing.ToDesk> onFailed(Leasing.Failed failed) {
        fail(failed.worker(), failed.epoch(), Fault.UNKNOWN, failed.reason());
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onOutOfMemory(Leasing.OutOfMemory failed) {
        fail(failed.worker(), failed.epoch(), Fault.MEMORY, failed.reason());
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onDeviceFailed(Leasing.DeviceFailed failed) {
        fail(failed.worker(), failed.epoch(), Fault.DEVICE, failed.reason());
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onBlock(Block block) {
        boolean isThere = book.block(block.worker(), "somebody asked for it", clock.instant());
        String news = "Worker " + block.worker() + " is blocked: what it held goes to others, and it gets nothing.";
        return answer(block.worker(), isThere ? Optional.of(news) : Optional.empty(), block.replyTo());
    }

    private Behavior<Leasing.ToDesk> onUnblock(Unblock unblock) {
        Optional<String> news = !correspondents.has(unblock.worker())
                ? Optional.empty()
                : Optional.of(
                        book.unblock(unblock.worker())
                                ? "Worker " + unblock.worker() + " gets patches again."
                                : "Worker " + unblock.worker() + " was not blocked, and gets patches as before.");
        return answer(unblock.worker(), news, unblock.replyTo());
    }

    private Behavior<Leasing.ToDesk> onRetry(Retry retry) {
        List<PatchId> back = book.retry(retry.job(), retry.patches());
        if (!back.isEmpty()) {
            correspondents.tellOwner(retry.job(), new Outcome.Readmitted(retry.job(), back, "somebody asked for it"));
        }
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onJoin(Leasing.Join join) {
        WorkerId worker = join.worker();
        if (correspondents.hasAnother(worker, join.replyTo())) {
            // Another process under this name: what the one before held is lost.
            lose(worker, "the worker started anew");
        }
        Optional<String> refusal =
                book.join(worker, join.slotCount(), join.deviceClass(), join.modelHashes(), clock.instant());
        book.locate(worker, host(join.replyTo()));
        if (refusal.isPresent()) {
            getContext().getLog().warn("Worker [{}] is refused: {}", worker, refusal.get());
            join.replyTo().tell(new Leasing.Refused(refusal.get()));
            return this;
        }
        if (correspondents.enter(worker, join.replyTo())) {
            getContext().watch(join.replyTo());
            getContext()
                    .getLog()
                    .info(
                            "Worker [{}] joined: slots [{}], device class [{}], models {}",
                            worker,
                            join.slotCount(),
                            join.deviceClass(),
                            join.modelHashes().keySet());
        }
        join.replyTo().tell(welcome);
        return this;
    }

    private Behavior<Leasing.ToDesk> onLeave(Leasing.Leave leave) {
        lose(leave.worker(), "the worker left");
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onWithdraw(Withdraw withdraw) {
        withdraw(withdraw.job(), "the job was withdrawn");
        withdraw.replyTo().tell(new Withdrawn(withdraw.job()));
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onWindDown(WindDown end) {
        book.windDown(end.job());
        windingDown.put(end.job(), end.replyTo());
        return grantReady();
    }

    private void letGoOfWhatIsWoundDown() {
        for (JobId job : List.copyOf(windingDown.keySet())) {
            if (!book.isHeld(job)) {
                withdraw(job, "the job was paused");
            }
        }
    }

    private Behavior<Leasing.ToDesk> onCensus(Census census) {
        census.replyTo().tell(book.census(clock.instant()));
        return this;
    }

    private Behavior<Leasing.ToDesk> onAskObstacle(AskObstacle ask) {
        ask.replyTo().tell(new Obstacle(ask.job(), book.obstacle(ask.job(), clock.instant())));
        return this;
    }

    private Behavior<Leasing.ToDesk> onListWorkers(ListWorkers ask) {
        ask.replyTo().tell(book.workerList(clock.instant()));
        return this;
    }

    private Behavior<Leasing.ToDesk> onDrain(Drain drain) {
        Optional<String> news = book.drain(drain.worker(), drain.within(), clock.instant());
        correspondents.tell(drain.worker(), Leasing.Drained.within(drain.worker(), drain.within()));
        handBack();
        return answer(drain.worker(), news, drain.replyTo());
    }

    private void handBack() {
        for (Taken taken : book.handBack(clock.instant())) {
            String toOwners = "worker [" + taken.worker() + "] was drained";
            correspondents.tellTaken(taken, "the worker was drained", toOwners);
        }
    }

    private Behavior<Leasing.ToDesk> onDrained(Leasing.Drained drained) {
        book.arrivedDrained(drained.worker(), drained.within(), clock.instant());
        return this;
    }

    private Behavior<Leasing.ToDesk> onUndrain(Undrain undrain) {
        correspondents.tell(undrain.worker(), Leasing.Drained.noMore(undrain.worker()));
        return answer(undrain.worker(), book.undrain(undrain.worker()), undrain.replyTo());
    }

    private Behavior<Leasing.ToDesk> answer(WorkerId worker, Optional<String> message, ActorRef<DrainAnswer> replyTo) {
        message.ifPresent(news -> getContext().getLog().info("{}", news));
        replyTo.tell(new DrainAnswer(worker, message));
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onAskWhy(AskWhy ask) {
        ask.replyTo().tell(book.account(ask.job(), ask.patches(), clock.instant()));
        return this;
    }

    private Behavior<Leasing.ToDesk> onCheckDeadlines() {
        handBack();
        for (Taken taken : book.expire(clock.instant())) {
            // The worker may be alive and hold it still: what it renders would count for nothing.
            String toOwners = "worker [" + taken.worker() + "] fell silent";
            correspondents.tellTaken(taken, "the lease was not renewed in time", toOwners);
        }
        for (Taken taken : book.endStuck(clock.instant())) {
            correspondents.tell(taken.worker(), new Leasing.Revoked(taken.epoch(), book.whyStuck()));
            tellFailed(taken, book.whyStuck());
        }
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> onTerminated(Terminated terminated) {
        correspondents.workersAt(terminated.getRef()).forEach(worker -> lose(worker, "the worker is gone"));
        correspondents.jobsOf(terminated.getRef()).forEach(job -> withdraw(job, "the job's leader ended"));
        return grantReady();
    }

    private Behavior<Leasing.ToDesk> grantReady() {
        if (book.hasVerdicts()) {
            pronounce();
        }
        book.takeComparisons().forEach(this::tellCompared);
        if (book.hasSpans()) {
            book.takeSpans().forEach(tracing::tell);
        }
        if (!windingDown.isEmpty()) {
            letGoOfWhatIsWoundDown();
        }
        book.grantReady(clock.instant()).forEach(correspondents::tellGranted);
        if (book.isGathering() && !timers.isTimerActive(GatheredLongEnough.INSTANCE)) {
            timers.startSingleTimer(GatheredLongEnough.INSTANCE, GatheredLongEnough.INSTANCE, gathering);
        }
        return this;
    }

    /** Workers that were blocked hold nothing any more, and what failed because of them goes out again. */
    private void pronounce() {
        for (Verdict verdict : book.takeVerdicts()) {
            String why = "worker " + verdict.worker() + " was blocked: " + verdict.why();
            getContext().getLog().warn("{}", why);
            for (Taken taken : verdict.taken()) {
                correspondents.tellTaken(taken, why, why);
            }
            for (TakenPart back : verdict.readmitted()) {
                correspondents.tellOwner(back.job(), new Outcome.Readmitted(back.job(), back.returned(), why));
            }
        }
    }

    private void tellCompared(Comparison compared) {
        if (!compared.differing().isEmpty()) {
            getContext()
                    .getLog()
                    .error(
                            "Workers [{}] and [{}] made different tokens of patches {} of [{}]: one of them is broken",
                            compared.accepted(),
                            compared.discarded(),
                            compared.differing(),
                            compared.job());
        }
        correspondents.tellOwner(compared.job(), new Outcome.Compared(compared));
    }

    /** Whether the worker had that lease still. */
    private boolean fail(WorkerId worker, long epoch, Fault fault, String reason) {
        Optional<Taken> failed = book.fail(worker, epoch, fault, reason, clock.instant());
        failed.ifPresent(taken -> tellFailed(taken, reason));
        return failed.isPresent();
    }

    private void tellFailed(Taken taken, String reason) {
        correspondents.tellReturned(taken, reason);
        for (TakenPart part : taken.parts()) {
            getContext().getLog().warn("A batch of [{}] failed on worker [{}]: {}", part.job(), taken.worker(), reason);
            for (PatchId patch : part.givenUp()) {
                getContext().getLog().error("Patch [{}] of [{}] is given up: {}", patch, part.job(), reason);
                correspondents.tellOwner(part.job(), new Outcome.GivenUp(part.job(), patch, reason));
            }
        }
    }

    private void lose(WorkerId worker, String reason) {
        if (correspondents.strike(worker)) {
            getContext().getLog().info("Worker [{}] is off the list: {}", worker, reason);
        }
        book.lose(worker).forEach(taken -> correspondents.tellReturned(taken, reason));
    }

    private void withdraw(JobId job, String reason) {
        correspondents.strike(job);
        for (Taken taken : book.withdraw(job, clock.instant())) {
            correspondents.tellTaken(taken, reason, "they shared a batch with job " + job + ", and " + reason);
        }
        Optional.ofNullable(windingDown.remove(job)).ifPresent(asker -> asker.tell(new Withdrawn(job)));
    }

    /** A reference within this process has no address of its own. */
    private String host(ActorRef<?> ref) {
        return ref.path()
                .address()
                .getHost()
                .or(() -> getContext().getSystem().address().getHost())
                .orElse("");
    }
}
