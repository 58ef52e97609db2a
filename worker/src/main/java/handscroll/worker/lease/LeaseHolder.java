package handscroll.worker.lease;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.lease.Leasing.Granted;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.tile.RenderedTile;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer.Rendering;
import handscroll.worker.render.TaskRenderer.Tile;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps one slot busy: pulls batches, has them rendered one after the other, and reports each exactly once.
 *
 * <p>It holds up to two: one runs while the other waits, or while the tiles of the other are on their way.
 * A slow output therefore ends in a slot that pulls nothing.
 */
final class LeaseHolder extends AbstractBehavior<LeaseHolder.Command> {

    sealed interface Command {}

    /** There is a desk to pull from; said again when pulls may have been lost, which does no harm. */
    enum PullNow implements Command {
        INSTANCE
    }

    record Take(Granted granted) implements Command {}

    /** Nobody waits for it any more. */
    record Drop(long epoch) implements Command {}

    record Release(Leasing.Released released) implements Command {}

    /** Finishes what runs, drops what waits, closes the renderer and ends. */
    enum Drain implements Command {
        INSTANCE
    }

    /** As {@link Drain}, but waits for no tiles: nothing that it holds counts any more. */
    enum Abandon implements Command {
        INSTANCE
    }

    private record FromRenderer(SlotRenderer.Answer answer) implements Command {}

    private record FromTileStream(TileStream.Sent sent) implements Command {}

    /** What a slot has to say. */
    sealed interface Report {}

    record Opened(int slot) implements Report {}

    record NotOpened(int slot, String reason) implements Report {}

    /** To be passed on to the desk. */
    record Say(Leasing.ToDesk message) implements Report {}

    static final int BATCH_COUNT = 2;

    static Behavior<Command> create(
            WorkerId worker,
            int slot,
            int batchSize,
            RendererFactory renderers,
            ActorRef<TileStream.Command> tiles,
            ActorRef<Report> node) {
        return Behaviors.setup(context -> new LeaseHolder(context, worker, slot, batchSize, renderers, tiles, node));
    }

    private enum Phase {
        WAITING,
        RENDERING,
        STORING
    }

    private static final class Batch {
        final Granted granted;
        Phase phase = Phase.WAITING;
        boolean isDropped;
        List<TaskResult> results = List.of();
        Leasing.WorkTime work = Leasing.WorkTime.NONE;

        Batch(Granted granted) {
            this.granted = granted;
        }
    }

    private final WorkerId worker;
    private final int slot;
    private final int batchSize;
    private final ActorRef<TileStream.Command> tiles;
    private final ActorRef<Report> node;
    private final ActorRef<SlotRenderer.Command> renderer;
    private final ActorRef<SlotRenderer.Answer> fromRenderer;
    private final ActorRef<TileStream.Sent> fromTileStream;

    /** By epoch, the oldest first. */
    private final Map<Long, Batch> batches = new LinkedHashMap<>();

    private boolean isDraining;

    private LeaseHolder(
            ActorContext<Command> context,
            WorkerId worker,
            int slot,
            int batchSize,
            RendererFactory renderers,
            ActorRef<TileStream.Command> tiles,
            ActorRef<Report> node) {
        super(context);
        this.worker = worker;
        this.slot = slot;
        this.batchSize = batchSize;
        this.tiles = tiles;
        this.node = node;
        this.fromRenderer = context.messageAdapter(SlotRenderer.Answer.class, FromRenderer::new);
        this.fromTileStream = context.messageAdapter(TileStream.Sent.class, FromTileStream::new);
        this.renderer = context.spawn(
                SlotRenderer.create(renderers, slot, fromRenderer), "renderer", SlotRenderer.dispatcher());
        context.watch(renderer);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Take.class, this::onTake)
                .onMessage(FromRenderer.class, this::onFromRenderer)
                .onMessage(FromTileStream.class, this::onFromTileStream)
                .onMessageEquals(PullNow.INSTANCE, this::onPullNow)
                .onMessage(Drop.class, this::onDrop)
                .onMessage(Release.class, this::onRelease)
                .onMessageEquals(Drain.INSTANCE, this::onDrain)
                .onMessageEquals(Abandon.INSTANCE, this::onAbandon)
                .onSignal(Terminated.class, this::onRendererEnded)
                .build();
    }

    private Behavior<Command> onTake(Take take) {
        if (!isDraining) {
            batches.put(take.granted().epoch(), new Batch(take.granted()));
        }
        return renderNext();
    }

    private Behavior<Command> onFromRenderer(FromRenderer from) {
        SlotRenderer.Answer answer = from.answer();
        if (answer instanceof SlotRenderer.Rendered rendered) {
            onRendered(rendered.epoch(), rendered.rendering());
        } else if (answer instanceof SlotRenderer.NotRendered failed) {
            end(failed.epoch(), Optional.of(failure(failed)));
        } else if (answer instanceof SlotRenderer.NotOpened failed) {
            node.tell(new NotOpened(slot, failed.reason()));
        } else {
            node.tell(new Opened(slot));
        }
        return renderNext();
    }

    private void onRendered(long epoch, Rendering rendering) {
        Batch batch = batches.get(epoch);
        if (batch == null) {
            return;
        }
        Optional<List<TaskResult>> results = answers(batch.granted.tasks(), rendering);
        batch.work = rendering.work();
        if (batch.isDropped || results.isEmpty() || rendering.tiles().isEmpty()) {
            batch.results = results.orElse(List.of());
            end(
                    epoch,
                    results.isPresent()
                            ? Optional.empty()
                            : Optional.of(new Leasing.Failed(worker, epoch, "the renderer answered other tasks")));
            return;
        }
        batch.phase = Phase.STORING;
        batch.results = results.get();
        // Only what is sampled is ever mixed: tiles are of one job.
        JobTasks only = batch.granted.parts().get(0);
        JobId job = only.settings().job();
        List<RenderedTile> rendered = new ArrayList<>(rendering.tiles().size());
        for (Tile tile : rendering.tiles()) {
            rendered.add(new RenderedTile(job, tile.patch(), epoch, tile.encoded(), tile.half()));
        }
        tiles.tell(new TileStream.Send(epoch, rendered, only.trace(), fromTileStream));
    }

    /** One for each task in their order, a stored tile where its answer is pixels; empty when they do not fit. */
    private static Optional<List<TaskResult>> answers(List<Task> tasks, Rendering rendering) {
        List<TaskResult> answers = new ArrayList<>(tasks.size());
        Iterator<TaskResult> results = rendering.results().iterator();
        Iterator<Tile> tiles = rendering.tiles().iterator();
        for (Task task : tasks) {
            TaskResult answer;
            if (task instanceof Task.Decode) {
                if (!tiles.hasNext()) {
                    return Optional.empty();
                }
                Tile tile = tiles.next();
                answer = new TaskResult.TileStored(tile.patch(), tile.seams());
            } else {
                if (!results.hasNext()) {
                    return Optional.empty();
                }
                answer = results.next();
            }
            if (!answer.patch().equals(task.patch())) {
                return Optional.empty();
            }
            answers.add(answer);
        }
        return results.hasNext() || tiles.hasNext() ? Optional.empty() : Optional.of(answers);
    }

    private Behavior<Command> onFromTileStream(FromTileStream from) {
        long epoch = from.sent().epoch();
        end(epoch, from.sent().failure().map(reason -> new Leasing.Failed(worker, epoch, reason)));
        return renderNext();
    }

    private Behavior<Command> onPullNow() {
        if (isBusyInVain()) {
            return this;
        }
        for (int room = batches.size(); room < BATCH_COUNT && !isDraining; room++) {
            pull();
        }
        return this;
    }

    /** With what was revoked while it is rendered: it may never end, and nobody should wait behind it. */
    private boolean isBusyInVain() {
        return batches.values().stream().anyMatch(batch -> batch.isDropped && batch.phase == Phase.RENDERING);
    }

    private Behavior<Command> onDrop(Drop drop) {
        Batch batch = batches.get(drop.epoch());
        if (batch != null) {
            batch.isDropped = true;
            if (batch.phase == Phase.WAITING) {
                end(drop.epoch(), Optional.empty());
            }
        }
        return renderNext();
    }

    private Behavior<Command> onRelease(Release release) {
        renderer.tell(new SlotRenderer.Release(
                release.released().job(), release.released().patches()));
        return this;
    }

    private Behavior<Command> onDrain() {
        isDraining = true;
        batches.values().removeIf(batch -> batch.phase == Phase.WAITING);
        return renderNext();
    }

    private Behavior<Command> onAbandon() {
        isDraining = true;
        batches.values().removeIf(batch -> batch.phase != Phase.RENDERING);
        batches.values().forEach(batch -> batch.isDropped = true);
        return renderNext();
    }

    private Behavior<Command> onRendererEnded(Terminated terminated) {
        return Behaviors.stopped();
    }

    private Behavior<Command> renderNext() {
        if (isDraining && batches.isEmpty()) {
            renderer.tell(SlotRenderer.Close.INSTANCE);
            return this;
        }
        boolean isBusy = false;
        Optional<Batch> next = Optional.empty();
        for (Batch batch : batches.values()) {
            isBusy |= batch.phase == Phase.RENDERING;
            if (batch.phase == Phase.WAITING && next.isEmpty()) {
                next = Optional.of(batch);
            }
        }
        if (!isBusy && next.isPresent()) {
            next.get().phase = Phase.RENDERING;
            renderer.tell(new SlotRenderer.Render(next.get().granted, fromRenderer));
        }
        return this;
    }

    /** The lease is over: reports it, unless nobody waits for it, and pulls the next. */
    private void end(long epoch, Optional<? extends Leasing.ToDesk> failure) {
        Batch batch = batches.remove(epoch);
        if (batch == null) {
            return;
        }
        if (!batch.isDropped && failure.isEmpty()) {
            int roomFor = isDraining ? 0 : batchSize;
            node.tell(new Say(new Leasing.Completed(worker, epoch, batch.results, batch.work, slot, roomFor)));
            return;
        }
        if (!batch.isDropped) {
            node.tell(new Say(failure.orElseThrow()));
        }
        if (!isDraining && !isBusyInVain()) {
            pull();
        }
    }

    private Leasing.ToDesk failure(SlotRenderer.NotRendered failed) {
        return switch (failed.kind()) {
            case UNKNOWN -> new Leasing.Failed(worker, failed.epoch(), failed.reason());
            case OUT_OF_MEMORY -> new Leasing.OutOfMemory(worker, failed.epoch(), failed.reason());
            case DEVICE -> new Leasing.DeviceFailed(worker, failed.epoch(), failed.reason());
        };
    }

    private void pull() {
        node.tell(new Say(new Leasing.Pull(worker, slot, batchSize)));
    }
}
