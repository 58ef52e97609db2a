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
 * @param pictures files to learn from
 * @param framePixels cut off each side of each picture: the dark rim of a scan
 * @param directory where the model directory is written, with the checkpoint beside the weights
 * @param time the budget of all stages together
 * @param threads replicas that learn side by side, one core each; part of what decides the result
 * @param seed of all random draws
 * @param resume whether to go on from the checkpoint in the directory
 * @param horizon where sky meets land in the pictures, as a share of their height
 * @param licence of the weights, which follows from the pictures'
 * @param base a model to begin with
 * @param clock what the budget is counted in
 * @param heldOut files that are not learned from, to see how well the model does on what it never saw
 * @param captions what is said of the pictures
 * @param tokenizer sizes of the tokenizer, {@link TokenizerShape#STANDARD} but in tests
 * @param transformer sizes of the transformer
 * @param film what to learn of a video, whose file or directory of frames stands for the pictures
 */
public record TrainingPlan(
        String name,
        List<Path> pictures,
        int framePixels,
        Path directory,
        Duration time,
        int threads,
        long seed,
        boolean resume,
        double horizon,
        String licence,
        Optional<Base> base,
        Clock clock,
        List<Path> heldOut,
        Captions captions,
        TokenizerShape tokenizer,
        TransformerShape transformer,
        Optional<FilmCut> film) {

    /**
     * A model to begin with.
     *
     * @param withTransformer whether to begin with its transformer too, as far as its parameters fit
     * @param keepsTokenizer whether its tokenizer stays as it is; otherwise it is learned on
     */
    public record Base(String name, ModelDirectory model, boolean withTransformer, boolean keepsTokenizer) {}

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

    public TrainingPlan {
        pictures = List.copyOf(pictures);
        heldOut = List.copyOf(heldOut);
    }

    /** A model of the shipped size. */
    public TrainingPlan(
            String name,
            List<Path> pictures,
            int framePixels,
            Path directory,
            Duration time,
            int threads,
            long seed,
            boolean resume,
            double horizon,
            String licence) {
        this(
                name,
                pictures,
                framePixels,
                directory,
                time,
                threads,
                seed,
                resume,
                horizon,
                licence,
                Optional.empty(),
                Clock.WALL,
                List.of(),
                new Captions.None(),
                TokenizerShape.STANDARD,
                TransformerShape.STANDARD,
                Optional.empty());
    }

    /** Of pictures, without a video. */
    public TrainingPlan(
            String name,
            List<Path> pictures,
            int framePixels,
            Path directory,
            Duration time,
            int threads,
            long seed,
            boolean resume,
            double horizon,
            String licence,
            Optional<Base> base,
            Clock clock,
            List<Path> heldOut,
            Captions captions,
            TokenizerShape tokenizer,
            TransformerShape transformer) {
        this(
                name,
                pictures,
                framePixels,
                directory,
                time,
                threads,
                seed,
                resume,
                horizon,
                licence,
                base,
                clock,
                heldOut,
                captions,
                tokenizer,
                transformer,
                Optional.empty());
    }

    Duration tokenizerTime() {
        return share(TOKENIZER_SHARE);
    }

    Duration sharpeningTime() {
        return share(SHARPENING_SHARE);
    }

    Duration transformerTime() {
        return base.map(Base::keepsTokenizer).orElse(false) ? time : share(1 - TOKENIZER_SHARE - SHARPENING_SHARE);
    }

    private Duration share(double share) {
        return Duration.ofMillis((long) (time.toMillis() * share));
    }
}
