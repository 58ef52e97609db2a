package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import handscroll.worker.djl.ParameterLayout;
import handscroll.worker.djl.Script;
import java.util.Map;
import java.util.Random;

/**
 * The weights of one network while they are learned: one flat vector, its AdamW moments and its running
 * average, which is what gets saved and rendered with.
 *
 * <p>Confined to the training thread, except that other threads may read {@link #weights} between steps.
 */
final class Optimizer implements AutoCloseable {

    /** How AdamW is set; {@code keep} is the share of the running average that survives a step. */
    record Settings(double beta1, double beta2, double decay, double clip, double keep) {}

    private final Settings settings;
    private final NDManager manager;
    private final Script script;
    private final NDArray weights;
    private final NDArray moment;
    private final NDArray square;
    private final NDArray average;
    private final NDArray decays;
    private long stepCount;

    /** Starts at random weights. */
    Optimizer(NDManager parent, ParameterLayout layout, Settings settings, long seed) {
        this.settings = settings;
        manager = parent.newSubManager();
        script = Script.compile("optimizer.py", "Optimizer", "", Map.of());
        float[] initial = layout.initial(new Random(seed));
        weights = manager.create(initial);
        average = manager.create(initial);
        moment = manager.zeros(new Shape(initial.length), DataType.FLOAT32);
        square = manager.zeros(new Shape(initial.length), DataType.FLOAT32);
        decays = manager.create(layout.decayMask());
    }

    NDArray weights() {
        return weights;
    }

    NDArray average() {
        return average;
    }

    long stepCount() {
        return stepCount;
    }

    /** Moves the weights against the gradient; returns the gradient's norm. */
    float step(NDArray gradient, double rate) {
        stepCount++;
        // A young average would remember the random start: it begins short and grows to its full length.
        double keep = Math.min(settings.keep(), (1.0 + stepCount) / (10.0 + stepCount));
        try (NDManager step = manager.newSubManager()) {
            return script.call(
                            step,
                            "step",
                            weights,
                            gradient,
                            moment,
                            square,
                            average,
                            decays,
                            rate,
                            settings.beta1(),
                            settings.beta2(),
                            settings.decay(),
                            settings.clip(),
                            keep,
                            stepCount)
                    .singletonOrThrow()
                    .getFloat();
        }
    }

    /** Writes weights, moments and average under names that start with {@code prefix}. */
    void save(Checkpoint checkpoint, String prefix) {
        checkpoint.put(prefix + ".weights", weights.toFloatArray());
        checkpoint.put(prefix + ".moment", moment.toFloatArray());
        checkpoint.put(prefix + ".square", square.toFloatArray());
        checkpoint.put(prefix + ".average", average.toFloatArray());
        checkpoint.put(prefix + ".steps", stepCount);
    }

    /** Takes over what {@link #save} wrote. */
    void restore(Checkpoint checkpoint, String prefix) {
        weights.set(checkpoint.vector(prefix + ".weights"));
        moment.set(checkpoint.vector(prefix + ".moment"));
        square.set(checkpoint.vector(prefix + ".square"));
        average.set(checkpoint.vector(prefix + ".average"));
        stepCount = (long) checkpoint.number(prefix + ".steps", 0);
    }

    /** Starts from given weights instead of random ones. */
    void start(float[] given) {
        weights.set(given);
        average.set(given);
    }

    @Override
    public void close() {
        manager.close();
        script.close();
    }
}
