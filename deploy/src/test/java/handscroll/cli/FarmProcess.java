package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.protocol.model.ModelCard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A coordinator or a worker in a process of its own, which can be killed like any other. */
final class FarmProcess implements AutoCloseable {

    private final Process process;
    private final Path address;
    private final Path state;

    private FarmProcess(Process process, Path address, Path state) {
        this.process = process;
        this.address = address;
        this.state = state;
    }

    static FarmProcess coordinator(Path state, Path models, int joinPort, List<HostPort> all, Map<String, ?> settings) {
        return start(state, models, "coordinator", joinPort, all, settings);
    }

    static FarmProcess worker(Path state, Path models, int port, List<HostPort> coordinators, Map<String, ?> settings) {
        return start(state, models, "worker", port, coordinators, settings);
    }

    private static FarmProcess start(
            Path state, Path models, String role, int port, List<HostPort> join, Map<String, ?> settings) {
        return start(List.of(), state, models, role, port, join, settings);
    }

    /** @param within what the command line begins with */
    static FarmProcess start(
            List<String> within,
            Path state,
            Path models,
            String role,
            int port,
            List<HostPort> join,
            Map<String, ?> settings) {
        try {
            Files.createDirectories(state);
            Path address = state.resolve("address");
            Files.deleteIfExists(address);
            List<String> command = new ArrayList<>(within);
            command.add(QuickStart.java());
            command.addAll(QuickStart.options());
            settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
            command.addAll(List.of(
                    FarmProcess.class.getName(),
                    role,
                    String.valueOf(port),
                    state.toString(),
                    models.toString(),
                    HostPort.list(join)));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(state.resolve("output.txt").toFile())
                    .start();
            return new FarmProcess(process, address, state);
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

    boolean isServing() {
        return Files.exists(address);
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
        int port = Integer.parseInt(arguments[1]);
        Path state = Path.of(arguments[2]);
        Path models = Path.of(arguments[3]);
        Map<String, Object> options = new HashMap<>();
        options.put("handscroll.cli.models", List.of(models.toString()));
        options.put(SettingNames.HTTP_PORT, 0);
        options.put(SettingNames.REMOTE_PORT, port);
        Config config = SiteConfig.load(Optional.empty(), coordinates ? "coordinator.conf" : "worker.conf", options);
        FakeRenderers renderers = new FakeRenderers(
                        Map.of("fake", ModelCard.read(models.resolve("fake")).hash()), 512)
                .busy();
        List<HostPort> join = Stream.of(arguments[4].split(","))
                .filter(place -> !place.isEmpty())
                .map(HostPort::parse)
                .toList();
        Farm farm = LocalFarm.opener((settings, shelf) -> renderers)
                .open(new FarmOptions(config, coordinates, coordinates ? 0 : 1, state, join));
        if (coordinates) {
            Path written = state.resolve("address.part");
            Files.writeString(written, farm.http().toString());
            Files.move(written, state.resolve("address"));
        }
        farm.ended().toCompletableFuture().join();
    }

    /** Everything that it said. */
    String output() {
        try {
            return Files.readString(state.resolve("output.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }
}
