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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and workers in processes of their own, over Artery TCP and the tile stream; some die on the way. */
class KilledProcessesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void putAModelOnTheShelf() throws IOException {
        FakeRenderers.shelve(directory.resolve("models/fake"));
    }

    @Test
    void whicheverProcessIsKilledThePictureIsTheSame() throws Exception {
        int joinPort = freePort();
        Map<String, Integer> undisturbed = render(joinPort, "undisturbed", farm -> {});
        Map<String, Integer> disturbed = render(freePort(), "disturbed", farm -> {
            farm.waitForPatches(40);
            farm.first.kill();
            farm.waitForPatches(120);
            farm.restartCoordinator();
            farm.waitForPatches(160);
        });

        assertThat(disturbed).isNotEmpty().isEqualTo(undisturbed);
    }

    private interface Disturbance {
        void during(RunningFarm farm) throws IOException;
    }

    private Map<String, Integer> render(int joinPort, String name, Disturbance disturbance) throws Exception {
        Path state = directory.resolve(name + "-state");
        try (RunningFarm farm = new RunningFarm(state, joinPort)) {
            farm.submit(name);
            disturbance.during(farm);
            farm.waitUntilDone();
        }
        return PictureTree.hashes(directory.resolve(name).resolve("picture_files"));
    }

    private final class RunningFarm implements AutoCloseable {
        private final Path state;
        private final int joinPort;
        private FarmProcess coordinator;
        private final FarmProcess first;
        private final FarmProcess second;
        private String job = "";

        RunningFarm(Path state, int joinPort) {
            this.state = state;
            this.joinPort = joinPort;
            this.coordinator = FarmProcess.coordinator(state, models(), joinPort);
            this.first = FarmProcess.worker(state.resolveSibling(state.getFileName() + "-1"), models(), joinPort);
            this.second = FarmProcess.worker(state.resolveSibling(state.getFileName() + "-2"), models(), joinPort);
        }

        private Path models() {
            return directory.resolve("models");
        }

        void submit(String name) throws IOException {
            job = name;
            String spec = "name = " + name + ", task = unconditional, canvas { width = 1300, height = 1024 },"
                    + " model = fake, seed = 7, direction = zeta, output { to = \"" + directory.resolve(name) + "\" }";
            HttpResponse<String> answer =
                    send(HttpRequest.newBuilder(coordinator.http().resolve("api/jobs"))
                            .POST(HttpRequest.BodyPublishers.ofString(spec)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        }

        void waitForPatches(int count) {
            Waits.until(
                    count + " patches are rendered",
                    // The canvas is drawn over a layout, which is stage 0.
                    () -> status().path("stages").path(1).path("renderedCount").asInt() >= count);
        }

        void waitUntilDone() {
            Waits.until("the job is done", () -> status().path("state").asText().equalsIgnoreCase("done"));
        }

        /** With the journal and the log that the killed one left. */
        void restartCoordinator() {
            coordinator.kill();
            coordinator = FarmProcess.coordinator(state, models(), joinPort);
        }

        private JsonNode status() {
            URI address = coordinator.http().resolve("api/jobs/" + job);
            try {
                return JSON.readTree(send(HttpRequest.newBuilder(address)).body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            first.close();
            second.close();
            coordinator.close();
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
