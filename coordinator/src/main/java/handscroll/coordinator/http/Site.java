package handscroll.coordinator.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.http.Access.Visitor;
import handscroll.coordinator.http.Endpoint.Call;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.trace.Tracing;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executor;

/**
 * All there is to ask for, and what every request passes on its way:
 *
 * <pre>
 *   request ─▶ front door ─▶ which endpoint ─▶ who asks ─▶ endpoint ─▶ answer ─▶ numbers, audit
 *              403            404, 405          401, 403
 * </pre>
 */
final class Site extends AllDirectives {

    private final ActorSystem<?> system;
    private final FrontDoor door;
    private final Access access;
    private final Answers answers;
    private final AuditLog audit;
    private final FarmMetrics metrics;
    private final PageEndpoints pages;
    private final List<Endpoint> endpoints;

    Site(
            ActorSystem<?> system,
            ActorRef<Jobs.Command> desk,
            FrontDoor door,
            Access access,
            HttpSettings settings,
            Clock clock) {
        this.system = system;
        this.door = door;
        this.access = access;
        this.metrics = new FarmMetrics(Tracing.of(system));
        this.answers = new Answers(system, desk, settings);
        this.audit = new AuditLog(clock, settings.auditKept());
        Executor readers = system.dispatchers().lookup(DispatcherSelector.fromConfig(HttpSettings.FILE_DISPATCHER));
        this.pages = new PageEndpoints(answers, new PictureFiles(readers));
        var events = new JobEvents(desk, settings, metrics);
        List<Endpoint> all = new ArrayList<>(pages.all());
        all.addAll(new JobEndpoints(system, answers, settings, readers, events).all());
        all.addAll(new FarmEndpoints(answers, metrics, audit, clock).all());
        all.addAll(new LogEndpoints(answers, settings, readers).all());
        all.addAll(new SessionEndpoints(answers, access).all());
        this.endpoints = List.copyOf(all);
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    Route route() {
        return handleExceptions(
                answers.sentences(),
                () -> respondWithHeader(
                        RawHeader.create("X-Content-Type-Options", "nosniff"),
                        () -> extractRequest(request -> door.objection(
                                        header(request, "Host"), header(request, "Origin"), changesSomething(request))
                                .map(objection -> unread(request, answers.error(StatusCodes.FORBIDDEN, objection)))
                                .orElseGet(() -> concat(pages.assets(), routed(request))))));
    }

    private Route routed(HttpRequest request) {
        List<String> segments = new ArrayList<>();
        request.getUri().pathSegments().forEach(segments::add);
        segments.removeIf(String::isEmpty);
        String method = request.method().value();
        Endpoint.Found found = Endpoint.find(endpoints, method, segments);
        if (found.endpoint().isEmpty()) {
            return unread(
                    request,
                    found.methods().isEmpty()
                            ? answers.noSuch("page " + request.getUri().path())
                            : notThatWay(new TreeSet<>(found.methods())));
        }
        Endpoint endpoint = found.endpoint().get();
        Optional<Visitor> visitor =
                access.visitor(SessionEndpoints.token(header(request, "Authorization"), header(request, "Cookie")));
        Route answer = allowed(endpoint, visitor)
                .map(refusal -> unread(request, refusal))
                .orElseGet(() -> endpoint.handler().apply(new Call(request, found.variables(), visitor)));
        long began = System.nanoTime();
        return mapResponse(
                response -> {
                    noted(request, endpoint, visitor, response, Duration.ofNanos(System.nanoTime() - began));
                    return response;
                },
                () -> handleExceptions(answers.sentences(), () -> answer));
    }

    private Route notThatWay(TreeSet<String> methods) {
        ObjectNode json = JobJson.error("This is asked for with " + String.join(" or ", methods) + ".");
        return complete(Answers.response(StatusCodes.METHOD_NOT_ALLOWED, json)
                .addHeader(RawHeader.create("Allow", String.join(", ", methods))));
    }

    /** What is answered instead, and says nothing of why; empty when the visitor may. */
    private Optional<Route> allowed(Endpoint endpoint, Optional<Visitor> visitor) {
        if (endpoint.role().isEmpty()) {
            return Optional.empty();
        }
        if (visitor.isEmpty()) {
            return Optional.of(complete(
                    Answers.response(StatusCodes.UNAUTHORIZED, JobJson.error("Show a token that is good here."))
                            .addHeader(RawHeader.create("WWW-Authenticate", "Bearer"))));
        }
        return visitor.get().role().includes(endpoint.role().get())
                ? Optional.empty()
                : Optional.of(answers.error(StatusCodes.FORBIDDEN, "Your token does not open this."));
    }

    private void noted(
            HttpRequest request, Endpoint endpoint, Optional<Visitor> visitor, HttpResponse response, Duration took) {
        int status = response.status().intValue();
        metrics.answered(endpoint.method(), endpoint.path(), status, took);
        if (changesSomething(request)) {
            audit.note(
                    visitor.map(Visitor::name).orElse("somebody"),
                    visitor.map(known -> known.role().word()).orElse("none"),
                    remote(request),
                    endpoint.method(),
                    request.getUri().path()
                            + request.getUri()
                                    .rawQueryString()
                                    .map(how -> "?" + how)
                                    .orElse(""),
                    status);
        }
    }

    /** Its body is thrown away: unread, it would block the connection. */
    private Route unread(HttpRequest request, Route answer) {
        request.discardEntityBytes(system);
        return answer;
    }

    private static String remote(HttpRequest request) {
        return request.getAttribute(akka.http.javadsl.model.AttributeKeys.remoteAddress)
                .flatMap(address -> address.getAddress())
                .map(address -> new InetSocketAddress(address, 0).getAddress().getHostAddress())
                .orElse("unknown");
    }

    private static boolean changesSomething(HttpRequest request) {
        String method = request.method().value();
        return !method.equals("GET") && !method.equals("HEAD");
    }

    private static Optional<String> header(HttpRequest request, String name) {
        return request.getHeader(name).map(header -> header.value());
    }
}
