package handscroll.coordinator.simulation;

import handscroll.coordinator.plan.Stage;
import java.time.Duration;

/**
 * What the work of a job costs.
 *
 * @param decoding of one patch's area of an output tile
 * @param encoding of one given patch
 * @param state to make those states of one patch that a worker lacks and others will attend to
 * @param spread a batch takes up to this share longer, drawn evenly: a core has other things to do too
 * @param message on its way between worker and coordinator, one way
 * @param log until a result is durable
 */
public record Costs(
        BatchTimes sampling,
        Duration decoding,
        Duration encoding,
        Duration state,
        double spread,
        Duration message,
        Duration log) {

    /** With states that cost nothing. */
    public Costs(
            BatchTimes sampling, Duration decoding, Duration encoding, double spread, Duration message, Duration log) {
        this(sampling, decoding, encoding, Duration.ZERO, spread, message, log);
    }

    public Costs {
        boolean negative = decoding.isNegative() || encoding.isNegative() || message.isNegative() || log.isNegative();
        if (negative || !(spread >= 0)) {
            throw new IllegalArgumentException("no work costs less than nothing");
        }
    }

    /** Of a batch of cells of one stage with one operator, on a core that has nothing else to do. */
    long nanos(Stage stage, int patchPixels, Stage.Operator operator, int taskCount) {
        return switch (operator) {
            case DECODE -> Math.round(taskCount * decoding.toNanos() * area(stage, patchPixels));
            case ENCODE -> taskCount * encoding.toNanos();
            case IDLE -> 0;
            default -> sampling.nanos(taskCount);
        };
    }

    /** What a cell takes at least until it is there, in whatever batch. */
    long leastNanos(Stage stage, int patchPixels, Stage.Operator operator, int largestBatch) {
        return switch (operator) {
            case DECODE, ENCODE, IDLE -> nanos(stage, patchPixels, operator, 1);
            default -> sampling.leastNanos(largestBatch);
        };
    }

    /** How much of a slot's time a cell takes at least. */
    double leastWorkNanos(Stage stage, int patchPixels, Stage.Operator operator, int largestBatch) {
        return switch (operator) {
            case DECODE, ENCODE, IDLE -> nanos(stage, patchPixels, operator, 1);
            default -> sampling.leastNanosPerPatch(largestBatch);
        };
    }

    /** Patches in a cell. */
    private static double area(Stage stage, int patchPixels) {
        double side = (double) stage.cellPixels() / patchPixels;
        return side * side;
    }
}
