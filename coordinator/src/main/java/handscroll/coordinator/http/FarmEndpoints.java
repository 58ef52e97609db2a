package handscroll.coordinator.http;

import akka.actor.typed.ActorRef;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.http.Endpoint.Call;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.lease.LeaseDesk.DrainAnswer;
import handscroll.coordinator.lease.WorkerList;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The farm as a whole: its workers, its health, its numbers, who changed what, and how to speak with it. */
final class FarmEndpoints extends AllDirectives {

    /** Up to some days. */
    /** Of the build, as its jar says. */
    private static final String VERSION = Optional.ofNullable(
                    FarmEndpoints.class.getPackage().getImplementationVersion())
            .orElse("(not packaged)");

    private static final Pattern WITHIN = Pattern.compile("[0-9]{1,6}");

    private final Answers answers;
    private final FarmMetrics metrics;
    private final AuditLog audit;
    private final Clock clock;

    FarmEndpoints(Answers answers, FarmMetrics metrics, AuditLog audit, Clock clock) {
        this.answers = answers;
        this.metrics = metrics;
        this.audit = audit;
        this.clock = clock;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.of(Role.VIEWER, "GET", "/api/workers", this::workers),
                Endpoint.of(Role.ADMIN, "POST", "/api/workers/{worker}/drain", this::drain),
                Endpoint.of(Role.ADMIN, "POST", "/api/workers/{worker}/undrain", this::undrain),
                Endpoint.of(Role.ADMIN, "POST", "/api/workers/{worker}/block", call -> block(call, true)),
                Endpoint.of(Role.ADMIN, "POST", "/api/workers/{worker}/unblock", call -> block(call, false)),
                Endpoint.of(Role.ADMIN, "GET", "/api/audit", this::latestChanges),
                Endpoint.open("GET", "/api/openapi.json", this::description),
                Endpoint.open("GET", "/healthz", this::health),
                Endpoint.open("GET", "/readyz", this::readiness),
                Endpoint.of(Role.VIEWER, "GET", "/metrics", this::numbers));
    }

    private Route workers(Call call) {
        return onSuccess(answers.<WorkerList>ask(Jobs.ListWorkers::new), list -> answers.ok(FarmJson.workers(list)));
    }

    /** Asking for what is so already is no conflict: a script may say it again. */
    private Route drain(Call call) {
        Optional<String> seconds = call.query("within");
        if (seconds.isPresent() && !WITHIN.matcher(seconds.get()).matches()) {
            return answers.error(StatusCodes.BAD_REQUEST, "within is a whole number of seconds; 0 is at once.");
        }
        Optional<Duration> within = seconds.map(text -> Duration.ofSeconds(Long.parseLong(text)));
        return toWorker(call, (worker, replyTo) -> new Jobs.DrainWorker(worker, within, replyTo));
    }

    private Route undrain(Call call) {
        return toWorker(call, Jobs.UndrainWorker::new);
    }

    private Route block(Call call, boolean blocks) {
        return toWorker(call, (worker, replyTo) -> new Jobs.BlockWorker(worker, blocks, replyTo));
    }

    private interface Verb {
        Jobs.Command on(WorkerId worker, ActorRef<DrainAnswer> replyTo);
    }

    private Route toWorker(Call call, Verb verb) {
        String id = call.variable("worker");
        return onSuccess(
                answers.<DrainAnswer>ask(replyTo -> verb.on(new WorkerId(id), replyTo)),
                answer -> answer.message()
                        .map(message -> answers.ok(FarmJson.drained(answer.worker(), message)))
                        .orElseGet(() -> answers.noSuch("worker " + id + " on the list of handscroll workers")));
    }

    private Route latestChanges(Call call) {
        ObjectNode json = JobJson.object();
        ArrayNode entries = json.putArray("entries");
        for (AuditLog.Entry entry : audit.latest()) {
            entries.addObject()
                    .put("at", entry.at().toString())
                    .put("who", entry.who())
                    .put("role", entry.role())
                    .put("from", entry.from())
                    .put("method", entry.method())
                    .put("path", entry.path())
                    .put("status", entry.status());
        }
        return answers.ok(json);
    }

    private Route description(Call call) {
        return getFromResource(PageEndpoints.RESOURCES + "openapi.json", ContentTypes.APPLICATION_JSON);
    }

    /** The process lives; whoever restarts it for anything else only makes it worse. */
    private Route health(Call call) {
        return answers.ok(JobJson.object()
                .put("status", "ok")
                .put("version", VERSION)
                .put("at", clock.instant().toString()));
    }

    /** Jobs can be handed in: journal and log were read, and the desk answers. */
    private Route readiness(Call call) {
        return onSuccess(
                answers.jobs(),
                jobs -> answers.ok(JobJson.object().put("status", "ready").put("jobCount", jobs.size())));
    }

    private Route numbers(Call call) {
        var text = MediaTypes.TEXT_PLAIN.toContentType(HttpCharsets.UTF_8);
        return onSuccess(
                answers.jobs().thenCombine(answers.<WorkerList>ask(Jobs.ListWorkers::new), metrics::scrape),
                scraped -> complete(HttpResponse.create()
                        .withStatus(StatusCodes.OK)
                        .withEntity(HttpEntities.create(text, scraped))));
    }
}
