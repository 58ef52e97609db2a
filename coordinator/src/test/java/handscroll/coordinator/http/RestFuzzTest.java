package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What could be sent to the API instead of a request, over a real socket. */
@Tag("fuzz")
class RestFuzzTest {

    private static final int RUNS = Integer.getInteger("handscroll.fuzz.runs", 1_000);
    private static final int ANSWER_MILLIS = 60_000;
    private static final List<String> PIECES = List.of(
            "task = unconditional",
            "canvas { width = 300, height = 256 }",
            "model = m",
            "seed = 7",
            "{",
            "}",
            "[",
            "\"",
            "${x}",
            "include \"/etc/passwd\"",
            "output.to = \"../../x\"",
            "\u0000",
            "width = -1",
            "1e999",
            ",",
            "\n",
            "=",
            "direction = zeta");
    private static final List<String> PATHS = List.of(
            "api/jobs",
            "api/jobs/%2e%2e",
            "api/jobs/scroll",
            "api/jobs/scroll/why?patch=%00",
            "api/jobs/scroll/tiles/0/0_0",
            "api/jobs/scroll/cancel",
            "jobs/../../etc/passwd",
            "pictures/scroll/../../../etc/passwd",
            "pictures/scroll/manifest.json",
            "api/jobs/scroll/pause",
            "api/%ff",
            "assets/..%2f..%2f");

    private static ActorTestKit kit;
    private static HttpServer server;

    @BeforeAll
    static void startServer() throws Exception {
        kit = ActorTestKit.create(ConfigFactory.parseString(
                        "handscroll.coordinator.http { port = 0, answer-timeout = 1 s }, akka.loglevel = ERROR")
                .withFallback(ConfigFactory.load()));
        server = HttpServer.start(
                        kit.system(),
                        kit.spawn(FakeJobDesk.create()),
                        HttpSettings.from(kit.system().settings().config()))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stopServer() {
        kit.shutdownTestKit();
    }

    @Test
    void whateverIsSentIsAnsweredWithoutAStackTrace() throws Exception {
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(run);
            StringBuilder body = new StringBuilder();
            for (int pieces = random.nextInt(12); pieces > 0; pieces--) {
                body.append(PIECES.get(random.nextInt(PIECES.size()))).append(random.nextBoolean() ? " " : "\n");
            }
            String path = PATHS.get(random.nextInt(4) > 0 ? 0 : random.nextInt(PATHS.size()));
            String answer = send(random.nextInt(5) > 0 ? "POST" : "GET", path, body.toString());
            String status = answer.isEmpty() ? "" : answer.substring(0, Math.min(answer.length(), 12));
            assertThat(status).as("run %d: %s %s%n%s", run, path, body, answer).matches("HTTP/1\\.1 ([234]\\d\\d|503)");
            assertThat(answer)
                    .as("run %d: %s %s", run, path, body)
                    .doesNotContain("Exception")
                    .doesNotContain("\tat ")
                    .doesNotContain("root:x:");
        }
    }

    /** By hand, because clients refuse to send what no server should be sent. */
    private static String send(String method, String path, String body) throws Exception {
        URI address = server.address();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " /" + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + address.getPort()
                + "\r\n"
                + "Connection: close\r\n"
                + "Accept: application/json\r\n"
                + "Content-Type: application/json\r\n"
                + "Content-Length: "
                + bytes.length + "\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", address.getPort())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            out.write(bytes);
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
