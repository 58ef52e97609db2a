package handscroll.worker.train;

import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.TokenizerShape;
import handscroll.worker.djl.TransformerShape;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What to learn, from what, and for how long.
 *
 * @param name the model's name
 * @param directory where the model directory is written, with the checkpoint beside the weights
 * @param seed of all random draws
 * @param resume whether to go on from the checkpoint in the directory
 * @param base a model to begin with
 * @param tokenizer sizes of the tokenizer, {@link TokenizerShape#STANDARD} but in tests
 * @param transformer sizes of the transformer
 */
public record TrainingPlan(
        String name,
        Path directory,
        Source source,
        Budget budget,
        long seed,
        boolean resume,
        Optional<Base> base,
        TokenizerShape tokenizer,
        TransformerShape transformer) {

    /**
     * What is learned from.
     *
     * @param pictures their files, or the file or the directory of frames of a video
     * @param heldOut files that are not learned from, to see how well the model does on what it never saw
     * @param framePixels cut off each side of each picture: the dark rim of a scan
     * @param horizon where sky meets land in the pictures, as a share of their height
     * @param captions what is said of the pictures
     * @param film what to learn of a video
     * @param licence of the weights, which follows from the pictures'
     */
    public record Source(
            List<Path> pictures,
            List<Path> heldOut,
            int framePixels,
            double horizon,
            Captions captions,
            Optional<FilmCut> film,
            String licence) {

        public Source {
            pictures = List.copyOf(pictures);
            heldOut = List.copyOf(heldOut);
        }
    }

    /**
     * How long to learn.
     *
     * @param time of all stages together
     * @param clock what it is counted in
     * @param threads replicas that learn side by side, one core each; part of what decides the result
     * @param lessons that each of them looks at for one step of the transformer
     * @param loss what such a step is taken for
     */
    public record Budget(Duration time, Clock clock, int threads, int lessons, Loss loss) {

        Duration share(double share) {
            return Duration.ofMillis((long) (time.toMillis() * share));
        }
    }

    /**
     * A model to begin with.
     *
     * @param withTransformer whether to begin with its transformer too, as far as its parameters fit
     */
    public record Base(String name, ModelDirectory model, boolean withTransformer, Learned learned) {}

    /** What is learned of a model that one begins with. */
    public enum Learned {
        /** Its tokenizer stays as it is. */
        TRANSFORMER,
        /** How tokens become pixels; tokens keep their meaning, so that the transformer stays as it is. */
        DECODER,
        ALL
    }

    private boolean learns(Learned part) {
        return base.map(begun -> begun.learned() == Learned.ALL || begun.learned() == part)
                .orElse(true);
    }

    /** Whether nothing but the decoder of the base is learned. */
    boolean learnsDecoderOnly() {
        return learns(Learned.DECODER) && !learns(Learned.TRANSFORMER);
    }

    /** What time is: learning takes as long as it takes, or as much of the processors as it gets. */
    public enum Clock {
        WALL,
        PROCESSOR;

        long nanos() {
            if (this == WALL) {
                return System.nanoTime();
            }
            var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
            return system.getProcessCpuTime();
        }
    }

    private static final double TOKENIZER_SHARE = 0.15;
    private static final double SHARPENING_SHARE = 0.13;

    Duration tokenizerTime() {
        return budget.share(TOKENIZER_SHARE);
    }

    Duration sharpeningTime() {
        return learnsDecoderOnly() ? budget.time() : budget.share(SHARPENING_SHARE);
    }

    Duration transformerTime() {
        return learns(Learned.DECODER) ? budget.share(1 - TOKENIZER_SHARE - SHARPENING_SHARE) : budget.time();
    }
}
