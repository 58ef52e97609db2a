package handscroll.coordinator.http;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.Directives;
import akka.http.javadsl.server.Route;
import akka.http.javadsl.settings.ServerSettings;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.job.JobId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the routes on an address, and takes them down with the actor system. */
public final class HttpServer {

    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

    private final ServerBinding binding;
    private final Duration grace;

    private HttpServer(ServerBinding binding, Duration grace) {
        this.binding = binding;
        this.grace = grace;
    }

    /** Fails in a sentence when the address cannot be had; a taken port is no failure while there are others to try. */
    public static CompletionStage<HttpServer> start(
            ActorSystem<?> system, ActorRef<Jobs.Command> desk, HttpSettings settings) {
        return start(system, desk, settings, Optional::empty);
    }

    /** @param whyNotHere says who leads the farm while this coordinator stands by */
    public static CompletionStage<HttpServer> start(
            ActorSystem<?> system,
            ActorRef<Jobs.Command> desk,
            HttpSettings settings,
            Supplier<Optional<String>> whyNotHere) {
        boolean onLoopback;
        try {
            onLoopback = isLoopback(settings.host());
        } catch (UnknownHostException unknown) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "handscroll.coordinator.http.host is \"" + settings.host()
                            + "\", which is no address of this machine",
                    unknown));
        }
        Access access;
        try {
            access = Access.of(tokenLines(settings));
        } catch (IllegalStateException unreadable) {
            return CompletableFuture.failedFuture(unreadable);
        }
        if (letsEverybodyIn(settings)) {
            log.warn(
                    "EVERYBODY who reaches [{}] can submit and cancel jobs: it is not loopback, and no token is asked"
                            + " for. Make one with handscroll token, and name its file in"
                            + " handscroll.coordinator.http.token-file.",
                    settings.host());
        }
        var door = new FrontDoor(onLoopback, settings.host(), settings.hostNames());
        Route site = new Site(system, desk, door, access, settings, Clock.systemUTC()).route();
        Route routes = unlessStandingBy(system, whyNotHere, settings.answerTimeout(), site);
        return bind(system, routes, settings).thenApply(binding -> {
            binding.addToCoordinatedShutdown(settings.shutdownGrace(), system);
            return new HttpServer(binding, settings.shutdownGrace());
        });
    }

    /** It is reached from elsewhere and asks for no token; an address that is none reaches nobody. */
    public static boolean letsEverybodyIn(HttpSettings settings) {
        try {
            return !isLoopback(settings.host())
                    && settings.tokens().isEmpty()
                    && settings.tokenFile().isEmpty();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    private static boolean isLoopback(String host) throws UnknownHostException {
        return InetAddress.getByName(host).isLoopbackAddress();
    }

    private static List<String> tokenLines(HttpSettings settings) {
        List<String> lines = new ArrayList<>(settings.tokens());
        settings.tokenFile().ifPresent(file -> {
            try {
                lines.addAll(Files.readAllLines(file));
            } catch (IOException unreadable) {
                throw new IllegalStateException(
                        "the tokens in " + file + " (handscroll.coordinator.http.token-file) cannot be read: "
                                + unreadable.getMessage(),
                        unreadable);
            }
        });
        return lines;
    }

    /** A coordinator that stands by knows no jobs; whoever asks it is told who does, and when it may lead itself. */
    private static Route unlessStandingBy(
            ActorSystem<?> system, Supplier<Optional<String>> whyNotHere, Duration comeAgain, Route routes) {
        return Directives.extractRequest(request -> whyNotHere
                .get()
                .<Route>map(sentence -> {
                    request.discardEntityBytes(system);
                    return Directives.complete(
                            Answers.response(StatusCodes.SERVICE_UNAVAILABLE, JobJson.error(sentence))
                                    .addHeader(RawHeader.create("Retry-After", Long.toString(comeAgain.toSeconds()))));
                })
                .orElse(routes));
    }

    private static CompletionStage<ServerBinding> bind(ActorSystem<?> system, Route routes, HttpSettings settings) {
        int port = firstFreePort(settings);
        // The audit log says who asked from where.
        ServerSettings server = ServerSettings.create(system.classicSystem()).withRemoteAddressAttribute(true);
        return Http.get(system)
                .newServerAt(settings.host(), port)
                .withSettings(server)
                .bind(routes)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new IllegalStateException(
                        "no page can be served at " + settings.host() + ":" + port
                                + "; choose another handscroll.coordinator.http.port, or 0 for any free one",
                        failure)));
    }

    /** Tried out first, because Akka logs an error with a stack trace for each port that it cannot have. */
    private static int firstFreePort(HttpSettings settings) {
        int first = settings.port();
        if (first == 0) {
            return first;
        }
        int last = Math.min(65_535, first + settings.portAttempts() - 1);
        for (int port = first; port < last; port++) {
            if (isFree(settings.host(), port)) {
                return port;
            }
            log.info("Port [{}] is taken, trying the next one", port);
        }
        return last;
    }

    private static boolean isFree(String host, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** Where the list of all jobs is looked at. */
    public URI address() {
        InetSocketAddress bound = binding.localAddress();
        String host = bound.getAddress().isAnyLocalAddress()
                ? "localhost"
                : bound.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort() + "/");
    }

    /** Where a job is watched. */
    public URI page(JobId job) {
        return address().resolve("jobs/" + job);
    }

    /** Takes the address back before the actor system ends; whoever is still connected is cut off after the grace. */
    public CompletionStage<Done> stop() {
        return binding.terminate(grace).thenApply(terminated -> Done.getInstance());
    }
}
