package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Questions to a coordinator that may be out of reach: each gives up after seconds, and keeps no connection. */
final class HttpAsk {

    private static final int PATIENCE_MILLIS = 8_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    static String get(URI address) throws IOException {
        return body(open(address));
    }

    static void post(URI address, String text) throws IOException {
        HttpURLConnection connection = open(address);
        connection.setReadTimeout(60_000);
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        String body = body(connection);
        if (connection.getResponseCode() != HttpURLConnection.HTTP_CREATED) {
            throw new IOException(body);
        }
    }

    /** Patches of the canvas in a job's status; 0 where it is none. */
    static int rendered(String status) {
        try {
            for (JsonNode stage : JSON.readTree(status).path("stages")) {
                if (stage.path("name").asText().equals("sample")) {
                    return stage.path("renderedCount").asInt();
                }
            }
            return 0;
        } catch (IOException noStatus) {
            return 0;
        }
    }

    private static HttpURLConnection open(URI address) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setRequestProperty("Connection", "close");
        return connection;
    }

    private static String body(HttpURLConnection connection) throws IOException {
        try (var bytes =
                connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return bytes == null ? "" : new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            connection.disconnect();
        }
    }

    private HttpAsk() {}
}
