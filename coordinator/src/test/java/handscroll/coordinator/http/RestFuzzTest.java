package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.canvas.Canvas;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What could be sent to the API instead of a request, over a real socket. */
@Tag("fuzz")
class RestFuzzTest {

    private static final int RUNS = Integer.getInteger("handscroll.fuzz.runs", 1_000);
    private static final int CONNECTIONS = 4;
    private static final int WARM_UP = Math.min(RUNS, 500);
    /** The audit log and the numbers are the only things that grow, and both have their bounds. */
    private static final long MOST_BYTES_LEFT = 16 << 20;

    private static final String VALID = """
            task = unconditional
            canvas { width = 300, height = 256 }
            model = m
            direction = zeta
            seed = 7
            output { to = "out" }
            """;
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

    private static final List<String> FIELDS = List.of(
            "Content-Length: 7",
            "Content-Length: -1",
            "Transfer-Encoding: chunked",
            "Idempotency-Key: " + "k".repeat(201),
            "Idempotency-Key: taken",
            "Authorization: Bearer \u0001",
            "Cookie: token=" + "=".repeat(500),
            "Origin: http://elsewhere.example",
            "Host: elsewhere.example",
            "Range: bytes=9-1,-,0-",
            "Last-Event-ID: 99999999999999999999",
            "If-Modified-Since: yesterday",
            "X: " + "x".repeat(20_000),
            "no field at all",
            ": nameless");

    private static ActorTestKit kit;
    private static HttpServer server;

    @TempDir
    private static Path picture;

    @BeforeAll
    static void startServer() throws Exception {
        kit = ActorTestKit.create(ConfigFactory.parseString(
                        "handscroll.coordinator.http { port = 0, answer-timeout = 20 s }, akka.loglevel = ERROR")
                .withFallback(ConfigFactory.load()));
        ActorRef<Jobs.Command> desk = kit.spawn(FakeJobDesk.create());
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.rendering("scroll", new Canvas(512, 256, 1), picture, 256)));
        server = HttpServer.start(
                        kit.system(),
                        desk,
                        HttpSettings.from(kit.system().settings().config()))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stopServer() {
        kit.shutdownTestKit();
    }

    @Test
    void whateverIsSentIsAnsweredWithoutAStackTraceAndLeavesNothingBehind() throws Exception {
        send(0, WARM_UP);
        long before = heapAfterCollection();
        send(WARM_UP, RUNS);

        assertThat(heapAfterCollection() - before)
                .as("bytes of heap that %d requests left behind", RUNS - WARM_UP)
                .isLessThan(MOST_BYTES_LEFT);
    }

    /** All of these runs, over several connections at once. */
    private static void send(int from, int to) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Callable<Void>> shares = new ArrayList<>();
            for (int share = 0; share < CONNECTIONS; share++) {
                int first = from + share;
                shares.add(() -> {
                    try (RawConnection connection = new RawConnection(server.address())) {
                        for (int run = first; run < to; run += CONNECTIONS) {
                            send(connection, run);
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> share : threads.invokeAll(shares)) {
                share.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void send(RawConnection connection, int run) throws Exception {
        Random random = new Random(run);
        StringBuilder body = new StringBuilder(random.nextBoolean() ? VALID : "");
        for (int pieces = random.nextInt(12) / (body.isEmpty() ? 1 : 4); pieces > 0; pieces--) {
            String piece = PIECES.get(random.nextInt(PIECES.size())) + (random.nextBoolean() ? " " : "\n");
            body.insert(random.nextInt(body.length() + 1), piece);
        }
        if (random.nextInt(100) == 0) {
            body.append(" ".repeat(100_000));
        }
        String path = PATHS.get(random.nextInt(4) > 0 ? 0 : random.nextInt(PATHS.size()));
        String head = (random.nextInt(5) > 0 ? "POST" : "GET") + " /" + path + " HTTP/1.1\r\n"
                + (random.nextInt(10) == 0 ? FIELDS.get(random.nextInt(FIELDS.size())) + "\r\n" : "")
                + "Accept: application/json\r\nContent-Type: application/json\r\n";
        String answer = connection.ask(head, body.toString().getBytes(StandardCharsets.UTF_8));
        String status = answer.substring(0, Math.min(answer.length(), 12));
        assertThat(status).as("run %d: %s%s%n%s", run, head, body, answer).matches("HTTP/1\\.1 [234]\\d\\d");
        assertThat(answer)
                .as("run %d: %s%s", run, head, body)
                .doesNotContain("Exception")
                .doesNotContain("\tat ")
                .doesNotContain("root:x:");
    }

    private static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
