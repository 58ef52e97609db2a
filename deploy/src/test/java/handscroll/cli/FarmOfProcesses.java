package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Coordinators and workers in processes of their own, and a job that they render; ends them all when it is closed. */
final class FarmOfProcesses implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final Path directory;
    private final String name;
    private final Map<String, ?> settings;
    private final List<HostPort> places = new ArrayList<>();
    private final List<FarmProcess> coordinators = new ArrayList<>();
    private final List<FarmProcess> workers = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER).build();
    private int startedCount;

    /**
     * @param directory with {@code models/fake} in it; pictures and states go there, too
     * @param name of the job
     * @param settings of all processes
     */
    FarmOfProcesses(Path directory, String name, int coordinatorCount, Map<String, ?> settings) {
        this(
                directory,
                name,
                Stream.generate(FarmOfProcesses::freePort)
                        .limit(coordinatorCount)
                        .toList(),
                settings);
        for (int i = 0; i < coordinatorCount; i++) {
            startNextCoordinator();
        }
    }

    /**
     * Starts none of its coordinators.
     *
     * @param ports of all coordinators there will be
     */
    FarmOfProcesses(Path directory, String name, List<Integer> ports, Map<String, ?> settings) {
        this.directory = directory;
        this.name = name;
        this.settings = settings;
        ports.forEach(port -> places.add(new HostPort("127.0.0.1", port)));
    }

    /** The first begins the farm; whoever comes later must find it. */
    void startNextCoordinator() {
        FarmProcess next = startCoordinator(coordinators.size());
        coordinators.add(next);
        next.http();
    }

    private FarmProcess startCoordinator(int index) {
        List<HostPort> join = places.size() == 1 ? List.of() : places;
        return FarmProcess.coordinator(
                directory.resolve(name + "-coordinator-" + index),
                directory.resolve("models"),
                places.get(index).port(),
                join,
                settings);
    }

    FarmProcess startWorker() {
        return startWorker(0);
    }

    /** @param port that it has in the farm; 0 for any */
    FarmProcess startWorker(int port) {
        FarmProcess worker = FarmProcess.worker(
                directory.resolve(name + "-worker-" + startedCount++),
                directory.resolve("models"),
                port,
                places,
                settings);
        workers.add(worker);
        return worker;
    }

    FarmProcess coordinator(int index) {
        return coordinators.get(index);
    }

    FarmProcess worker(int index) {
        return workers.get(index);
    }

    /**
     * Kills all of them in one moment; coordinators come back with the state they left, workers with nothing.
     *
     * @return how many
     */
    int killAndStartAgain(List<Integer> coordinatorIndexes, List<Integer> workerIndexes) {
        coordinatorIndexes.forEach(index -> coordinators.get(index).kill());
        workerIndexes.forEach(index -> workers.get(index).kill());
        coordinatorIndexes.forEach(index -> coordinators.set(index, startCoordinator(index)));
        for (int index : workerIndexes) {
            FarmProcess worker = startWorker();
            workers.remove(worker);
            workers.set(index, worker);
        }
        return coordinatorIndexes.size() + workerIndexes.size();
    }

    void submit(String canvas) {
        String spec = "name = " + name + ", task = unconditional, canvas { " + canvas + " }, model = fake, seed = 7,"
                + " direction = zeta, output { to = \"" + picture() + "\" }";
        // A coordinator that is too busy to answer in time asks to come again; with a key that hands in one job.
        Waits.until("the job is taken", () -> {
            HttpResponse<String> answer =
                    send(HttpRequest.newBuilder(coordinators.get(0).http().resolve("api/jobs"))
                            .header("Idempotency-Key", name)
                            .POST(HttpRequest.BodyPublishers.ofString(spec)));
            assertThat(answer.statusCode()).as(answer.body()).isIn(201, 409, 503);
            return answer.statusCode() == 201;
        });
    }

    Path picture() {
        return directory.resolve(name);
    }

    Map<String, Integer> tiles() throws IOException {
        return PictureTree.hashes(picture().resolve("picture_files"));
    }

    /** Of the last stage that samples. */
    int patches() {
        return status().map(status -> {
                    int rendered = 0;
                    for (JsonNode stage : status.path("stages")) {
                        rendered = stage.path("name").asText().equals("sample")
                                ? stage.path("renderedCount").asInt()
                                : rendered;
                    }
                    return rendered;
                })
                .orElse(0);
    }

    void waitForPatches(int count) {
        Waits.until(count + " patches are rendered", () -> patches() >= count);
    }

    void waitUntilDone() {
        Waits.until("the job is done", () -> state().equalsIgnoreCase("done"));
    }

    String state() {
        return status().map(status -> status.path("state").asText()).orElse("");
    }

    /** From whichever coordinator leads; empty while none does. */
    Optional<JsonNode> status() {
        for (FarmProcess coordinator : coordinators) {
            if (!coordinator.isAlive() || !coordinator.isServing()) {
                continue;
            }
            URI address = coordinator.http().resolve("api/jobs/" + name);
            try {
                HttpResponse<String> answer = send(HttpRequest.newBuilder(address));
                if (answer.statusCode() == 200) {
                    return Optional.of(JSON.readTree(answer.body()));
                }
            } catch (UncheckedIOException outOfReach) {
                // The next one may answer.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Optional.empty();
    }

    /** As one of the coordinators knows them. */
    int workerCount(int coordinator) {
        return workers(coordinator).size();
    }

    /** Patches and tiles that a worker has a lease for, as the first coordinator knows them. */
    int heldBy(int worker) {
        return ofWorker(worker, "patchCount");
    }

    /** Patches and tiles that it has handed in. */
    int renderedBy(int worker) {
        return ofWorker(worker, "renderedCount");
    }

    private int ofWorker(int worker, String field) {
        String name = workers.get(worker).pid() + "-";
        int count = 0;
        for (JsonNode known : workers(0)) {
            count += known.path("worker").asText().startsWith(name)
                    ? known.path(field).asInt()
                    : 0;
        }
        return count;
    }

    private JsonNode workers(int coordinator) {
        URI address = coordinators.get(coordinator).http().resolve("api/workers");
        try {
            return JSON.readTree(send(HttpRequest.newBuilder(address)).body()).path("workers");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What one of the coordinators says when it is asked for its jobs. */
    String answer(int coordinator) {
        URI address = coordinators.get(coordinator).http().resolve("api/jobs");
        return send(HttpRequest.newBuilder(address)).body();
    }

    /** The client's own time-out ends with the head of an answer, and a process that is killed may stop within the body. */
    HttpResponse<String> send(HttpRequest.Builder request) {
        CompletableFuture<HttpResponse<String>> answer =
                http.sendAsync(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString());
        try {
            return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            answer.cancel(true);
            throw new UncheckedIOException(new IOException("no answer: " + failure, failure));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        workers.forEach(FarmProcess::close);
        coordinators.forEach(FarmProcess::close);
    }
}
