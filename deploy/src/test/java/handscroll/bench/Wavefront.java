package handscroll.bench;

import handscroll.coordinator.plan.Direction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Tasks a second of a wavefront of patches that take no time: each waits for the ones to the left, above and on both
 * diagonals above, and its result has 512 bytes.
 */
final class Wavefront {

    private static final int WORKER_COUNT = 2;
    /** As a device with room for them would ask for; a message carries that many tasks. */
    private static final int BATCH_SIZE = 64;

    private static final int TOKENS_PER_SIDE = 16;

    /** Arguments: side of the square in patches, runs that warm up, runs that count. */
    public static void main(String[] arguments) throws Exception {
        int side = Integer.parseInt(arguments[0]);
        int warmUpCount = Integer.parseInt(arguments[1]);
        int countedCount = Integer.parseInt(arguments[2]);
        // The order of writing with an extent of one patch reads just these four.
        var plan =
                BenchPlans.of(new BenchPlans.Shape(Direction.ZETA, side, side, TOKENS_PER_SIDE, 1, 1, TaskTime.NONE));
        Path directory = Files.createTempDirectory("handscroll-bench");
        List<BenchFarm.Run> counted = new ArrayList<>();
        try (BenchFarm farm = BenchFarm.start(directory, new BenchFarm.Size(WORKER_COUNT, 1, BATCH_SIZE))) {
            for (int run = 0; run < warmUpCount + countedCount; run++) {
                BenchFarm.Run done = farm.run(plan);
                System.out.printf(
                        Locale.ROOT,
                        "%dx%d run %d: %.3f s, %.0f tasks/s, %.1f us CPU a task%n",
                        side,
                        side,
                        run + 1,
                        done.elapsed().toNanos() / 1e9,
                        side * side * 1e9 / done.elapsed().toNanos(),
                        done.cpu().toNanos() / 1e3 / side / side);
                if (run >= warmUpCount) {
                    counted.add(done);
                }
            }
        }
        Files.delete(directory);
        counted.sort(Comparator.comparing(BenchFarm.Run::elapsed));
        BenchFarm.Run median = counted.get(counted.size() / 2);
        System.out.printf(
                Locale.ROOT,
                "result %.0f %.1f%n",
                side * side * 1e9 / median.elapsed().toNanos(),
                median.cpu().toNanos() / 1e3 / side / side);
    }

    private Wavefront() {}
}
