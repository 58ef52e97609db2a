package handscroll.worker.lease;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import com.typesafe.config.Config;
import handscroll.protocol.lease.Leasing.Welcome;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.tile.RenderedTile;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Sends one tile again and again over a worker's {@link TileStream}, as slots would that take no time to render. */
public final class TileSender extends AbstractBehavior<TileStream.Sent> {

    /** Batches on the way at once: each slot's running one and the one behind it. */
    private static final int BATCHES = 4;

    /**
     * Completes when so many tiles are acknowledged.
     *
     * @param batch tiles of one lease
     */
    public static CompletionStage<Long> send(
            ActorSystem<?> system, Config config, Welcome welcome, RenderedTile tile, int batch, long tiles) {
        var done = new CompletableFuture<Long>();
        Behavior<TileStream.Sent> sender = Behaviors.setup(context -> {
            ActorRef<TileStream.Command> stream = context.spawn(
                    TileStream.create(WorkerSettings.from(config), new WorkerId("bench"), BATCHES * batch), "tiles");
            stream.tell(new TileStream.Open(welcome));
            return new TileSender(context, stream, tile, batch, tiles, done);
        });
        system.systemActorOf(sender, "sender-" + System.nanoTime(), akka.actor.typed.Props.empty());
        return done;
    }

    private final ActorRef<TileStream.Command> stream;
    private final RenderedTile tile;
    private final int batch;
    private final long tiles;
    private final CompletableFuture<Long> done;
    private long epoch;
    private long acknowledged;

    private TileSender(
            ActorContext<TileStream.Sent> context,
            ActorRef<TileStream.Command> stream,
            RenderedTile tile,
            int batch,
            long tiles,
            CompletableFuture<Long> done) {
        super(context);
        this.stream = stream;
        this.tile = tile;
        this.batch = batch;
        this.tiles = tiles;
        this.done = done;
        for (int i = 0; i < BATCHES; i++) {
            sendNext();
        }
    }

    @Override
    public Receive<TileStream.Sent> createReceive() {
        return newReceiveBuilder()
                .onMessage(TileStream.Sent.class, this::onSent)
                .build();
    }

    private Behavior<TileStream.Sent> onSent(TileStream.Sent sent) {
        Optional<String> failure = sent.failure();
        if (failure.isPresent()) {
            done.completeExceptionally(new IllegalStateException(failure.get()));
            return Behaviors.stopped();
        }
        acknowledged += batch;
        if (acknowledged >= tiles) {
            done.complete(acknowledged);
            return Behaviors.stopped();
        }
        sendNext();
        return this;
    }

    private void sendNext() {
        epoch++;
        var tiles = new java.util.ArrayList<RenderedTile>(batch);
        for (int column = 0; column < batch; column++) {
            var patch = new handscroll.protocol.canvas.PatchId(1, column, 0, 0);
            tiles.add(new RenderedTile(tile.job(), patch, epoch, tile.encoded(), tile.half()));
        }
        stream.tell(new TileStream.Send(
                epoch,
                Collections.unmodifiableList(tiles),
                Optional.empty(),
                getContext().getSelf()));
    }
}
