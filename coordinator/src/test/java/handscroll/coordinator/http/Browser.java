package handscroll.coordinator.http;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** One page of a real Chromium without a window, driven over its DevTools protocol. */
public final class Browser implements AutoCloseable, WebSocket.Listener {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_SECONDS = 60;

    private final Path profile;
    private final Process process;
    private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final StringBuilder partial = new StringBuilder();
    private final List<String> complaints = new ArrayList<>();
    private final WebSocket socket;
    private final String session;

    /** The program, if this machine has it. */
    private static Optional<Path> program() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(place -> Path.of(place, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Skips the test that calls it on a machine without the program. */
    public static Browser start() throws IOException {
        Optional<Path> program = program();
        assumeTrue(program.isPresent(), "no Chromium on this machine, so no page is looked at: apt install chromium");
        return new Browser(program.orElseThrow());
    }

    private Browser(Path program) throws IOException {
        profile = Files.createTempDirectory("handscroll-browser");
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(devTools(), this)
                .join();
        String target = call("", "Target.createTarget", object().put("url", "about:blank"))
                .get("targetId")
                .asText();
        session = call(
                        "",
                        "Target.attachToTarget",
                        object().put("targetId", target).put("flatten", true))
                .get("sessionId")
                .asText();
        call("Page.enable", object());
        call("Runtime.enable", object());
    }

    private URI devTools() throws IOException {
        var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int address = line.indexOf("ws://");
            if (line.contains("DevTools listening") && address >= 0) {
                // Left unread, the pipe would fill up and stop the browser.
                var rest = new Thread(() -> lines.lines().forEach(ignored -> {}), "browser-stderr");
                rest.setDaemon(true);
                rest.start();
                return URI.create(line.substring(address).trim());
            }
        }
        throw new IOException("Chromium ended before it could be driven");
    }

    public void open(URI address) {
        call("Page.navigate", object().put("url", address.toString()));
    }

    public void window(int width, int height, double density, boolean phone) {
        call(
                "Emulation.setDeviceMetricsOverride",
                object().put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", density)
                        .put("mobile", phone));
    }

    void prefer(String colorScheme) {
        ObjectNode media = object();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", colorScheme);
        call("Emulation.setEmulatedMedia", media);
    }

    void press(String key) {
        for (String type : List.of("keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    object().put("type", type)
                            .put("key", key)
                            .put("text", key)
                            .put("code", "Key" + key.toUpperCase(java.util.Locale.ROOT)));
        }
    }

    /** The value of a JavaScript expression, which may be a promise. */
    public JsonNode evaluate(String expression) {
        JsonNode answer = call(
                "Runtime.evaluate",
                object().put("expression", expression)
                        .put("awaitPromise", true)
                        .put("returnByValue", true)
                        .put("userGesture", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.get("result").path("value");
    }

    /** Waits, frame by frame, until the expression is true, be it on a page that took this one's place meanwhile. */
    public void await(String expression) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                awaitHere(expression);
                return;
            } catch (PageLeft left) {
                if (System.nanoTime() > end) {
                    throw left;
                }
            }
        }
    }

    private static final class PageLeft extends AssertionError {
        private static final long serialVersionUID = 1;

        PageLeft(String what) {
            super(what);
        }
    }

    private void awaitHere(String expression) {
        JsonNode met = evaluate("new Promise((met) => { const end = performance.now() + " + PATIENCE_SECONDS * 900
                + "; const look = () => { let now; try { now = " + expression + "; } catch { now = false; }"
                + " if (now || performance.now() > end) met(Boolean(now)); else setTimeout(look, 30); }; look(); })");
        if (!met.asBoolean()) {
            throw new AssertionError("never came true: " + expression + "; the page complained: " + complaints());
        }
    }

    public BufferedImage screenshot(Path file) throws IOException {
        byte[] png = Base64.getDecoder()
                .decode(call("Page.captureScreenshot", object().put("format", "png"))
                        .get("data")
                        .asText());
        Files.createDirectories(file.getParent());
        Files.write(file, png);
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    /** Errors of the page's scripts so far. */
    public synchronized List<String> complaints() {
        return List.copyOf(complaints);
    }

    private JsonNode call(String method, ObjectNode parameters) {
        return call(session, method, parameters);
    }

    private JsonNode call(String session, String method, ObjectNode parameters) {
        int id = lastId.incrementAndGet();
        ObjectNode message = object().put("id", id).put("method", method);
        message.set("params", parameters);
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        var answer = new CompletableFuture<JsonNode>();
        pending.put(id, answer);
        socket.sendText(message.toString(), true).join();
        JsonNode reply = answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        if (reply.has("error")) {
            String said = method + ": " + reply.get("error");
            boolean isLeft = Stream.of("context was destroyed", "Promise was collected", "Cannot find", "navigated")
                    .anyMatch(said::contains);
            throw isLeft ? new PageLeft(said) : new AssertionError(said);
        }
        return reply.get("result");
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            receive(partial.toString());
            partial.setLength(0);
        }
        from.request(1);
        return CompletableFuture.completedFuture(null);
    }

    private synchronized void receive(String text) {
        try {
            JsonNode message = JSON.readTree(text);
            if (message.has("id")) {
                pending.remove(message.get("id").asInt()).complete(message);
            } else if (message.get("method").asText().equals("Runtime.exceptionThrown")) {
                complaints.add(message.at("/params/exceptionDetails").toString());
            } else if (message.get("method").asText().equals("Runtime.consoleAPICalled")
                    && message.at("/params/type").asText().equals("error")) {
                complaints.add(message.at("/params/args").toString());
            }
        } catch (IOException notJson) {
            throw new IllegalStateException(notJson);
        }
    }

    private static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Ends every process of the browser before the profile is removed: whoever is left would write into it meanwhile. */
    @Override
    public void close() throws IOException {
        socket.abort();
        List<ProcessHandle> processes = Stream.of(
                        Stream.of(process.toHandle()), process.descendants(), helpersWithoutParent())
                .flatMap(these -> these)
                .toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Some of the browser's helpers are no descendants of it any more; they name the profile when they are started. */
    private Stream<ProcessHandle> helpersWithoutParent() {
        return ProcessHandle.allProcesses()
                .filter(other -> !other.equals(ProcessHandle.current()))
                .filter(other -> Stream.of(other.info().arguments().orElse(new String[0]))
                        .anyMatch(argument -> argument.contains(profile.toString())));
    }
}
