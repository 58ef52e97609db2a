package handscroll.coordinator.http;

import com.typesafe.config.Config;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The block {@code handscroll.coordinator.http.webhooks} of the configuration; reference.conf says what each key is for. Only a site's
 * configuration names addresses, no job and no request: so nobody can make a coordinator call what only it can reach.
 */
public record WebhookSettings(
        List<Endpoint> endpoints, int attempts, Duration firstPause, Duration answerTimeout, int waiting) {

    /** @param secret with which every message is signed */
    public record Endpoint(URI url, byte[] secret) {}

    private static final int LEAST_SECRET = 16;

    public WebhookSettings {
        endpoints = List.copyOf(endpoints);
    }

    /** @throws IllegalStateException with a sentence about the first entry that cannot be used */
    public static WebhookSettings from(Config config) {
        Config hooks = config.getConfig("handscroll.coordinator.http.webhooks");
        return new WebhookSettings(
                hooks.getConfigList("to").stream()
                        .map(entry -> endpoint(entry.getString("url"), entry.getString("secret")))
                        .toList(),
                hooks.getInt("attempts"),
                hooks.getDuration("first-pause"),
                hooks.getDuration("answer-timeout"),
                hooks.getInt("waiting"));
    }

    private static Endpoint endpoint(String url, String secret) {
        URI address;
        try {
            address = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "\"" + url + "\" in handscroll.coordinator.http.webhooks.to is no address", e);
        }
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        if (!(scheme.equals("https") || scheme.equals("http")) || address.getHost() == null) {
            throw new IllegalStateException("\"" + url + "\" in handscroll.coordinator.http.webhooks.to is no address;"
                    + " name one like https://example.org/handscroll");
        }
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < LEAST_SECRET) {
            throw new IllegalStateException("the secret of " + url + " in handscroll.coordinator.http.webhooks.to has "
                    + bytes.length + " bytes; take " + LEAST_SECRET + " or more, like those of openssl rand -hex 32");
        }
        return new Endpoint(address, bytes);
    }
}
