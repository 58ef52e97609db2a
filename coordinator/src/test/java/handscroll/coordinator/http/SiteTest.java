package handscroll.coordinator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API over real sockets: its description, its errors, and who may ask for what. */
class SiteTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JobId SKY = new JobId("sky");
    private static final String JOB = "task = unconditional, canvas { width = 512, height = 512 }, model = ";

    private static ActorTestKit kit;

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private ActorRef<Jobs.Command> desk;
    private HttpServer server;

    @BeforeAll
    static void startKit() {
        kit = ActorTestKit.create(ConfigFactory.parseString(
                        "handscroll.coordinator.http { port = 0, jobs-in-list = 3, audit-kept = 3, max-spec-bytes = 2 KiB }")
                .withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stopKit() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void start() throws Exception {
        desk = kit.spawn(FakeJobDesk.create());
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.rendering("sky", new Canvas(600, 300, 1), directory, 256)));
        serve("");
    }

    private void serve(String settings) throws Exception {
        Config config = ConfigFactory.parseString(settings)
                .withFallback(kit.system().settings().config());
        server = HttpServer.start(kit.system(), desk, HttpSettings.from(config))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        server.stop().toCompletableFuture().join();
    }

    @Test
    void theDescriptionNamesEveryEndpointWithItsRoleAndNoOther() throws Exception {
        var site = new Site(
                kit.system(),
                desk,
                new FrontDoor(true, "127.0.0.1", List.of()),
                Access.of(List.of()),
                HttpSettings.from(kit.system().settings().config()),
                Clock.systemUTC());
        Set<String> served = new TreeSet<>();
        for (Endpoint endpoint : site.endpoints()) {
            boolean isPage = endpoint.path().equals("/") || endpoint.path().equals("/jobs/{job}");
            if (!isPage) {
                served.add(endpoint.method() + " " + endpoint.path() + " "
                        + endpoint.role().map(Role::word).orElse("none"));
            }
        }
        Set<String> described = new TreeSet<>();
        json(get("/api/openapi.json"))
                .get("paths")
                .fields()
                .forEachRemaining(path -> path.getValue()
                        .fields()
                        .forEachRemaining(
                                operation -> described.add(operation.getKey().toUpperCase(java.util.Locale.ROOT)
                                        + " " + path.getKey() + " "
                                        + operation.getValue().get("x-role").asText())));
        assertThat(described).isEqualTo(served);
    }

    @Test
    void theDescriptionHasTheFieldsThatAreAnswered() throws Exception {
        JsonNode schemas = json(get("/api/openapi.json")).at("/components/schemas");
        JsonNode status = json(get("/api/jobs/sky"));
        assertThat(names(status)).isEqualTo(names(schemas.at("/Job/properties")));
        assertThat(names(status.get("work"))).isEqualTo(names(schemas.at("/Job/properties/work/properties")));
        assertThat(names(json(get("/api/jobs")))).isEqualTo(names(schemas.at("/JobPage/properties")));
        JsonNode refused = json(post("/api/jobs", "width = 3"));
        assertThat(names(refused.at("/problems/0")))
                .isEqualTo(names(schemas.at("/Problems/properties/problems/items/properties")));
    }

    @Test
    void theListGoesOnBehindItsCursorAndCanBeSearched() throws Exception {
        for (int number = 0; number < 5; number++) {
            desk.tell(new FakeJobDesk.Put(
                    FakeJobDesk.rendering("night-" + number, new Canvas(600, 300, 1), directory, 256)));
        }
        JsonNode first = json(get("/api/jobs?limit=99"));
        assertThat(first.get("jobs")).hasSize(3);
        assertThat(first.get("matchingCount").asInt()).isEqualTo(6);
        JsonNode second = json(get("/api/jobs?cursor=" + first.get("next").asText()));
        assertThat(second.get("jobs")).hasSize(3);
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(json(get("/api/jobs?q=SKY")).get("matchingCount").asInt()).isEqualTo(1);
        assertThat(json(get("/api/jobs?state=done,failed")).get("jobs")).isEmpty();
        assertThat(get("/api/jobs?state=sleeping").statusCode()).isEqualTo(400);
        assertThat(get("/api/jobs?cursor=elsewhere").statusCode()).isEqualTo(400);
        assertThat(get("/api/jobs?limit=-1").statusCode()).isEqualTo(400);
    }

    @Test
    void anUnknownFieldIsRefusedWithItsPlaceAndTheNearestName() throws Exception {
        HttpResponse<String> answer = post("/api/jobs", JOB + "tiny, sampling.temprature = 0.9, canvas.widht = 3");
        assertThat(answer.statusCode()).isEqualTo(422);
        JsonNode problems = json(answer).get("problems");
        assertThat(problems.findValuesAsText("pointer")).containsExactly("/canvas/widht", "/sampling/temprature");
        assertThat(problems.findValuesAsText("remedy").toString()).contains("canvas.width", "sampling.temperature");
    }

    @Test
    void aCanvasMayFitAPictureThatLiesBesideTheCoordinator() throws Exception {
        Path picture = directory.resolve("wave.png");
        javax.imageio.ImageIO.write(
                new java.awt.image.BufferedImage(300, 200, java.awt.image.BufferedImage.TYPE_INT_RGB),
                "png",
                picture.toFile());
        String job = "task = extension, canvas { aspect = \"3:1\" }, input { image = \"%s\" }, model = tiny";
        assertThat(post("/api/jobs", String.format(job, picture)).statusCode()).isEqualTo(201);
        HttpResponse<String> missing = post("/api/jobs", String.format(job, directory.resolve("none.png")));
        assertThat(missing.statusCode()).isEqualTo(422);
        assertThat(json(missing).get("problems").findValuesAsText("pointer")).containsExactly("/input/image");
    }

    @Test
    void aFullQueueAsksToComeAgain() throws Exception {
        HttpResponse<String> answer = post("/api/jobs", JOB + "full");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(json(answer).get("error").asText()).isEqualTo("2 jobs are open.");
    }

    @Test
    void aKeyOfAnotherJobIsAConflictAndAnUnreadableOneIsRefused() throws Exception {
        assertThat(post("/api/jobs", JOB + "tiny", "Idempotency-Key", "taken").statusCode())
                .isEqualTo(409);
        assertThat(post("/api/jobs", JOB + "tiny", "Idempotency-Key", "two words")
                        .statusCode())
                .isEqualTo(400);
        assertThat(post("/api/jobs", JOB + "tiny", "Idempotency-Key", "mine").statusCode())
                .isEqualTo(201);
    }

    @Test
    void aMethodThatAPathDoesNotHaveIsToldWithThoseThatItHas() throws Exception {
        HttpResponse<String> answer = post("/api/workers", "");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET");
        assertThat(get("/api/nothing").statusCode()).isEqualTo(404);
        assertThat(json(get("/api/nothing")).get("error").asText()).contains("/api/nothing");
    }

    @Test
    void theNumbersAreThereForPrometheus() throws Exception {
        get("/api/jobs/sky");
        String text = get("/metrics").body();
        assertThat(text)
                .contains("handscroll_jobs{state=\"rendering\"} 1.0")
                .contains("handscroll_job_remaining_seconds{job=\"sky\"} 183.0")
                .contains("handscroll_slot_seconds_total{use=\"sampling\"} 50.0")
                .contains("handscroll_slot_seconds_total{use=\"awaiting_context\"} 9.0")
                .contains("handscroll_patches_sampled_total 640.0")
                .contains("handscroll_patches_returned_total 16.0")
                .contains("handscroll_workers{state=\"rendering\"} 1.0")
                .contains("handscroll_worker_slots{worker=\"4711-1a2b3c4d\"} 2.0")
                .contains(
                        "handscroll_http_requests_seconds_count{method=\"GET\",path=\"/api/jobs/{job}\",status=\"200\"} 1");
    }

    @Test
    void aMapHasTheBytesOfEachCell() throws Exception {
        assertThat(get("/api/jobs/sky/map").statusCode()).isEqualTo(404);
        desk.tell(new FakeJobDesk.PutMap(new Jobs.JobMap(
                SKY,
                List.of(new Jobs.StageCells("sample", 2, 1, 64, new byte[] {3, 1, 1, 90, 0, 0, 0, 0})),
                List.of("4711-1a2b3c4d"),
                List.of(),
                List.of(new Jobs.PlannedWidth(0, 1), new Jobs.PlannedWidth(1, 1)),
                List.of())));
        JsonNode map = json(get("/api/jobs/sky/map"));
        assertThat(map.at("/stages/0/cells").asText()).isEqualTo("AwEBWgAAAAA=");
        assertThat(map.at("/planned/1/0").asInt()).isEqualTo(1);
    }

    @Test
    void eventsHaveIdsAndAViewerThatLostSomeIsTold() throws Exception {
        HttpResponse<java.util.stream.Stream<String>> stream = client.send(
                request("/api/jobs/sky/events", "Last-Event-ID", "5").build(), BodyHandlers.ofLines());
        Iterator<String> lines = stream.body().iterator();
        akka.actor.typed.javadsl.AskPattern.<Jobs.Command, JobId>ask(
                        desk,
                        replyTo -> new FakeJobDesk.WhenFollowed(SKY, replyTo),
                        java.time.Duration.ofSeconds(30),
                        kit.scheduler())
                .toCompletableFuture()
                .get();
        desk.tell(new FakeJobDesk.Say(new Jobs.TileStored(SKY, 8, 10, 2, 1)));
        assertThat(next(lines, "id:")).isEqualTo("id:8");
        desk.tell(new FakeJobDesk.Say(new Jobs.Missed(SKY, 3)));
        assertThat(next(lines, "data:{\"count\"")).isEqualTo("data:{\"count\":3}");
        desk.tell(new FakeJobDesk.Say(
                new Jobs.CellsChanged(SKY, List.of(new Jobs.CellChange(0, 7, 3, 1, 1, 90, 130)), false)));
        assertThat(next(lines, "data:{\"all\"")).isEqualTo("data:{\"all\":false,\"cells\":[[0,7,3,1,1,90,130]]}");
    }

    private static String next(Iterator<String> lines, String prefix) {
        String line = lines.next();
        while (!line.startsWith(prefix)) {
            line = lines.next();
        }
        return line;
    }

    @Test
    void theLogIsReadFromAnywhereAndItsLackIsTold() throws Exception {
        assertThat(get("/api/logs").statusCode()).isEqualTo(404);
        stop();
        Path log = Files.writeString(
                directory.resolve("handscroll.log"),
                "2026-11-23T01:24:29.608Z WARN  h.c.job.Job [main] Job [sky] paused\n");
        serve("handscroll.coordinator.http.log-file = \"" + log + "\"");
        assertThat(json(get("/api/logs?find=sky&level=warn")).at("/entries/0").asText())
                .endsWith("Job [sky] paused");
        assertThat(json(get("/api/logs?level=error")).get("entries")).isEmpty();
        assertThat(get("/api/logs?level=loud").statusCode()).isEqualTo(400);
        assertThat(get("/api/logs?entries=0").statusCode()).isEqualTo(400);
    }

    @Test
    void aTokenOpensWhatItsRoleAllowsAndNothingElse() throws Exception {
        stop();
        serve("handscroll.coordinator.http.tokens = [ " + token("ann", "viewer") + ", " + token("bob", "operator")
                + ", " + token("eve", "admin") + " ]");
        for (String path : List.of(
                "/api/jobs", "/api/jobs/sky/events", "/jobs/sky/picture.dzi", "/metrics", "/api/audit", "/api/logs")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(401);
            assertThat(json(get(path)).get("error").asText()).isEqualTo("Show a token that is good here.");
        }
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        assertThat(get("/jobs/sky").statusCode()).isEqualTo(200);
        assertThat(get("/jobs/unheard-of").statusCode())
                .as("says nothing of which jobs there are")
                .isEqualTo(200);

        assertThat(get("/api/jobs", "Authorization", "Bearer wrong").statusCode())
                .isEqualTo(401);
        assertThat(get("/api/jobs", "Authorization", "Bearer token-of-ann").statusCode())
                .isEqualTo(200);
        assertThat(post("/api/jobs/sky/pause", "", "Authorization", "Bearer token-of-ann")
                        .statusCode())
                .isEqualTo(403);
        assertThat(post("/api/jobs/sky/pause", "", "Authorization", "Bearer token-of-bob")
                        .statusCode())
                .isEqualTo(200);
        assertThat(post("/api/workers/4711-1a2b3c4d/drain", "", "Authorization", "Bearer token-of-bob")
                        .statusCode())
                .isEqualTo(403);
        assertThat(post("/api/workers/4711-1a2b3c4d/drain", "", "Authorization", "Bearer token-of-eve")
                        .statusCode())
                .isEqualTo(200);

        assertThat(get("/api/logs", "Authorization", "Bearer token-of-bob").statusCode())
                .isEqualTo(403);
        JsonNode audit =
                json(get("/api/audit", "Authorization", "Bearer token-of-eve")).get("entries");
        assertThat(audit.findValuesAsText("who")).as("the latest three").containsExactly("bob", "bob", "eve");
        assertThat(audit.findValuesAsText("status")).containsExactly("200", "403", "200");
        assertThat(audit.at("/0/from").asText()).isEqualTo("127.0.0.1");
    }

    @Test
    void aBrowserKeepsItsTokenInACookieThatNoScriptReads() throws Exception {
        stop();
        serve("handscroll.coordinator.http.tokens = [ " + token("ann", "viewer") + " ]");
        assertThat(post("/api/session", "", "Authorization", "Bearer wrong").statusCode())
                .isEqualTo(401);
        HttpResponse<String> begun = post("/api/session", "", "Authorization", "Bearer token-of-ann");
        String cookie = begun.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict");
        assertThat(json(get("/api/session", "Cookie", cookie.split(";")[0]))
                        .get("name")
                        .asText())
                .isEqualTo("ann");
    }

    @Test
    void aBodyThatIsTooLongIsRefusedAndTheNextRequestIsAnswered() throws Exception {
        assertThat(post("/api/jobs", "#".repeat(100_000)).statusCode()).isEqualTo(413);
        assertThat(get("/api/jobs/sky").statusCode()).isEqualTo(200);
    }

    @Test
    void noPathLeadsOutOfAPicture() throws Exception {
        Files.createSymbolicLink(directory.resolve("picture_files"), Files.createDirectory(directory.resolve("real")));
        Files.writeString(directory.resolve("manifest.json"), "{}");
        for (String path : List.of(
                "..%2Fmanifest.json",
                "10/..%2F..%2Fmanifest.json", "%2E%2E/manifest.json", "10/0_0.json", "x/0_0.png")) {
            assertThat(get("/jobs/sky/picture_files/" + path).statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(get("/assets/..%2Fjob.html").statusCode()).isNotEqualTo(200);
    }

    private static String token(String name, String role) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(("token-of-" + name).getBytes(UTF_8));
        return '"' + name + " " + role + " " + HexFormat.of().formatHex(hash) + '"';
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return client.send(request(path, headers).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        return client.send(
                request(path, headers).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(server.address() + path.substring(1)));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return Optional.ofNullable(MAPPER.readTree(answer.body())).orElseThrow();
    }
}
