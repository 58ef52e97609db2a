package handscroll.coordinator.http;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;

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
        Duration shutdownGrace) {

    static final String FILE_DISPATCHER = "handscroll.coordinator.http.file-dispatcher";

    public HttpSettings {
        hostNames = List.copyOf(hostNames);
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
                http.getDuration("shutdown-grace"));
    }
}
