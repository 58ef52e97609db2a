package handscroll.bench;

import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * What the farm adds to each patch: from the moment that a slot has drawn one to the moment that a slot begins the one
 * that waited for it, at a thousand patches a second. Rows of patches that each wait for the one to their left, a
 * worker for each row; once with the token log as it is, once with one that does not wait for the disk.
 */
final class Latency {

    private static final int ROWS = 21;
    private static final double MEAN_MILLIS = 20;
    private static final int TOKENS_PER_SIDE = 8;
    private static final double WARM_UP_SHARE = 0.3;

    private record Percentiles(double p50, double p99, double perSecond) {}

    /** Argument: seconds of each run. */
    public static void main(String[] arguments) throws Exception {
        int columns = (int) Math.max(4, Double.parseDouble(arguments[0]) * 1e3 / MEAN_MILLIS);
        Plan plan = BenchPlans.of(new BenchPlans.Shape(
                Direction.ZETA, columns, ROWS, TOKENS_PER_SIDE, 1, 0, new TaskTime(MEAN_MILLIS, 1)));
        Path directory = Files.createTempDirectory("handscroll-bench");
        try (BenchFarm farm = BenchFarm.start(directory, new BenchFarm.Size(1, ROWS, 1))) {
            Percentiles flushed = print("with the token log flushed", measure(farm, plan, BenchFarm.LogKind.FLUSHED));
            Percentiles unflushed =
                    print("without waiting for the disk", measure(farm, plan, BenchFarm.LogKind.UNFLUSHED));
            System.out.printf(
                    Locale.ROOT,
                    "result %.3f %.3f %.3f %.3f %.0f%n",
                    flushed.p50(),
                    flushed.p99(),
                    unflushed.p50(),
                    unflushed.p99(),
                    unflushed.perSecond());
        }
        Files.delete(directory);
    }

    private static Percentiles measure(BenchFarm farm, Plan plan, BenchFarm.LogKind log) {
        BenchFarm.Run run = farm.run(plan, log);
        // In the order in which they were begun: what comes first warms the code up.
        long[] nanos = run.gaps();
        long[] counted = Arrays.copyOfRange(nanos, (int) (nanos.length * WARM_UP_SHARE), nanos.length);
        Arrays.sort(counted);
        return new Percentiles(
                counted[counted.length / 2] / 1e6,
                counted[(int) (counted.length * 0.99)] / 1e6,
                plan.patchCount() * 1e9 / run.elapsed().toNanos());
    }

    private static Percentiles print(String what, Percentiles found) {
        System.out.printf(
                Locale.ROOT,
                "%-30s p50 %.3f ms, p99 %.3f ms at %.0f patches/s%n",
                what,
                found.p50(),
                found.p99(),
                found.perSecond());
        return found;
    }

    private Latency() {}
}
