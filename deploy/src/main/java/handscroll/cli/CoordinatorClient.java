package handscroll.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Talks to a coordinator over HTTP; every failure ends the command with a sentence and the right exit code. */
final class CoordinatorClient {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final URI address;
    private final Duration patience;
    private final HttpClient http;
    private final Optional<String> token;

    /** @param token that the coordinator may ask for */
    CoordinatorClient(URI address, Duration patience, Optional<String> token) {
        this.address = address;
        this.patience = patience;
        this.token = token;
        this.http = HttpClient.newBuilder().connectTimeout(patience).build();
    }

    JsonNode get(String path) {
        return json(send(request(path).GET().build()));
    }

    /** @throws Refusal with the coordinator's problems */
    JsonNode post(String path, String contentType, String body, String... headers) {
        HttpRequest.Builder request =
                request(path).header("Content-Type", contentType).POST(BodyPublishers.ofString(body));
        for (int index = 0; index + 1 < headers.length; index += 2) {
            request.header(headers[index], headers[index + 1]);
        }
        return json(send(request.build()));
    }

    /** A verb that needs no body. */
    JsonNode post(String path) {
        return post(path, "application/json", "");
    }

    /** What somebody typed, as one piece of a path or a query. */
    static String encoded(String typed) {
        return URLEncoder.encode(typed, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A stream of events that lasts until either side ends it. */
    InputStream events(String path) {
        HttpRequest request = to(path).header("Accept", "text/event-stream").build();
        try {
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                try (InputStream body = response.body()) {
                    throw refused(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
            return response.body();
        } catch (IOException e) {
            throw outOfReach(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw outOfReach(e);
        }
    }

    CommandFailure outOfReach(Exception cause) {
        String message = cause.getMessage();
        return new CommandFailure(
                ExitCode.OUT_OF_REACH,
                "The coordinator at " + address + " is out of reach ("
                        + (message == null ? cause.getClass().getSimpleName() : message)
                        + "); is it running, and is the address right?");
    }

    private HttpRequest.Builder request(String path) {
        return to(path).timeout(patience).header("Accept", "application/json");
    }

    private HttpRequest.Builder to(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path));
        token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
        return request;
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw outOfReach(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw outOfReach(e);
        }
    }

    private JsonNode json(HttpResponse<String> response) {
        if (response.statusCode() >= 300) {
            throw refused(response.statusCode(), response.body());
        }
        return parsedAnswer(response.body());
    }

    private RuntimeException refused(int status, String body) {
        JsonNode json = parsedAnswer(body);
        String sentence = json.path("error").asText("it answered with status " + status);
        if (status == 503 || status == 504) {
            return new CommandFailure(ExitCode.OUT_OF_REACH, "The coordinator at " + address + ": " + sentence);
        }
        List<Problem> problems = new ArrayList<>();
        for (JsonNode problem : json.path("problems")) {
            problems.add(new Problem(
                    problem.path("where").asText(),
                    problem.path("what").asText(),
                    problem.path("remedy").asText()));
        }
        if (!problems.isEmpty()) {
            return new Refusal(sentence, problems);
        }
        if (status == 401 || status == 403) {
            sentence += " The environment variable HANDSCROLL_TOKEN holds the token that is shown.";
        }
        int exitCode = status < 500 ? ExitCode.REFUSED : ExitCode.FAILED;
        return new CommandFailure(exitCode, "The coordinator at " + address + ": " + sentence);
    }

    private JsonNode parsedAnswer(String body) {
        try {
            return parsed(body);
        } catch (JsonProcessingException e) {
            throw new CommandFailure(
                    ExitCode.OUT_OF_REACH, "What answers at " + address + " is no Handscroll coordinator");
        }
    }

    static JsonNode parsed(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }
}
