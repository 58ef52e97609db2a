package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.State;
import handscroll.protocol.canvas.Canvas;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real HTTP server that takes what it is told, or does not. */
class WebhooksTest {

    private static final byte[] SECRET = "sixteen bytes or more".getBytes(StandardCharsets.UTF_8);
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_795_603_200L), ZoneOffset.UTC);
    private static final Jobs.JobStatus JOB =
            FakeJobDesk.rendering("scroll", new Canvas(2048, 512, 1), Path.of("out"), 256);

    private record Received(String event, String delivery, String signature, String body) {}

    private static ActorTestKit kit;

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();

    /** Whoever has it keeps the receiver from answering. */
    private final Semaphore held = new Semaphore(1);

    private HttpServer receiver;
    private TestProbe<Jobs.Command> desk;
    private ActorRef<Jobs.JobStatus> hook;

    @BeforeAll
    static void startKit() {
        kit = ActorTestKit.create(ConfigFactory.load());
    }

    @AfterAll
    static void stopKit() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::take);
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    @Test
    void aChangeOfStateIsToldWithASignatureThatItsReceiverCanCompute() throws Exception {
        start(3, 8);
        hook.tell(FakeJobDesk.in(JOB, State.DONE, 256, Optional.empty()));
        Received message = next();
        assertThat(message.event()).isEqualTo("job.done");
        JsonNode body = new ObjectMapper().readTree(message.body());
        assertThat(body.at("/job/job").asText()).isEqualTo("scroll");
        assertThat(body.at("/id").asText()).isEqualTo(message.delivery());
        assertThat(message.signature()).isEqualTo(Signature.of(SECRET, 1_795_603_200L, message.body()));
    }

    @Test
    void theSignatureIsThatOfOpenssl() {
        // printf '1795603200.{}' | openssl dgst -sha256 -hmac 'sixteen bytes or more'
        assertThat(Signature.of(SECRET, 1_795_603_200L, "{}"))
                .isEqualTo("t=1795603200,v1=7c9964e0dc6c18bc794e9edaa863693be868163a87eefe659f07f77d0b1e15f5");
    }

    @Test
    void whatIsNotTakenIsSentAgainAsItWasAndBeforeWhatCameLater() throws Exception {
        start(3, 8);
        answers.addAll(List.of(500, 302));
        hook.tell(FakeJobDesk.in(JOB, State.PAUSED, 10, Optional.of("the disk is full")));
        hook.tell(FakeJobDesk.in(JOB, State.RENDERING, 10, Optional.empty()));
        Received first = next();
        assertThat(first.event()).isEqualTo("job.paused");
        assertThat(next()).isEqualTo(first);
        assertThat(next()).as("a redirect is not followed").isEqualTo(first);
        assertThat(next().event()).isEqualTo("job.rendering");
    }

    @Test
    void afterItsTriesAMessageIsGivenUpAndTheNextOneGoesOut() throws Exception {
        start(2, 8);
        answers.addAll(List.of(503, 503));
        hook.tell(FakeJobDesk.in(JOB, State.PAUSED, 10, Optional.of("the disk is full")));
        hook.tell(FakeJobDesk.in(JOB, State.DONE, 256, Optional.empty()));
        assertThat(List.of(next().event(), next().event(), next().event()))
                .containsExactly("job.paused", "job.paused", "job.done");
    }

    @Test
    void aReceiverThatFallsBehindLosesTheOldestAndHearsTheLast() throws Exception {
        start(1, 2);
        held.acquire();
        hook.tell(FakeJobDesk.in(JOB, State.RENDERING, 0, Optional.empty()));
        Received first = next();
        LoggingTestKit.warn("was dropped").withOccurrences(98).expect(kit.system(), () -> {
            for (int rendered = 1; rendered < 100; rendered++) {
                hook.tell(FakeJobDesk.in(JOB, State.RENDERING, rendered, Optional.empty()));
            }
            hook.tell(FakeJobDesk.in(JOB, State.DONE, 256, Optional.empty()));
            return "told";
        });
        held.release();
        assertThat(List.of(first.event(), next().event(), next().event()))
                .containsExactly("job.rendering", "job.rendering", "job.done");
    }

    @Test
    void onlyAddressesWithARealSecretAreTaken() {
        assertThatThrownBy(() -> settings("{ url = \"https://example.org\", secret = \"short\" }"))
                .hasMessageContaining("has 5 bytes; take 16 or more");
        assertThatThrownBy(() -> settings("{ url = \"file:///etc/passwd\", secret = \"0123456789abcdef\" }"))
                .hasMessageContaining("is no address");
        assertThat(settings("{ url = \"https://example.org/x\", secret = \"0123456789abcdef\" }")
                        .endpoints())
                .hasSize(1);
    }

    private static WebhookSettings settings(String entry) {
        return WebhookSettings.from(
                ConfigFactory.parseString("handscroll.coordinator.http.webhooks.to = [" + entry + "]")
                        .withFallback(ConfigFactory.load()));
    }

    private void start(int attempts, int waiting) {
        var endpoint = new WebhookSettings.Endpoint(
                URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook"), SECRET);
        desk = kit.createTestProbe();
        kit.spawn(Webhooks.create(
                desk.ref(),
                new WebhookSettings(List.of(endpoint), attempts, Duration.ofMillis(1), Duration.ofSeconds(20), waiting),
                endpoint,
                CLOCK));
        hook = desk.expectMessageClass(Jobs.WatchStates.class).watcher();
    }

    private Received next() throws InterruptedException {
        return Optional.ofNullable(received.poll(30, TimeUnit.SECONDS)).orElseThrow();
    }

    private void take(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(new Received(
                header(exchange, "Handscroll-Event"),
                header(exchange, "Handscroll-Delivery"),
                header(exchange, Signature.HEADER),
                body));
        held.acquireUninterruptibly();
        held.release();
        int answer = Optional.ofNullable(answers.poll()).orElse(204);
        if (answer == 302) {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
        }
        exchange.sendResponseHeaders(answer, -1);
        exchange.close();
    }

    private static String header(HttpExchange exchange, String name) {
        return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }
}
