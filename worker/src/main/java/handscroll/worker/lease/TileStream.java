package handscroll.worker.lease;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.io.Inet.SocketOption;
import akka.io.TcpSO;
import akka.japi.Pair;
import akka.stream.BoundedSourceQueue;
import akka.stream.KillSwitches;
import akka.stream.QueueOfferResult;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Framing;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.RunnableGraph;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.javadsl.Tcp;
import akka.util.ByteString;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.Welcome;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.tile.RenderedTile;
import handscroll.protocol.tile.TileFrames;
import handscroll.protocol.tile.TileFrames.Ack;
import handscroll.protocol.tile.TileFrames.Hello;
import handscroll.protocol.tile.TileSecurity;
import handscroll.protocol.trace.JobTrace;
import handscroll.protocol.trace.Span;
import handscroll.protocol.trace.Tracing;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Carries the finished tiles of all slots to the coordinator over one long-lived connection, and says when
 * they are durable. When the connection breaks it is made anew, and what was not acknowledged is sent
 * again; a batch fails when that has not helped within the acknowledgement timeout.
 */
final class TileStream extends AbstractBehavior<TileStream.Command> {

    sealed interface Command {}

    /** From now on tiles are taken there. */
    record Open(Welcome welcome) implements Command {}

    /**
     * Sends the tiles of one lease, all of one job; answered once, with {@link Sent}.
     *
     * @param trace empty where nothing is traced
     */
    record Send(long epoch, List<RenderedTile> tiles, Optional<JobTrace> trace, ActorRef<Sent> replyTo)
            implements Command {
        Send {
            tiles = List.copyOf(tiles);
        }
    }

    private record Acknowledged(Ack ack) implements Command {}

    private record Closed(int connection, String reason) implements Command {}

    private record TimedOut(long epoch) implements Command {}

    private enum Reconnect implements Command {
        INSTANCE
    }

    /** All tiles of the lease are durable, or why they are not. */
    record Sent(long epoch, Optional<String> failure) {}

    /** @param capacity tiles that all slots together may have on the way */
    static Behavior<Command> create(WorkerSettings settings, WorkerId worker, int capacity) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new TileStream(context, timers, settings, worker, capacity)));
    }

    private record TileKey(long epoch, PatchId patch) {}

    /** @param end hangs up, also on a connection that has broken already */
    private record Connection(BoundedSourceQueue<ByteString> queue, UniqueKillSwitch end) {}

    private record Traced(JobTrace trace, JobId job, Instant encoded) {}

    /** Counts down the tiles of a lease. */
    private static final class Batch {
        final ActorRef<Sent> replyTo;
        final Optional<Traced> traced;
        int unacknowledgedCount;

        Batch(ActorRef<Sent> replyTo, Optional<Traced> traced, int tileCount) {
            this.replyTo = replyTo;
            this.traced = traced;
            this.unacknowledgedCount = tileCount;
        }
    }

    private final TimerScheduler<Command> timers;
    private final WorkerSettings settings;
    private final WorkerId worker;
    private final int capacity;
    private final Optional<TileSecurity> security;
    private final Tracing tracing;

    private final Map<Long, Batch> batches = new LinkedHashMap<>();
    private final Map<TileKey, ByteString> unacknowledged = new LinkedHashMap<>();
    private Optional<Welcome> welcome = Optional.empty();
    private Optional<Connection> connection = Optional.empty();
    private int connectionCount;
    private String lastBreak = "";

    private TileStream(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            WorkerSettings settings,
            WorkerId worker,
            int capacity) {
        super(context);
        this.timers = timers;
        this.settings = settings;
        this.worker = worker;
        this.capacity = capacity;
        this.security = TileSecurity.of(context.getSystem());
        this.tracing = Tracing.of(context.getSystem());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Send.class, this::onSend)
                .onMessage(Acknowledged.class, this::onAcknowledged)
                .onMessage(Open.class, this::onOpen)
                .onMessage(Closed.class, this::onClosed)
                .onMessageEquals(Reconnect.INSTANCE, this::onReconnect)
                .onMessage(TimedOut.class, this::onTimedOut)
                .onSignal(PostStop.class, stopped -> hangUp())
                .build();
    }

    private Behavior<Command> onSend(Send send) {
        Map<TileKey, ByteString> frames = new LinkedHashMap<>();
        for (RenderedTile tile : send.tiles()) {
            ByteString frame = TileFrames.encode(tile);
            if (frame.length() > settings.tileLimits().frameBytes()) {
                return refuse(
                        send,
                        "tile " + tile.patch() + " is " + frame.length()
                                + " bytes, more than handscroll.protocol.tile.maximum-frame-size allows, "
                                + settings.tileLimits().frameBytes());
            }
            frames.put(new TileKey(send.epoch(), tile.patch()), frame);
        }
        if (unacknowledged.size() + frames.size() > capacity) {
            return refuse(send, "more than " + capacity + " tiles are on the way already");
        }
        batches.put(send.epoch(), new Batch(send.replyTo(), traced(send), frames.size()));
        unacknowledged.putAll(frames);
        timers.startSingleTimer(send.epoch(), new TimedOut(send.epoch()), settings.ackTimeout());
        connection.ifPresent(open -> frames.values().forEach(frame -> put(open.queue(), frame)));
        return this;
    }

    private static Optional<Traced> traced(Send send) {
        return send.trace().map(trace -> new Traced(trace, send.tiles().get(0).job(), Instant.now()));
    }

    private Behavior<Command> refuse(Send send, String reason) {
        send.replyTo().tell(new Sent(send.epoch(), Optional.of(reason)));
        return this;
    }

    private Behavior<Command> onAcknowledged(Acknowledged acknowledged) {
        Ack ack = acknowledged.ack();
        lastBreak = "";
        Batch batch = batches.get(ack.epoch());
        ByteString frame = unacknowledged.remove(new TileKey(ack.epoch(), ack.patch()));
        if (frame == null || batch == null) {
            return this;
        }
        batch.traced.ifPresent(traced -> tell(traced, ack, frame.length()));
        batch.unacknowledgedCount--;
        if (!ack.isStored()) {
            end(ack.epoch(), ack.refusal().map(reason -> "tile " + ack.patch() + " was not stored: " + reason));
        } else if (batch.unacknowledgedCount == 0) {
            end(ack.epoch(), Optional.empty());
        }
        return this;
    }

    private void tell(Traced traced, Ack ack, int byteCount) {
        if (traced.trace().follows(ack.patch()) || !ack.isStored()) {
            tracing.tell(Span.ofTile(
                    traced.trace(),
                    traced.job(),
                    ack.patch(),
                    ack.epoch(),
                    byteCount,
                    traced.encoded(),
                    Instant.now(),
                    ack.refusal()));
        }
    }

    private Behavior<Command> onOpen(Open open) {
        if (welcome.filter(open.welcome()::equals).isEmpty()) {
            hangUp();
            welcome = Optional.of(open.welcome());
            connect(open.welcome());
        }
        return this;
    }

    private Behavior<Command> onClosed(Closed closed) {
        if (closed.connection() == connectionCount && connection.isPresent()) {
            hangUp();
            if (!closed.reason().equals(lastBreak)) {
                getContext().getLog().warn("The tile stream broke, and is made anew: {}", closed.reason());
            }
            lastBreak = closed.reason();
            timers.startSingleTimer(Reconnect.INSTANCE, Reconnect.INSTANCE, settings.reconnectInterval());
        }
        return this;
    }

    private Behavior<Command> onReconnect() {
        if (connection.isEmpty()) {
            welcome.ifPresent(this::connect);
        }
        return this;
    }

    private Behavior<Command> onTimedOut(TimedOut timedOut) {
        String trouble = lastBreak.isEmpty() ? "its disk or the network is slow" : "the connection broke, " + lastBreak;
        end(
                timedOut.epoch(),
                Optional.of("the coordinator did not take the tiles within "
                        + settings.ackTimeout().toSeconds() + " s: " + trouble));
        return this;
    }

    private void end(long epoch, Optional<String> failure) {
        Batch batch = batches.remove(epoch);
        if (batch != null) {
            timers.cancel(epoch);
            unacknowledged.keySet().removeIf(key -> key.epoch() == epoch);
            batch.replyTo.tell(new Sent(epoch, failure));
        }
    }

    private void connect(Welcome to) {
        int number = ++connectionCount;
        Pair<Connection, CompletionStage<Done>> running =
                graph(to).run(getContext().getSystem());
        getContext().pipeToSelf(running.second(), (done, failure) -> {
            String reason = failure == null ? "the coordinator closed it" : String.valueOf(failure.getMessage());
            return new Closed(number, reason);
        });
        connection = Optional.of(running.first());
        unacknowledged.values().forEach(frame -> put(running.first().queue(), frame));
    }

    /**
     * <pre>
     *   hello, tiles ─▶ queue ─▶ frames ─▶ socket    (waits for the coordinator; bounded by what slots may hold)
     *      this actor ◀─ acks ◀─ frames ◀─ socket
     * </pre>
     */
    private RunnableGraph<Pair<Connection, CompletionStage<Done>>> graph(Welcome to) {
        ActorRef<Command> self = getContext().getSelf();
        return Source.<ByteString>queue(capacity)
                .viaMat(KillSwitches.single(), Connection::new)
                .prepend(Source.single(TileFrames.encode(new Hello(to.tileKey(), worker))))
                .via(Framing.simpleFramingProtocol(settings.tileLimits().frameBytes())
                        .join(socket(to)))
                .map(TileFrames::ack)
                .toMat(Sink.foreach(ack -> self.tell(new Acknowledged(ack))), Keep.both());
    }

    private Flow<ByteString, ByteString, CompletionStage<Tcp.OutgoingConnection>> socket(Welcome to) {
        // Not resolved here: looking a name up would block this thread.
        InetSocketAddress address = InetSocketAddress.createUnresolved(to.tileHost(), to.tilePort());
        List<SocketOption> options = List.of(TcpSO.keepAlive(true));
        Optional<Duration> patience = Optional.of(settings.connectTimeout());
        Tcp tcp = Tcp.get(getContext().getSystem());
        if (security.isEmpty()) {
            return tcp.outgoingConnection(address, Optional.empty(), options, true, patience, Optional.empty());
        }
        TileSecurity keys = security.get();
        return tcp.outgoingConnectionWithTls(
                address,
                () -> keys.clientEngine(to.tileHost(), to.tilePort()),
                Optional.empty(),
                options,
                patience,
                Optional.empty(),
                session -> keys.objectionToServer(to.tileHost(), session),
                TileSecurity.CLOSING);
    }

    private void put(BoundedSourceQueue<ByteString> queue, ByteString frame) {
        QueueOfferResult result = queue.offer(frame);
        if (!result.isEnqueued()) {
            // Closed, or full of tiles that were given up: the next connection carries what still counts.
            getContext().getSelf().tell(new Closed(connectionCount, "it takes no more tiles: " + result));
        }
    }

    private Behavior<Command> hangUp() {
        connection.ifPresent(open -> open.end().shutdown());
        connection = Optional.empty();
        return this;
    }
}
