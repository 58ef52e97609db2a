package handscroll.coordinator.http;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The block {@code handscroll.coordinator.http} of the configuration; reference.conf says what each key is for. */
public record HttpSettings(
        String host,
        int port,
        int portAttempts,
        List<String> hostNames,
        long maxSpecBytes,
        Duration answerTimeout,
        int viewerBacklog,
        Duration heartbeat,
        Duration shutdownGrace,
        int jobsInList,
        int auditKept,
        List<String> tokens,
        Optional<Path> tokenFile,
        Optional<Path> logFile,
        int logBytes) {

    static final String FILE_DISPATCHER = "handscroll.coordinator.http.file-dispatcher";

    public HttpSettings {
        hostNames = List.copyOf(hostNames);
        tokens = List.copyOf(tokens);
    }

    public static HttpSettings from(Config config) {
        Config http = config.getConfig("handscroll.coordinator.http");
        return new HttpSettings(
                http.getString("host"),
                http.getInt("port"),
                http.getInt("port-attempts"),
                http.getStringList("host-names"),
                http.getBytes("max-spec-bytes"),
                http.getDuration("answer-timeout"),
                http.getInt("viewer-backlog"),
                http.getDuration("heartbeat"),
                http.getDuration("shutdown-grace"),
                http.getInt("jobs-in-list"),
                http.getInt("audit-kept"),
                http.getStringList("tokens"),
                path(http, "token-file"),
                path(http, "log-file"),
                Math.toIntExact(http.getBytes("log-bytes")));
    }

    private static Optional<Path> path(Config http, String key) {
        return Optional.of(http.getString(key)).filter(file -> !file.isEmpty()).map(Path::of);
    }
}
