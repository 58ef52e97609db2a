package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.protocol.model.ModelCard;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A coordinator or a worker in a process of its own, which can be killed like any other. */
final class FarmProcess implements AutoCloseable {

    private final Process process;
    private final Path address;

    private FarmProcess(Process process, Path address) {
        this.process = process;
        this.address = address;
    }

    /** @param httpPort of its pages; 0 for a worker */
    static FarmProcess coordinator(Path state, Path models, int joinPort) {
        return start(state, models, "coordinator", String.valueOf(joinPort));
    }

    static FarmProcess worker(Path state, Path models, int joinPort) {
        return start(state, models, "worker", String.valueOf(joinPort));
    }

    private static FarmProcess start(Path state, Path models, String role, String joinPort) {
        try {
            Files.createDirectories(state);
            Path address = state.resolve("address");
            Files.deleteIfExists(address);
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    FarmProcess.class.getName(),
                    role,
                    joinPort,
                    state.toString(),
                    models.toString()));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(state.resolve("output.txt").toFile())
                    .start();
            return new FarmProcess(process, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where its pages are; waits until they are there. */
    URI http() {
        Waits.until("the coordinator serves its pages", () -> Files.exists(address));
        try {
            return URI.create(Files.readString(address).trim());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code kill -9}: nothing is flushed, closed or said. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    public static void main(String[] arguments) throws Exception {
        boolean coordinates = arguments[0].equals("coordinator");
        int joinPort = Integer.parseInt(arguments[1]);
        Path state = Path.of(arguments[2]);
        Path models = Path.of(arguments[3]);
        Map<String, Object> options = new HashMap<>();
        options.put("handscroll.cli.models", List.of(models.toString()));
        options.put(SettingNames.HTTP_PORT, 0);
        options.put(SettingNames.REMOTE_PORT, coordinates ? joinPort : 0);
        Config config = SiteConfig.load(Optional.empty(), coordinates ? "coordinator.conf" : "worker.conf", options);
        FakeRenderers renderers = new FakeRenderers(
                        Map.of("fake", ModelCard.read(models.resolve("fake")).hash()), 512)
                .busy();
        Optional<HostPort> join = coordinates ? Optional.empty() : Optional.of(new HostPort("127.0.0.1", joinPort));
        Farm farm = LocalFarm.opener((settings, shelf) -> renderers)
                .open(new FarmOptions(config, coordinates, coordinates ? 0 : 1, state, join));
        if (coordinates) {
            Path written = state.resolve("address.part");
            Files.writeString(written, farm.http().toString());
            Files.move(written, state.resolve("address"));
        }
        farm.ended().toCompletableFuture().join();
    }

    static String output(Path state) throws IOException {
        try (InputStream in = Files.newInputStream(state.resolve("output.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
