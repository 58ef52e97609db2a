package handscroll.coordinator.http;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.server.Route;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.job.JobId;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
        boolean onLoopback;
        try {
            onLoopback = InetAddress.getByName(settings.host()).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "handscroll.coordinator.http.host is \"" + settings.host()
                            + "\", which is no address of this machine",
                    unknown));
        }
        var door = new FrontDoor(onLoopback, settings.host(), settings.hostNames());
        Route routes = new JobRoutes(system, desk, door, settings).all();
        return bind(system, routes, settings, 0).thenApply(binding -> {
            binding.addToCoordinatedShutdown(settings.shutdownGrace(), system);
            return new HttpServer(binding, settings.shutdownGrace());
        });
    }

    private static CompletionStage<ServerBinding> bind(
            ActorSystem<?> system, Route routes, HttpSettings settings, int attempt) {
        int port = settings.port() == 0 ? 0 : settings.port() + attempt;
        return Http.get(system).newServerAt(settings.host(), port).bind(routes).exceptionallyCompose(failure -> {
            if (!isTaken(failure) || attempt + 1 >= settings.portAttempts() || port == 0 || port == 65_535) {
                return CompletableFuture.failedFuture(new IllegalStateException(
                        "no page can be served at " + settings.host() + ":" + port
                                + "; choose another handscroll.coordinator.http.port, or 0 for any free one",
                        failure));
            }
            log.info("Port [{}] is taken, trying the next one", port);
            return bind(system, routes, settings, attempt + 1);
        });
    }

    private static boolean isTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
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
