package handscroll.cli;

import handscroll.protocol.job.Problem;
import handscroll.worker.train.Loss;
import handscroll.worker.train.TrainingPlan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How long is learned, and by how many. */
final class LearningOptions {

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "60",
            description = "How long to learn, all stages together, by default 60.")
    private double minutes;

    @Option(
            names = "--cpu-minutes",
            paramLabel = "N",
            description = "How long to learn instead, counted in processor time of all threads together: the same"
                    + " learning on a busy machine.")
    private Optional<Double> cpuMinutes = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "2",
            description = "Cores to learn on, by default 2; part of what decides the result.")
    private int threads;

    @Option(
            names = "--lessons",
            paramLabel = "N",
            defaultValue = "1",
            description = "Crops of a picture that each thread looks at for one step of the transformer, by default 1.")
    private int lessons;

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            defaultValue = "accumulated",
            description =
                    "What one step of the transformer is taken for: accumulated (all patches of its crops together)"
                            + " or patch (one patch of each); by default accumulated.")
    private Loss loss = Loss.ACCUMULATED;

    boolean isOfPatches() {
        return loss == Loss.PATCH;
    }

    void check(List<Problem> problems) {
        if (!(minutes > 0)) {
            problems.add(new Problem("--minutes", "is " + minutes, "more than 0 are needed"));
        }
        if (cpuMinutes.isPresent() && !(cpuMinutes.get() > 0)) {
            problems.add(new Problem("--cpu-minutes", "is " + cpuMinutes.get(), "more than 0 are needed"));
        }
        if (threads < 1) {
            problems.add(new Problem("--threads", "is " + threads, "at least 1 is needed"));
        }
        if (lessons < 1) {
            problems.add(new Problem("--lessons", "is " + lessons, "at least 1 is needed"));
        }
    }

    TrainingPlan.Budget budget() {
        return new TrainingPlan.Budget(
                Duration.ofMillis((long) (cpuMinutes.orElse(minutes) * 60_000)),
                cpuMinutes.isPresent() ? TrainingPlan.Clock.PROCESSOR : TrainingPlan.Clock.WALL,
                threads,
                lessons,
                loss);
    }
}
