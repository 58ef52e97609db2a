package handscroll.cli;

import handscroll.coordinator.simulation.BatchTimes;
import handscroll.protocol.job.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** What can be said about the farm and its costs on the command line; checked all at once. */
final class PlanOptions {

    /** A larger farm takes long to simulate, and no coordinator leads one. */
    static final int MOST_WORKERS = 1024;

    /** Beyond an hour a patch somebody has mixed up units. */
    private static final double MOST_MILLIS = 3_600_000;

    @Option(
            names = "--workers",
            paramLabel = "N,N,...",
            description =
                    "For how many workers the time is estimated; a worker is one slot. Default: 1, 2, 4 and so on.")
    private Optional<String> workers = Optional.empty();

    @Option(
            names = "--sampling-ms",
            paramLabel = "MS|N:MS,...",
            description = "Milliseconds in which a worker samples a patch, whatever its batch, or by the size of the"
                    + " batch: 1:154,16:36.")
    private Optional<String> sampling = Optional.empty();

    @Option(
            names = "--decoding-ms",
            paramLabel = "MS",
            description = "Milliseconds in which a worker decodes the area of a patch.")
    private Optional<String> decoding = Optional.empty();

    @Option(
            names = "--plot",
            paramLabel = "FILE.svg",
            description = "Draw the width over time and the time against workers.")
    private Optional<Path> plot = Optional.empty();

    @Option(
            names = "--measure",
            description = "Measure first what patches cost on this machine, in about a minute, and plan with that.")
    private boolean isMeasured;

    @Option(
            names = "--walk",
            description = "Play the plan to its end with nothing to do instead, and say what the coordinator's own"
                    + " bookkeeping takes.")
    private boolean isWalked;

    boolean isMeasured() {
        return isMeasured;
    }

    boolean isWalked() {
        return isWalked;
    }

    /** @param workerCounts empty where the plan says which are of interest */
    record Checked(
            List<Integer> workerCounts,
            Optional<BatchTimes> sampling,
            Optional<Duration> decoding,
            Optional<Path> plot) {}

    Checked check(List<Problem> problems) {
        if (isMeasured && (sampling.isPresent() || decoding.isPresent())) {
            problems.add(new Problem(
                    "--measure", "measures what --sampling-ms and --decoding-ms give", "leave out one or the other"));
        }
        return new Checked(
                workers.map(text -> workerCounts(text, problems)).orElse(List.of()),
                sampling.flatMap(text -> samplingTimes(text, problems)),
                decoding.flatMap(text -> millis("--decoding-ms", text, false, problems)),
                plot.filter(file -> isWritable(file, problems)));
    }

    private static List<Integer> workerCounts(String text, List<Problem> problems) {
        List<Integer> counts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            try {
                int count = Integer.parseInt(part.strip());
                if (count >= 1 && count <= MOST_WORKERS) {
                    counts.add(count);
                    continue;
                }
            } catch (NumberFormatException e) {
                // Told below, like any other number that does not fit.
            }
            problems.add(new Problem(
                    "--workers", "\"" + part + "\" is no number of workers", "give numbers from 1 to " + MOST_WORKERS));
        }
        return counts.stream().distinct().sorted().toList();
    }

    private static Optional<BatchTimes> samplingTimes(String text, List<Problem> problems) {
        if (!text.contains(":")) {
            return millis("--sampling-ms", text, true, problems).map(BatchTimes::even);
        }
        int problemCount = problems.size();
        var perPatch = new TreeMap<Integer, Duration>();
        for (String part : text.split(",", -1)) {
            String[] sides = part.split(":", -1);
            if (sides.length != 2 || !sides[0].strip().matches("[1-9][0-9]{0,5}")) {
                problems.add(new Problem(
                        "--sampling-ms", "\"" + part + "\" is no time of a batch", "write it like 1:154,16:36"));
                continue;
            }
            int size = Integer.parseInt(sides[0].strip());
            millis("--sampling-ms", sides[1], true, problems).ifPresent(time -> perPatch.put(size, time));
        }
        if (problems.size() == problemCount && !perPatch.containsKey(1)) {
            problems.add(new Problem("--sampling-ms", "does not say what a patch takes alone", "begin it with 1:MS"));
        }
        return problems.size() == problemCount ? Optional.of(BatchTimes.ofPatches(perPatch)) : Optional.empty();
    }

    private static Optional<Duration> millis(String option, String text, boolean aboveZero, List<Problem> problems) {
        double millis = Double.NaN;
        try {
            millis = Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            // NaN is refused below.
        }
        boolean fits = millis <= MOST_MILLIS && (aboveZero ? millis > 0 : millis >= 0);
        if (!fits) {
            problems.add(new Problem(
                    option,
                    "\"" + text + "\" is no time of a patch",
                    "give milliseconds " + (aboveZero ? "above" : "from") + " 0, at most an hour"));
            return Optional.empty();
        }
        long nanos = Math.round(millis * 1e6);
        return Optional.of(Duration.ofNanos(aboveZero ? Math.max(1, nanos) : nanos));
    }

    private static boolean isWritable(Path file, List<Problem> problems) {
        Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || parent == null || !Files.isWritable(parent)) {
            problems.add(new Problem(
                    "--plot", file + " cannot be written", "name a file in a directory that is there and is yours"));
            return false;
        }
        return true;
    }
}
