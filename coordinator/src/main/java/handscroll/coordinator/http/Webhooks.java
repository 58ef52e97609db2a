package handscroll.coordinator.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.job.Jobs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells one address of each job whose state changed: one message after the other, signed, tried a few times. At least once and in
 * order while the coordinator lives; what waits when it ends is lost, so a receiver that must know asks the API, too.
 *
 * <pre>
 *   desk ─▶ waiting (bounded, the oldest goes) ─▶ POST ─▶ 2xx: the next one
 *                                                  ╰──▶ else: again after 1, 2, 4 … s, then given up
 * </pre>
 */
public final class Webhooks extends AbstractBehavior<Webhooks.Command> {

    sealed interface Command {}

    private record Changed(Jobs.JobStatus status) implements Command {}

    private record Answered(String outcome, boolean taken) implements Command {}

    private enum TryAgain implements Command {
        INSTANCE
    }

    /** The same bytes each time that it is sent, under the same id. */
    private record Message(String id, String event, String body) {}

    /** Spawns one for each address of the configuration. */
    public static void start(ActorContext<?> parent, ActorRef<Jobs.Command> desk, WebhookSettings settings) {
        int number = 0;
        for (WebhookSettings.Endpoint endpoint : settings.endpoints()) {
            parent.spawn(create(desk, settings, endpoint, Clock.systemUTC()), "webhook-" + number++);
        }
    }

    static Behavior<Command> create(
            ActorRef<Jobs.Command> desk, WebhookSettings settings, WebhookSettings.Endpoint endpoint, Clock clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            desk.tell(new Jobs.WatchStates(context.messageAdapter(Jobs.JobStatus.class, Changed::new)));
            return new Webhooks(context, timers, settings, endpoint, clock);
        }));
    }

    private static final int MOST_DOUBLINGS = 16;

    private final TimerScheduler<Command> timers;
    private final WebhookSettings settings;
    private final WebhookSettings.Endpoint endpoint;
    private final Clock clock;
    private final Queue<Message> waiting = new ArrayDeque<>();
    private Optional<Message> onItsWay = Optional.empty();
    private int tries;

    private Webhooks(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            WebhookSettings settings,
            WebhookSettings.Endpoint endpoint,
            Clock clock) {
        super(context);
        this.timers = timers;
        this.settings = settings;
        this.endpoint = endpoint;
        this.clock = clock;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Changed.class, this::onChanged)
                .onMessage(Answered.class, this::onAnswered)
                .onMessageEquals(TryAgain.INSTANCE, this::onTryAgain)
                .build();
    }

    private Behavior<Command> onChanged(Changed changed) {
        Instant now = clock.instant();
        String event = "job." + JobJson.word(changed.status().state());
        String id = changed.status().job() + "-" + now.toEpochMilli() + "-" + event;
        ObjectNode json = JobJson.object();
        json.put("id", id).put("event", event).put("at", now.toString()).set("job", JobJson.status(changed.status()));
        if (waiting.size() >= settings.waiting()) {
            Message lost = waiting.remove();
            getContext()
                    .getLog()
                    .warn("[{}] takes messages too slowly: [{}] was dropped, never told", endpoint.url(), lost.id());
        }
        waiting.add(new Message(id, event, JobJson.text(json)));
        return onItsWay.isPresent() ? this : sendNext();
    }

    private Behavior<Command> sendNext() {
        onItsWay = Optional.ofNullable(waiting.poll());
        tries = 0;
        onItsWay.ifPresent(this::send);
        return this;
    }

    private void send(Message message) {
        tries++;
        HttpRequest request = HttpRequest.POST(endpoint.url().toString())
                .withEntity(ContentTypes.APPLICATION_JSON, message.body())
                .addHeader(RawHeader.create("Handscroll-Event", message.event()))
                .addHeader(RawHeader.create("Handscroll-Delivery", message.id()))
                .addHeader(RawHeader.create(
                        Signature.HEADER,
                        Signature.of(endpoint.secret(), clock.instant().getEpochSecond(), message.body())));
        // Redirects are not followed: where they lead nobody has configured.
        CompletableFuture<Answered> answer = Http.get(getContext().getSystem())
                .singleRequest(request)
                .thenApply(response -> {
                    response.discardEntityBytes(getContext().getSystem());
                    int status = response.status().intValue();
                    return new Answered(response.status().toString(), 200 <= status && status < 300);
                })
                .toCompletableFuture()
                .orTimeout(settings.answerTimeout().toMillis(), TimeUnit.MILLISECONDS);
        getContext()
                .pipeToSelf(
                        answer,
                        (answered, failure) -> failure == null
                                ? answered
                                : new Answered(
                                        failure instanceof TimeoutException
                                                ? "no answer within "
                                                        + settings.answerTimeout()
                                                                .toSeconds() + " s"
                                                : String.valueOf(failure.getMessage()),
                                        false));
    }

    private Behavior<Command> onAnswered(Answered answered) {
        if (answered.taken()) {
            return sendNext();
        }
        if (tries < settings.attempts()) {
            Duration pause = settings.firstPause().multipliedBy(1L << Math.min(tries - 1, MOST_DOUBLINGS));
            timers.startSingleTimer(TryAgain.INSTANCE, pause);
            return this;
        }
        getContext()
                .getLog()
                .warn(
                        "[{}] did not take [{}] in {} tries, the last one: {}; it is given up",
                        endpoint.url(),
                        onItsWay.map(Message::id).orElse("nothing"),
                        tries,
                        answered.outcome());
        return sendNext();
    }

    private Behavior<Command> onTryAgain() {
        onItsWay.ifPresent(this::send);
        return this;
    }
}
