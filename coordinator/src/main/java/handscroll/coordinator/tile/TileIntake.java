package handscroll.coordinator.tile;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.io.Inet.SocketOption;
import akka.io.TcpSO;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Framing;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.javadsl.Tcp;
import akka.util.ByteString;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.tile.RenderedTile;
import handscroll.protocol.tile.TileFrames;
import handscroll.protocol.tile.TileFrames.Ack;
import handscroll.protocol.tile.TileFrames.BadFrame;
import handscroll.protocol.tile.TileFrames.Hello;
import handscroll.protocol.tile.TileSecurity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes finished tiles from workers, each over one long-lived connection, and hands them to the store of
 * their job. A store that is slow slows the connections down, and with them the workers: a tile's lease
 * is over only when it is durable.
 */
public final class TileIntake {

    private static final Logger LOG = LoggerFactory.getLogger(TileIntake.class);
    private static final int KEY_BYTES = 16;
    private static final int BACKLOG = 100;

    /**
     * Opens the door for workers.
     *
     * @param stores finds the store of a job that takes tiles now; called on any thread
     * @return fails when the address is taken or cannot be used
     */
    public static CompletionStage<TileIntake> bind(
            ActorSystem<?> system, TileIntakeSettings settings, Function<JobId, Optional<TileStore>> stores) {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        SharedKillSwitch connections = KillSwitches.shared("tile-intake");
        var intake = new Acceptor(
                settings, HexFormat.of().formatHex(key), stores, connections, new StoreRoom(settings.storedAtOnce()));
        return connections(system, settings)
                // No more connections at once than this: the next one waits in the backlog.
                .mapAsyncUnordered(
                        settings.connectionCount(),
                        connection -> connection
                                .flow()
                                .watchTermination(Keep.right())
                                .join(intake.connection())
                                .run(system)
                                .handle((done, failure) -> intake.closed(connection, Optional.ofNullable(failure))))
                .toMat(Sink.ignore(), Keep.left())
                .run(system)
                .handle((binding, failure) -> {
                    if (failure != null) {
                        throw new IllegalStateException(
                                "Tiles cannot be taken in at " + settings.bindHost() + ":" + settings.port()
                                        + "; set handscroll.coordinator.tile.bind-host and port to a free address"
                                        + " of this machine, or port to 0.",
                                failure);
                    }
                    return new TileIntake(binding, intake);
                });
    }

    private static Source<Tcp.IncomingConnection, CompletionStage<Tcp.ServerBinding>> connections(
            ActorSystem<?> system, TileIntakeSettings settings) {
        List<SocketOption> options = List.of(TcpSO.keepAlive(true));
        Optional<TileSecurity> security = TileSecurity.of(system);
        if (security.isEmpty()) {
            return Tcp.get(system).bind(settings.bindHost(), settings.port(), BACKLOG, options, true, Optional.empty());
        }
        TileSecurity keys = security.get();
        return Tcp.get(system)
                .bindWithTls(
                        settings.bindHost(),
                        settings.port(),
                        () -> keys.serverEngine(settings.host(), settings.port()),
                        BACKLOG,
                        options,
                        Optional.empty(),
                        session -> keys.objectionToClient(settings.host(), session),
                        TileSecurity.CLOSING);
    }

    private final Tcp.ServerBinding binding;
    private final Acceptor acceptor;

    private TileIntake(Tcp.ServerBinding binding, Acceptor acceptor) {
        this.binding = binding;
        this.acceptor = acceptor;
    }

    /** What a worker is told that may send tiles here. */
    public Leasing.Welcome welcome(Duration term) {
        return new Leasing.Welcome(
                acceptor.settings.host(), binding.localAddress().getPort(), acceptor.key, term);
    }

    /** Takes no more connections and no more tiles; those that were taken are stored and acknowledged. */
    public CompletionStage<Done> stop() {
        return binding.unbind().thenApply(done -> {
            acceptor.connections.shutdown();
            return Done.getInstance();
        });
    }

    private record Acceptor(
            TileIntakeSettings settings,
            String key,
            Function<JobId, Optional<TileStore>> stores,
            SharedKillSwitch connections,
            StoreRoom room) {

        /**
         * <pre>
         *   socket ─▶ frames ─▶ hello? ─▶ tiles ─▶ store (some at once) ─┐   a slow store is felt at the socket;
         *   socket ◀─ frames ◀─ acks, in the order of durability ◀───────┘   nothing is dropped
         * </pre>
         *
         * A wrong key, a frame that is too long or no tile, ends the connection.
         */
        Flow<ByteString, ByteString, NotUsed> connection() {
            Flow<ByteString, ByteString, NotUsed> conversation = Flow.of(ByteString.class)
                    .initialTimeout(settings.helloTimeout())
                    .via(connections.flow())
                    .statefulMapConcat(() -> new Doorkeeper(key)::admit)
                    .map(TileFrames::tile)
                    .mapAsyncUnordered(settings.connectionParallelism(), tile -> room.enter(() -> store(tile)))
                    .map(TileFrames::encode);
            return Framing.simpleFramingProtocol(settings.limits().frameBytes())
                    .reversed()
                    .join(conversation);
        }

        private CompletionStage<Ack> store(RenderedTile tile) {
            CompletionStage<Done> stored;
            try {
                stored = stores.apply(tile.job())
                        .map(store -> store.store(tile))
                        .orElseGet(() -> CompletableFuture.failedFuture(new IllegalStateException("job " + tile.job()
                                + " takes no tiles here; it is over, or led by another coordinator")));
            } catch (RuntimeException e) {
                stored = CompletableFuture.failedFuture(e);
            }
            return stored.handle((done, failure) -> new Ack(
                    tile.epoch(), tile.patch(), Optional.ofNullable(failure).map(f -> refusal(tile, f))));
        }

        private static String refusal(RenderedTile tile, Throwable failure) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            LOG.warn("Tile [{}] of [{}] was not stored", tile.patch(), tile.job(), cause);
            return cause.getMessage() == null ? cause.toString() : cause.getMessage();
        }

        private Done closed(Tcp.IncomingConnection connection, Optional<Throwable> failure) {
            failure.ifPresent(f -> LOG.warn(
                    "The tile stream from [{}] was cut: {}",
                    connection.remoteAddress(),
                    String.valueOf(f.getMessage())));
            return Done.getInstance();
        }
    }

    /** Lets the frames of one connection through once the first has shown the key. */
    private static final class Doorkeeper {
        private final byte[] key;
        private boolean isOpen;

        Doorkeeper(String key) {
            this.key = key.getBytes(StandardCharsets.UTF_8);
        }

        List<ByteString> admit(ByteString frame) {
            if (isOpen) {
                return List.of(frame);
            }
            Hello hello = TileFrames.hello(frame);
            // In constant time, so that it cannot be guessed byte by byte.
            if (!MessageDigest.isEqual(key, hello.key().getBytes(StandardCharsets.UTF_8))) {
                throw new BadFrame("worker " + hello.worker() + " came with a wrong key");
            }
            isOpen = true;
            return List.of();
        }
    }
}
