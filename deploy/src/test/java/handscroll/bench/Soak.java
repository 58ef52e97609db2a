package handscroll.bench;

import handscroll.coordinator.plan.Direction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Job after job of patches that take no time, through the real coordinator and two processes of workers; after each, what all of
 * them hold on to. Ends with 1 when one of them grows.
 */
final class Soak {

    private static final int WORKER_COUNT = 2;
    private static final int BATCH_SIZE = 64;
    private static final int TOKENS_PER_SIDE = 16;

    /** Arguments: side of a job's square in patches, jobs. */
    public static void main(String[] arguments) throws Exception {
        int side = Integer.parseInt(arguments[0]);
        int jobCount = Integer.parseInt(arguments[1]);
        var plan =
                BenchPlans.of(new BenchPlans.Shape(Direction.ZETA, side, side, TOKENS_PER_SIDE, 1, 1, TaskTime.NONE));
        Path directory = Files.createTempDirectory("handscroll-soak");
        Map<String, List<Vitals>> samples = new LinkedHashMap<>();
        try (BenchFarm farm = BenchFarm.start(directory, new BenchFarm.Size(WORKER_COUNT, 1, BATCH_SIZE))) {
            for (int job = 1; job <= jobCount; job++) {
                farm.run(plan);
                long patches = (long) job * side * side;
                farm.vitals().forEach((process, vitals) -> {
                    samples.computeIfAbsent(process, unused -> new ArrayList<>())
                            .add(vitals);
                    System.out.printf(Locale.ROOT, "%,d patches, %s: %s%n", patches, process, vitals);
                });
            }
        }
        Files.delete(directory);
        boolean isFlat = true;
        for (Map.Entry<String, List<Vitals>> process : samples.entrySet()) {
            List<String> growth = Vitals.growth(process.getValue());
            isFlat &= growth.isEmpty();
            System.out.println(process.getKey() + (growth.isEmpty() ? " is flat" : " GREW: " + growth));
        }
        if (!isFlat) {
            System.exit(1);
        }
    }

    private Soak() {}
}
