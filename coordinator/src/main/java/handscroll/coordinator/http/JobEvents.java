package handscroll.coordinator.http;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.http.javadsl.model.sse.ServerSentEvent;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.Source;
import akka.stream.typed.javadsl.ActorSource;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.job.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What the page of a job hears while it is open, as server-sent events. */
final class JobEvents {

    private static final String ENDED = "ended";

    private final ActorRef<Jobs.Command> desk;
    private final HttpSettings settings;
    private final FarmMetrics metrics;

    JobEvents(ActorRef<Jobs.Command> desk, HttpSettings settings, FarmMetrics metrics) {
        this.desk = desk;
        this.settings = settings;
        this.metrics = metrics;
    }

    /**
     * The life of one job until it ends or the viewer goes away.
     *
     * <pre>
     *               status now ─┐
     *                           ▼
     *   desk ─▶ backlog ─▶ then these ─▶ until ended ─▶ heartbeat ─▶ viewer
     *           (drops the oldest tiles of a slow viewer, and counts them)
     * </pre>
     *
     * The desk is told to be followed before it is asked for the status, so that nothing falls between.
     */
    Source<ServerSentEvent, NotUsed> of(
            JobId job, OptionalLong heard, Supplier<CompletionStage<Optional<Jobs.JobStatus>>> statusNow) {
        Source<ServerSentEvent, NotUsed> now = Source.lazyCompletionStage(statusNow::get)
                .mapConcat(status -> status.map(JobEvents::opening).stream().toList())
                .mapMaterializedValue(ignored -> NotUsed.getInstance());
        return followed(job, heard)
                .conflateWithSeed(event -> new ViewerBacklog(settings.viewerBacklog()).add(event), ViewerBacklog::add)
                .mapConcat(this::written)
                .prepend(now)
                .takeWhile(event -> !event.getEventType().equals(Optional.of(ENDED)), true)
                .keepAlive(settings.heartbeat(), ServerSentEvent::heartbeat)
                .watchTermination((nothing, done) -> {
                    metrics.viewerCame();
                    done.whenComplete((end, failure) -> metrics.viewerWent());
                    return nothing;
                });
    }

    /** Its own buffer stays empty: the backlog behind it takes every event as it comes, and does the counting. */
    private Source<Jobs.Event, NotUsed> followed(JobId job, OptionalLong heard) {
        return ActorSource.<Jobs.Event>actorRef(
                        event -> false,
                        event -> Optional.empty(),
                        settings.viewerBacklog(),
                        OverflowStrategy.dropHead())
                .mapMaterializedValue(follower -> {
                    desk.tell(new Jobs.Follow(job, heard, follower));
                    return NotUsed.getInstance();
                });
    }

    private List<ServerSentEvent> written(ViewerBacklog backlog) {
        List<ServerSentEvent> written = new ArrayList<>();
        if (backlog.missedCount() > 0) {
            metrics.missed(backlog.missedCount());
            written.add(event("missed", JobJson.object().put("count", backlog.missedCount())));
        }
        backlog.events().forEach(event -> written.add(told(event)));
        return written;
    }

    private static ServerSentEvent told(Jobs.Event event) {
        if (event instanceof Jobs.TileStored tile) {
            return numbered(tile, "tile", JobJson.tile(tile));
        }
        if (event instanceof Jobs.Happened happened) {
            return numbered(happened, "happened", JobJson.happened(happened));
        }
        if (event instanceof Jobs.CellsChanged cells) {
            return event("cells", JobJson.cells(cells));
        }
        if (event instanceof Jobs.Ended ended) {
            return event(ENDED, JobJson.status(ended.status()));
        }
        return event("status", JobJson.status(((Jobs.Moved) event).status()));
    }

    /** A browser that reconnects names the last id it heard. */
    private static ServerSentEvent numbered(Jobs.Numbered event, String type, ObjectNode data) {
        return ServerSentEvent.create(
                JobJson.text(data), Optional.of(type), Optional.of(Long.toString(event.number())), OptionalInt.empty());
    }

    /** A job that was over before anybody looked sends no events; its viewer hears the end at once. */
    private static ServerSentEvent opening(Jobs.JobStatus status) {
        return event(status.state().isOver() ? ENDED : "status", JobJson.status(status));
    }

    private static ServerSentEvent event(String type, ObjectNode data) {
        return ServerSentEvent.create(JobJson.text(data), type);
    }
}
