package handscroll.worker.lease;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.lease.Leasing.Granted;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.worker.render.RendererFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One worker process: finds the lease desk wherever it runs, speaks to it for all slots, and renews what
 * they hold. Ends when its slots cannot be opened, or are drained.
 *
 * <ol>
 *   <li>opening: every slot opens its renderer;
 *   <li>joining: knocks at each desk that appears until it is let in, and again when it was refused;
 *   <li>working: slots pull, render and report; when the desk moves, joins the new one and goes on;
 *   <li>draining: slots finish what runs, then the worker leaves. Part of the coordinated shutdown, so that
 *       the process does not end while native code runs; bounded by the timeout of its phase service-stop.
 * </ol>
 */
public final class WorkerNode extends AbstractBehavior<Leasing.ToWorker> {

    /** Finishes what runs, leaves the farm and ends. */
    public enum Drain implements Leasing.ToWorker {
        INSTANCE
    }

    private record DesksListed(Set<ActorRef<Leasing.ToDesk>> desks) implements Leasing.ToWorker {}

    private record FromSlot(LeaseHolder.Report report) implements Leasing.ToWorker {}

    private enum Knock implements Leasing.ToWorker {
        INSTANCE
    }

    private enum RenewLeases implements Leasing.ToWorker {
        INSTANCE
    }

    /**
     * @param worker its name, which no other process of the farm has had
     * @param slotCount batches that are rendered at once, each on a thread of its own
     */
    public static Behavior<Leasing.ToWorker> create(
            WorkerSettings settings, WorkerId worker, int slotCount, RendererFactory renderers) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            context.setLoggerName(WorkerNode.class);
            CoordinatedShutdown.get(context.getSystem())
                    .addActorTerminationTask(
                            CoordinatedShutdown.PhaseServiceStop(),
                            "drain-" + worker,
                            Adapter.toClassic(context.getSelf()),
                            Optional.of(Drain.INSTANCE));
            return new WorkerNode(context, timers, settings, worker, slotCount, renderers);
        }));
    }

    private final TimerScheduler<Leasing.ToWorker> timers;
    private final WorkerSettings settings;
    private final WorkerId worker;
    private final RendererFactory renderers;
    private final ActorRef<TileStream.Command> tiles;
    private final List<ActorRef<LeaseHolder.Command>> slots = new ArrayList<>();

    /** The slot of each lease that is held, by epoch. */
    private final Map<Long, Integer> held = new HashMap<>();

    private Set<ActorRef<Leasing.ToDesk>> listed = Set.of();
    private Optional<ActorRef<Leasing.ToDesk>> desk = Optional.empty();
    private Optional<Leasing.Drained> drained = Optional.empty();
    private long drainedAt;
    private String lastRefusal = "";
    private int openedCount;
    private int endedCount;
    private boolean isDraining;

    private WorkerNode(
            ActorContext<Leasing.ToWorker> context,
            TimerScheduler<Leasing.ToWorker> timers,
            WorkerSettings settings,
            WorkerId worker,
            int slotCount,
            RendererFactory renderers) {
        super(context);
        this.timers = timers;
        this.settings = settings;
        this.worker = worker;
        this.renderers = renderers;
        int capacity = slotCount * LeaseHolder.BATCH_COUNT * settings.batchSize();
        tiles = context.spawn(TileStream.create(settings, worker, capacity), "tile-stream");
        ActorRef<LeaseHolder.Report> reports = context.messageAdapter(LeaseHolder.Report.class, FromSlot::new);
        for (int slot = 0; slot < slotCount; slot++) {
            ActorRef<LeaseHolder.Command> holder = context.spawn(
                    LeaseHolder.create(worker, slot, settings.batchSize(), renderers, tiles, reports), "slot-" + slot);
            context.watch(holder);
            slots.add(holder);
        }
        context.getSystem()
                .receptionist()
                .tell(Receptionist.subscribe(
                        Leasing.DESK,
                        context.messageAdapter(
                                Receptionist.Listing.class,
                                listing -> new DesksListed(listing.getServiceInstances(Leasing.DESK)))));
    }

    @Override
    public Receive<Leasing.ToWorker> createReceive() {
        return newReceiveBuilder()
                .onMessage(FromSlot.class, this::onFromSlot)
                .onMessage(Granted.class, this::onGranted)
                .onMessage(Leasing.Released.class, this::onReleased)
                .onMessage(Leasing.Revoked.class, this::onRevoked)
                .onMessage(Leasing.Drained.class, this::onDrained)
                .onMessageEquals(RenewLeases.INSTANCE, this::onRenewLeases)
                .onMessage(DesksListed.class, this::onDesksListed)
                .onMessageEquals(Knock.INSTANCE, this::onKnock)
                .onMessage(Leasing.Welcome.class, this::onWelcome)
                .onMessage(Leasing.Refused.class, this::onRefused)
                .onMessageEquals(Drain.INSTANCE, this::onDrain)
                .onSignal(Terminated.class, this::onSlotEnded)
                .build();
    }

    private Behavior<Leasing.ToWorker> onFromSlot(FromSlot from) {
        LeaseHolder.Report report = from.report();
        if (report instanceof LeaseHolder.Say say) {
            if (counts(say.message())) {
                desk.ifPresent(d -> d.tell(say.message()));
            } else if (say.message() instanceof Leasing.Completed late && late.roomFor() > 0) {
                desk.ifPresent(d -> d.tell(new Leasing.Pull(worker, late.slot(), late.roomFor())));
            }
        } else if (report instanceof LeaseHolder.Opened) {
            openedCount++;
            knock();
        } else if (report instanceof LeaseHolder.NotOpened failed) {
            getContext().getLog().error("Worker [{}] ends: slot [{}] {}", worker, failed.slot(), failed.reason());
            return onDrain();
        }
        return this;
    }

    /** Not the end of a lease that was revoked while the slot reported it. */
    private boolean counts(Leasing.ToDesk message) {
        if (message instanceof Leasing.Completed completed) {
            return held.remove(completed.epoch()) != null;
        }
        return !(message instanceof Leasing.Failed failed) || held.remove(failed.epoch()) != null;
    }

    private Behavior<Leasing.ToWorker> onGranted(Granted granted) {
        if (granted.slot() >= 0 && granted.slot() < slots.size() && !isDraining) {
            held.put(granted.epoch(), granted.slot());
            slots.get(granted.slot()).tell(new LeaseHolder.Take(granted));
        }
        return this;
    }

    private Behavior<Leasing.ToWorker> onReleased(Leasing.Released released) {
        slots.forEach(slot -> slot.tell(new LeaseHolder.Release(released)));
        return this;
    }

    private Behavior<Leasing.ToWorker> onRevoked(Leasing.Revoked revoked) {
        Integer slot = held.remove(revoked.epoch());
        if (slot != null) {
            getContext().getLog().info("Lease [{}] is revoked: {}", revoked.epoch(), revoked.reason());
            slots.get(slot).tell(new LeaseHolder.Drop(revoked.epoch()));
        }
        return this;
    }

    /** The desk alone acts on it; the next one hears of it from here. */
    private Behavior<Leasing.ToWorker> onDrained(Leasing.Drained told) {
        drained = Optional.of(told).filter(Leasing.Drained::isOn);
        drainedAt = System.nanoTime();
        return this;
    }

    private Optional<Duration> left(Leasing.Drained told) {
        Duration since = Duration.ofNanos(System.nanoTime() - drainedAt);
        return told.within().map(within -> since.compareTo(within) < 0 ? within.minus(since) : Duration.ZERO);
    }

    private Behavior<Leasing.ToWorker> onRenewLeases() {
        // Said without leases too: it tells the desk that this worker lives. Pulls may have got lost on the way.
        desk.ifPresent(d -> d.tell(new Leasing.Renew(worker, List.copyOf(held.keySet()))));
        slots.forEach(slot -> slot.tell(LeaseHolder.PullNow.INSTANCE));
        return this;
    }

    private Behavior<Leasing.ToWorker> onDesksListed(DesksListed news) {
        listed = news.desks();
        knock();
        return this;
    }

    private Behavior<Leasing.ToWorker> onKnock() {
        desk = Optional.empty();
        knock();
        return this;
    }

    /** Knocks at a desk once all slots are open, unless it is in already; the last desk counts until another appears. */
    private void knock() {
        boolean isIn = desk.isPresent() && (listed.isEmpty() || listed.contains(desk.get()));
        if (isDraining || openedCount < slots.size() || listed.isEmpty() || isIn) {
            return;
        }
        desk = listed.stream().findFirst();
        desk.ifPresent(d -> d.tell(new Leasing.Join(
                worker,
                slots.size(),
                renderers.deviceClass(),
                renderers.modelHashes(),
                getContext().getSelf())));
        timers.startSingleTimer(Knock.INSTANCE, Knock.INSTANCE, settings.joinInterval());
    }

    private Behavior<Leasing.ToWorker> onWelcome(Leasing.Welcome welcome) {
        getContext().getLog().info("Worker [{}] joined the farm with [{}] slots", worker, slots.size());
        lastRefusal = "";
        timers.cancel(Knock.INSTANCE);
        timers.startTimerWithFixedDelay(RenewLeases.INSTANCE, welcome.term().dividedBy(3));
        tiles.tell(new TileStream.Open(welcome));
        desk.ifPresent(d -> drained.ifPresent(state -> d.tell(Leasing.Drained.within(worker, left(state)))));
        // A new desk knows nothing of what the old one granted, and revokes it before more of it is rendered.
        desk.ifPresent(d -> d.tell(new Leasing.Renew(worker, List.copyOf(held.keySet()))));
        slots.forEach(slot -> slot.tell(LeaseHolder.PullNow.INSTANCE));
        return this;
    }

    private Behavior<Leasing.ToWorker> onRefused(Leasing.Refused refused) {
        if (!refused.reason().equals(lastRefusal)) {
            getContext()
                    .getLog()
                    .warn(
                            "The farm has no work for worker [{}], which asks again every [{}] s: {}",
                            worker,
                            settings.refusedInterval().toSeconds(),
                            refused.reason());
            lastRefusal = refused.reason();
        }
        timers.startSingleTimer(Knock.INSTANCE, Knock.INSTANCE, settings.refusedInterval());
        return this;
    }

    private Behavior<Leasing.ToWorker> onDrain() {
        if (!isDraining) {
            isDraining = true;
            slots.forEach(slot -> slot.tell(isPutOut() ? LeaseHolder.Abandon.INSTANCE : LeaseHolder.Drain.INSTANCE));
        }
        return this;
    }

    /** Nobody waits for what it holds, and nobody may answer that its tiles came. */
    private boolean isPutOut() {
        return CoordinatedShutdown.get(getContext().getSystem())
                .getShutdownReason()
                .filter(CoordinatedShutdown.clusterDowningReason()::equals)
                .isPresent();
    }

    private Behavior<Leasing.ToWorker> onSlotEnded(Terminated terminated) {
        endedCount++;
        if (!isDraining) {
            getContext().getLog().error("Worker [{}] ends: one of its slots broke", worker);
            onDrain();
        }
        if (endedCount < slots.size()) {
            return this;
        }
        desk.ifPresent(d -> d.tell(new Leasing.Leave(worker)));
        return Behaviors.stopped();
    }
}
