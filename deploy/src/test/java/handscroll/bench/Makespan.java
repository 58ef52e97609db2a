package handscroll.bench;

import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * How much longer farms of growing size take than they must: the makespan over max(work / P, critical path), with
 * the times that were drawn for the very patches. The coordinator and its messages are real, workers wait instead of
 * drawing, one patch after the other. Beside that bound stands the time of a {@link ListSchedule}, which nothing but the graph
 * holds up.
 */
final class Makespan {

    private static final List<Direction> DIRECTIONS =
            List.of(Direction.ZETA, Direction.OMEGA, Direction.QUADRANT, Direction.COLOURS, Direction.COARSE_TO_FINE);

    /** As the shipped model has: 64 tokens, two patches to each side. */
    private static final int TOKENS_PER_SIDE = 8;

    private static final int EXTENT = 2;

    /** Below this the farm is not large enough to be judged: too few patches for each worker. */
    private static final int LEAST_PATCHES_EACH = 8;

    private static final int MOST_PROCESSES = 2;

    /** Of what a run should take: as many patches as workers do in that time, at most. */
    private static final int WARM_UP_PATCHES_A_SECOND = 750;

    /** @param idealSeconds of a farm without latency that knows all times */
    record Row(
            Direction direction,
            double meanMillis,
            int workerCount,
            int patchCount,
            double seconds,
            double workSeconds,
            double pathSeconds,
            double idealSeconds) {

        double boundSeconds() {
            return Math.max(workSeconds / workerCount, pathSeconds);
        }

        double ratio() {
            return seconds / boundSeconds();
        }

        double ratioToIdeal() {
            return seconds / idealSeconds;
        }

        String boundBy() {
            return pathSeconds > workSeconds / workerCount ? "path" : "work";
        }
    }

    /** Arguments: mean times in ms, numbers of workers, seconds that the work of a run should take, text or json. */
    public static void main(String[] arguments) throws Exception {
        List<Double> means =
                Arrays.stream(arguments[0].split(",")).map(Double::valueOf).toList();
        List<Integer> workerCounts =
                Arrays.stream(arguments[1].split(",")).map(Integer::valueOf).toList();
        double seconds = Double.parseDouble(arguments[2]);
        boolean isJson = arguments[3].equals("json");

        List<Row> rows = new ArrayList<>();
        Path directory = Files.createTempDirectory("handscroll-bench");
        for (int workerCount : workerCounts) {
            int processCount = Math.min(MOST_PROCESSES, workerCount);
            int each = (workerCount + processCount - 1) / processCount;
            try (BenchFarm farm = BenchFarm.start(directory, new BenchFarm.Size(processCount, each, 1))) {
                // Warms the code up, and the connections.
                farm.run(plan(Direction.COLOURS, (int) (WARM_UP_PATCHES_A_SECOND * seconds), new TaskTime(1, 0)));
                for (double mean : means) {
                    for (Direction direction : DIRECTIONS) {
                        int patchCount = (int) Math.max(
                                LEAST_PATCHES_EACH * workerCount, Math.ceil(seconds * 1e3 * workerCount / mean));
                        Row row = measure(farm, direction, new TaskTime(mean, 1), workerCount, patchCount);
                        rows.add(row);
                        if (!isJson) {
                            print(row, rows.size() == 1);
                        }
                    }
                }
            }
        }
        Files.delete(directory);
        if (isJson) {
            printJson(rows);
        }
        System.out.printf(
                Locale.ROOT,
                "result %.3f %.3f %.3f %.3f%n",
                worst(rows, 0, 20, Row::ratio),
                worst(rows, 20, Double.MAX_VALUE, Row::ratio),
                worst(rows, 0, 20, Row::ratioToIdeal),
                worst(rows, 20, Double.MAX_VALUE, Row::ratioToIdeal));
    }

    private static double worst(List<Row> rows, double from, double below, ToDoubleFunction<Row> ratio) {
        return rows.stream()
                .filter(row -> row.meanMillis() >= from && row.meanMillis() < below)
                .mapToDouble(ratio)
                .max()
                .orElse(0);
    }

    private static Row measure(BenchFarm farm, Direction direction, TaskTime time, int workerCount, int patchCount) {
        Plan plan = plan(direction, patchCount, time);
        Duration elapsed = farm.run(plan).elapsed();
        PatchGraph graph = plan.graph();
        long[] path = new long[graph.cellCount(0)];
        long[] times = new long[path.length];
        graph.forEachCell(0, (stage, index) -> {
            long[] before = new long[1];
            graph.forEachRead(stage, index, (readStage, read) -> before[0] = Math.max(before[0], path[read]));
            long own = time.nanos(graph.patch(stage, index));
            path[index] = before[0] + own;
            times[index] = own;
        });
        return new Row(
                direction,
                time.meanMillis(),
                workerCount,
                path.length,
                elapsed.toNanos() / 1e9,
                Arrays.stream(times).sum() / 1e9,
                Arrays.stream(path).max().orElse(0) / 1e9,
                new ListSchedule(graph, times).nanos(workerCount) / 1e9);
    }

    /** Four times as wide as high, about. */
    private static Plan plan(Direction direction, int patchCount, TaskTime time) {
        int rows = Math.max(2, (int) Math.round(Math.sqrt(patchCount / 4.0)));
        int columns = (patchCount + rows - 1) / rows;
        return BenchPlans.of(new BenchPlans.Shape(direction, columns, rows, TOKENS_PER_SIDE, EXTENT, EXTENT, time));
    }

    private static void print(Row row, boolean isFirst) {
        if (isFirst) {
            System.out.println(
                    "  direction       mean ms  workers  patches     s  bound s  bound by  s / bound  ideal s  s / ideal");
        }
        System.out.printf(
                Locale.ROOT,
                "  %-14s %8.0f %8d %8d %5.2f %8.2f  %8s %10.3f %8.2f %10.3f%n",
                row.direction().configName(),
                row.meanMillis(),
                row.workerCount(),
                row.patchCount(),
                row.seconds(),
                row.boundSeconds(),
                row.boundBy(),
                row.ratio(),
                row.idealSeconds(),
                row.ratioToIdeal());
    }

    private static void printJson(List<Row> rows) {
        System.out.println("[");
        rows.stream()
                .sorted(Comparator.comparing(Row::direction))
                .forEach(row -> System.out.printf(
                        Locale.ROOT,
                        "{\"direction\": \"%s\", \"meanMillis\": %s, \"workers\": %d, \"patches\": %d, \"seconds\": %.4f,"
                                + " \"boundSeconds\": %.4f, \"boundBy\": \"%s\", \"ratio\": %.4f, \"idealSeconds\": %.4f}%s%n",
                        row.direction().configName(),
                        row.meanMillis(),
                        row.workerCount(),
                        row.patchCount(),
                        row.seconds(),
                        row.boundSeconds(),
                        row.boundBy(),
                        row.ratio(),
                        row.idealSeconds(),
                        ","));
        System.out.println("]");
    }

    private Makespan() {}
}
