package handscroll.worker.lease;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.Granted;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import handscroll.worker.render.TaskRenderer.RenderFailure;
import handscroll.worker.render.TaskRenderer.Rendering;
import java.util.List;

/**
 * Renders for one slot on a thread of its own, the same from the opening of the renderer to its closing:
 * native libraries keep state by thread. It blocks, and what is sent to it meanwhile waits.
 */
final class SlotRenderer extends AbstractBehavior<SlotRenderer.Command> {

    sealed interface Command {}

    record Render(Granted granted, ActorRef<Answer> replyTo) implements Command {}

    /** Drops the states of patches that no later patch reads. */
    record Release(JobId job, List<PatchId> patches) implements Command {}

    /** Ends once what was asked before is done. */
    enum Close implements Command {
        INSTANCE
    }

    sealed interface Answer {}

    record Opened() implements Answer {}

    /** The slot is of no use; says why in one sentence. */
    record NotOpened(String reason) implements Answer {}

    record Rendered(long epoch, Rendering rendering) implements Answer {}

    record NotRendered(long epoch, Kind kind, String reason) implements Answer {}

    /** What the slot can tell of a failure. */
    enum Kind {
        UNKNOWN,
        OUT_OF_MEMORY,
        DEVICE
    }

    /** @param replyTo hears whether the renderer could be opened */
    static Behavior<Command> create(RendererFactory renderers, int slot, ActorRef<Answer> replyTo) {
        return Behaviors.setup(context -> {
            try {
                TaskRenderer renderer = renderers.open(slot);
                replyTo.tell(new Opened());
                return new SlotRenderer(context, renderer);
            } catch (Throwable e) {
                context.getLog().error("Slot [{}] cannot be used", slot, e);
                replyTo.tell(new NotOpened(sentence(e)));
                return Behaviors.stopped();
            }
        });
    }

    static DispatcherSelector dispatcher() {
        return DispatcherSelector.fromConfig("handscroll.worker.slot-dispatcher");
    }

    private final TaskRenderer renderer;

    private SlotRenderer(ActorContext<Command> context, TaskRenderer renderer) {
        super(context);
        this.renderer = renderer;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Render.class, this::onRender)
                .onMessage(Release.class, this::onRelease)
                .onMessageEquals(Close.INSTANCE, Behaviors::stopped)
                .onSignal(PostStop.class, this::onPostStop)
                .build();
    }

    private Behavior<Command> onRender(Render render) {
        Granted granted = render.granted();
        try {
            Rendering rendering = renderer.render(granted.parts());
            render.replyTo().tell(new Rendered(granted.epoch(), rendering));
        } catch (Throwable e) {
            // Whatever it is, running out of memory too: the slot goes on, and the desk decides who is to blame.
            getContext()
                    .getLog()
                    .error(
                            "A batch of [{}] tasks of {} could not be rendered",
                            granted.tasks().size(),
                            granted.parts().stream()
                                    .map(part -> part.settings().job())
                                    .toList(),
                            e);
            render.replyTo().tell(new NotRendered(granted.epoch(), kind(e), sentence(e)));
        }
        return this;
    }

    private Behavior<Command> onRelease(Release release) {
        try {
            renderer.release(release.job(), release.patches());
        } catch (Throwable e) {
            getContext().getLog().error("States of [{}] could not be released", release.job(), e);
        }
        return this;
    }

    private Behavior<Command> onPostStop(PostStop stopped) {
        renderer.close();
        return this;
    }

    private static Kind kind(Throwable e) {
        if (DeviceTrouble.isOutOfMemory(e)) {
            return Kind.OUT_OF_MEMORY;
        }
        return DeviceTrouble.isDevice(e) ? Kind.DEVICE : Kind.UNKNOWN;
    }

    private static String sentence(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            return "out of memory: " + e.getMessage() + "; give the worker more, or a smaller batch-size";
        }
        return e instanceof RenderFailure && e.getMessage() != null ? e.getMessage() : e.toString();
    }
}
