package handscroll.coordinator.journal;

import com.typesafe.config.ConfigFactory;
import handscroll.protocol.job.JobId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How many durable records a second a disk takes; started by hand, with a directory on that disk. */
final class TokenLogBenchmark {

    private static final int TOKENS = 64;
    private static final int IN_FLIGHT = 32;

    public static void main(String[] arguments) throws Exception {
        Path parent = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("token-log");
        for (int batch : new int[] {1, 16, 64, 256}) {
            for (int round = 0; round < 2; round++) {
                Path directory = Files.createTempDirectory(parent, "run");
                measure(directory, batch, batch == 1 ? 20_000 : 400_000);
            }
        }
    }

    private static void measure(Path directory, int batch, int records) throws Exception {
        LogIdentity identity = new LogIdentity(new JobId("benchmark"), "0");
        TokenLog log = TokenLog.open(directory, identity, 1, TokenLogSettings.from(ConfigFactory.load()));
        Deque<CompletableFuture<?>> inFlight = new ArrayDeque<>();
        long start = System.nanoTime();
        for (int cell = 0; cell < records; cell += batch) {
            List<TokenLog.Entry> entries = new ArrayList<>();
            for (int i = 0; i < batch; i++) {
                entries.add(new TokenLog.Entry(0, cell + i, new short[TOKENS]));
            }
            inFlight.add(log.append(entries).toCompletableFuture());
            if (inFlight.size() >= IN_FLIGHT) {
                inFlight.remove().get();
            }
        }
        for (CompletableFuture<?> last : inFlight) {
            last.get();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        log.close().toCompletableFuture().get();
        long scanStart = System.nanoTime();
        TokenLog.Scan scan = TokenLog.scan(directory, identity, (stage, cell, tokens) -> {});
        double scanSeconds = (System.nanoTime() - scanStart) / 1e9;
        System.out.printf(
                "batches of %d: %.0f durable records/s, scan %.0f records/s (%s)%n",
                batch, records / seconds, scan.recordCount() / scanSeconds, scan);
    }

    private TokenLogBenchmark() {}
}
