package handscroll.bench;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.tile.TileIntake;
import handscroll.coordinator.tile.TileIntakeSettings;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.FarmConfig;
import handscroll.protocol.lease.Leasing.Welcome;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.RenderedTile;
import handscroll.worker.lease.TileSender;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How fast finished tiles move between two processes: the way they go in a farm ({@code TileStream} to {@code TileIntake}, each tile
 * acknowledged, a store that takes no time), and beside it blocking sockets that carry the same bytes behind a length each, with one
 * acknowledgement at the end. Median of several runs after one to warm up.
 *
 * <pre>PatchesBetween MEGABYTES RUNS        result MB/s at 196 KB, sockets, MB/s at 20 KB, sockets</pre>
 */
final class PatchesBetween {

    private static final int BATCH = 16;
    private static final int SOCKET_BUFFER = 1 << 20;

    private enum Size {
        LARGE(196 << 10, 128),
        SMALL(20 << 10, 64);

        final int bytes;
        final int halfSide;

        Size(int bytes, int halfSide) {
            this.bytes = bytes;
            this.halfSide = halfSide;
        }

        RenderedTile tile() {
            byte[] half = new byte[3 * halfSide * halfSide];
            return new RenderedTile(
                    new JobId("bench"),
                    new PatchId(1, 0, 0, 0),
                    1,
                    new byte[bytes - half.length],
                    new PixelBlock(halfSide, halfSide, half));
        }
    }

    /** Arguments: megabytes of each run, runs; or {@code receive}, as the other process. */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("receive")) {
            receive();
            return;
        }
        long bytes = (long) (Double.parseDouble(arguments[0]) * 1e6);
        int runs = Integer.parseInt(arguments[1]);
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(BenchFarm.OWN_OPTIONS.asPredicate())
                .forEach(command::add);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), PatchesBetween.class.getName(), "receive"));
        Process receiver = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(receiver.getInputStream(), StandardCharsets.UTF_8))) {
            String[] words = Optional.ofNullable(lines.readLine()).orElse("").split(" ");
            var welcome = new Welcome("127.0.0.1", Integer.parseInt(words[0]), words[1], Duration.ofSeconds(30));
            int socket = Integer.parseInt(words[2]);
            Config config = config();
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "sender", config);
            double[] figures = new double[4];
            for (Size size : Size.values()) {
                figures[2 * size.ordinal()] = median(runs, () -> stream(system, config, welcome, size, bytes));
                figures[2 * size.ordinal() + 1] = median(runs, () -> sockets(socket, size, bytes));
                System.out.printf(
                        Locale.ROOT,
                        "%3d KB: %.0f MB/s over the tile stream, %.0f over raw sockets, %.2f x%n",
                        size.bytes >> 10,
                        figures[2 * size.ordinal()],
                        figures[2 * size.ordinal() + 1],
                        figures[2 * size.ordinal()] / figures[2 * size.ordinal() + 1]);
            }
            System.out.printf(
                    Locale.ROOT, "result %.0f %.0f %.0f %.0f%n", figures[0], figures[1], figures[2], figures[3]);
            system.terminate();
        } finally {
            receiver.destroy();
        }
    }

    private interface Run {
        /** Seconds for a million bytes, upside down: MB/s. */
        double megabytesPerSecond() throws Exception;
    }

    private static double median(int runs, Run run) throws Exception {
        run.megabytesPerSecond();
        double[] found = new double[runs];
        for (int i = 0; i < runs; i++) {
            found[i] = run.megabytesPerSecond();
        }
        java.util.Arrays.sort(found);
        return found[runs / 2];
    }

    private static double stream(ActorSystem<?> system, Config config, Welcome welcome, Size size, long bytes)
            throws Exception {
        long start = System.nanoTime();
        long tiles = TileSender.send(system, config, welcome, size.tile(), BATCH, bytes / size.bytes)
                .toCompletableFuture()
                .get();
        return tiles * size.bytes / ((System.nanoTime() - start) / 1e3);
    }

    private static double sockets(int port, Size size, long bytes) throws Exception {
        try (SocketChannel socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteBuffer frame = ByteBuffer.allocateDirect(Integer.BYTES + size.bytes);
            frame.putInt(0, size.bytes);
            long count = bytes / size.bytes;
            long start = System.nanoTime();
            for (long i = 0; i < count; i++) {
                frame.clear();
                while (frame.hasRemaining()) {
                    socket.write(frame);
                }
            }
            socket.shutdownOutput();
            fill(socket, ByteBuffer.allocate(1));
            return count * size.bytes / ((System.nanoTime() - start) / 1e3);
        }
    }

    private static void receive() throws Exception {
        Config config = config();
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "receiver", config);
        CompletableFuture<Done> stored = CompletableFuture.completedFuture(Done.getInstance());
        TileIntake intake = TileIntake.bind(system, TileIntakeSettings.from(config), job -> Optional.of(tile -> stored))
                .toCompletableFuture()
                .get();
        Welcome welcome = intake.welcome(Duration.ofSeconds(30));
        try (ServerSocketChannel door = ServerSocketChannel.open()) {
            door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) door.getLocalAddress()).getPort();
            System.out.println(welcome.tilePort() + " " + welcome.tileKey() + " " + port);
            while (true) {
                try (SocketChannel socket = door.accept()) {
                    takeFrames(socket);
                }
            }
        }
    }

    private static void takeFrames(SocketChannel socket) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocateDirect(SOCKET_BUFFER);
        ByteBuffer length = ByteBuffer.allocateDirect(Integer.BYTES);
        while (true) {
            length.clear();
            try {
                fill(socket, length);
            } catch (EOFException last) {
                socket.write(ByteBuffer.wrap(new byte[1]));
                return;
            }
            buffer.clear().limit(length.getInt(0));
            fill(socket, buffer);
        }
    }

    private static void fill(SocketChannel socket, ByteBuffer buffer) throws Exception {
        while (buffer.hasRemaining()) {
            if (socket.read(buffer) < 0) {
                throw new EOFException();
            }
        }
    }

    private static Config config() {
        return FarmConfig.load(
                        ConfigFactory.parseString(
                                "akka.actor.provider = local, handscroll.coordinator.tile { host = 127.0.0.1, bind-host = 127.0.0.1, port = 0 }"))
                .withFallback(BenchFarm.QUIET);
    }

    private PatchesBetween() {}
}
