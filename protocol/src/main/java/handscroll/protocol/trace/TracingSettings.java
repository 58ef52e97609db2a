package handscroll.protocol.trace;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether and where spans go; {@code handscroll.tracing} in reference.conf explains each.
 *
 * @param endpoint empty when nothing is traced
 * @param maxPending spans that wait; more are dropped and counted
 * @param batchSize spans that are sent together
 */
public record TracingSettings(
        Optional<URI> endpoint,
        Map<String, String> headers,
        double patchShare,
        int maxPending,
        int batchSize,
        Duration every,
        Duration timeout) {

    public TracingSettings {
        headers = Map.copyOf(headers);
    }

    /**
     * @param config the whole configuration
     * @throws IllegalArgumentException when it cannot be used; says what to set
     */
    public static TracingSettings from(Config config) {
        Config tracing = config.getConfig("handscroll.tracing");
        double share = tracing.getDouble("patch-share");
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("handscroll.tracing.patch-share is " + share
                    + "; set it to a number from 0, no patches but those that fail, to 1, all of them.");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<String, ConfigValue> header :
                tracing.getObject("headers").entrySet()) {
            headers.put(header.getKey(), String.valueOf(header.getValue().unwrapped()));
        }
        String endpoint = tracing.getString("endpoint");
        return new TracingSettings(
                endpoint.isEmpty() ? Optional.empty() : Optional.of(address(endpoint)),
                headers,
                share,
                tracing.getInt("max-pending"),
                tracing.getInt("batch-size"),
                tracing.getDuration("every"),
                tracing.getDuration("timeout"));
    }

    private static URI address(String endpoint) {
        try {
            URI uri = URI.create(endpoint);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below, together with all else that is no address.
        }
        throw new IllegalArgumentException(
                "handscroll.tracing.endpoint is \"" + endpoint
                        + "\", which is no address; set it to one such as http://localhost:4318/v1/traces, or to \"\" for no traces.");
    }
}
