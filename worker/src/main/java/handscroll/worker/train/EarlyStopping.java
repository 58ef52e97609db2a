package handscroll.worker.train;

import java.time.Duration;
import java.util.Locale;

/**
 * Whether learning still helps, by what the model makes of what it never learned from. The model that did best is the one
 * that is kept; learning ends when it was not done better for {@link #PATIENCE} judgements.
 */
final class EarlyStopping {

    static final int PATIENCE = 5;

    /** Less than this, in nats a token, is no gain. */
    private static final double LEAST_GAIN = 0.001;

    private static final String BEST = "transformer.held-out";

    private final Duration interval;
    private double best;
    private double lastGain;
    private int sinceBest;

    /** @param interval between judgements, for what is said of them */
    EarlyStopping(Checkpoint checkpoint, Duration interval) {
        this.interval = interval;
        this.best = checkpoint.number(BEST, Double.POSITIVE_INFINITY);
    }

    /** Takes one more judgement; true where the model is the best so far. */
    boolean isBest(double heldOut) {
        lastGain = best - heldOut;
        if (!(lastGain > LEAST_GAIN)) {
            sinceBest++;
            return false;
        }
        best = heldOut;
        sinceBest = 0;
        return true;
    }

    boolean isOver() {
        return sinceBest >= PATIENCE;
    }

    void save(Checkpoint checkpoint) {
        checkpoint.put(BEST, best);
    }

    /** What more time would do, in a sentence. */
    String verdict() {
        if (isOver()) {
            return String.format(
                    Locale.ROOT,
                    "It has not got better for %d minutes and ends here; the model that was best is kept, %.3f nats a token.",
                    PATIENCE * interval.toMinutes(),
                    best);
        }
        if (sinceBest > 0 || Double.isInfinite(lastGain)) {
            return String.format(Locale.ROOT, "Held out, the best was %.3f nats a token, and it is kept.", best);
        }
        return String.format(
                Locale.ROOT,
                "It was still getting better, by %.3f nats a token since it was judged before: more minutes and --resume go on.",
                lastGain);
    }
}
