package handscroll.protocol.job;

import handscroll.protocol.canvas.Canvas;
import java.util.Locale;
import java.util.Optional;

/**
 * What a user asks for, checked in itself; whether the model and the picture it names are there is
 * found out by whoever plans it. {@link JobSpecReader} reads it, {@link JobSpecWriter} writes it.
 *
 * @param canvas in pixels, of any size: it is covered with whole patches, and what sticks out at the
 *     right and at the bottom is rendered but cut off the tiles
 * @param name what the job calls itself, by default the file it stood in
 * @param direction a name of the direction controller, or {@code auto}
 * @param priority from 0 to 100; of jobs that could use a slot the one with the highest gets it
 * @param texts what it is to show
 */
public record JobSpec(
        String name,
        RenderingTask task,
        Canvas canvas,
        String model,
        Optional<Input> input,
        String direction,
        long seed,
        Sampling sampling,
        Context context,
        Output output,
        int priority,
        Texts texts) {

    public static final int HIGHEST_PRIORITY = 100;
    public static final int DEFAULT_PRIORITY = 50;

    /** A job of which nothing else is said. */
    public static JobSpecBuilder builder(String name, RenderingTask task, Canvas canvas, String model, Output output) {
        return new JobSpecBuilder(name, task, canvas, model, output);
    }

    /** A job like this one, to be changed. */
    public JobSpecBuilder toBuilder() {
        return new JobSpecBuilder(this);
    }

    /**
     * A picture that is part of the canvas from the start; its upper left lies at (x, y) of the canvas.
     *
     * @param image path of the file, absolute once it was read
     */
    public record Input(String image, int xPixels, int yPixels) {}

    /**
     * How a token is drawn: of the {@code topK} likeliest codes, as far as they are {@code minP} times as likely as the
     * likeliest, at this temperature. What is not given is what the model says of itself.
     *
     * @param rounds that a patch is drawn in, for models that draw many tokens at once
     * @param lag tokens after the row above that each row of a patch begins, for models that draw token by token
     * @param horizon where sky meets land on the canvas, as a share of its height from the top; a
     *     canvas taller than the model's picture is stretched above it and keeps its scale below
     * @param guidance how far patches are drawn towards their text: 1 as the model knows it, more the stronger
     */
    public record Sampling(
            Optional<Double> temperature,
            Optional<Integer> topK,
            Optional<Double> minP,
            Optional<Integer> rounds,
            Optional<Integer> lag,
            Optional<Double> horizon,
            Optional<Double> guidance) {

        public static final Sampling AS_THE_MODEL_SAYS = new Sampling(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        public Sampling withTemperature(double value) {
            return new Sampling(Optional.of(value), topK, minP, rounds, lag, horizon, guidance);
        }

        public Sampling withTopK(int codes) {
            return new Sampling(temperature, Optional.of(codes), minP, rounds, lag, horizon, guidance);
        }

        public Sampling withRounds(int count) {
            return new Sampling(temperature, topK, minP, Optional.of(count), lag, horizon, guidance);
        }

        public Sampling withLag(int tokens) {
            return new Sampling(temperature, topK, minP, rounds, Optional.of(tokens), horizon, guidance);
        }

        public Sampling withHorizon(Optional<Double> share) {
            return new Sampling(temperature, topK, minP, rounds, lag, share, guidance);
        }
    }

    /** How much of the model's context a patch may look at; {@code NONE} makes independent patches, for comparison. */
    public enum Context {
        FULL,
        NONE;

        public String configName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where the tiles go and how they are encoded.
     *
     * @param directory absolute once it was read
     * @param quality that of JPEG and WebP, 0 to 100
     * @param container empty for files up to so many tiles as a file system bears, and an archive beyond
     */
    public record Output(String directory, TileEncoding tiles, int quality, Optional<Container> container) {

        /** In the container that suits the number of tiles. */
        public static Output to(String directory, TileEncoding tiles, int quality) {
            return new Output(directory, tiles, quality, Optional.empty());
        }
    }

    /** What holds the tiles: a file each, or one zip archive of them all. */
    public enum Container {
        FILES,
        ZIP;

        public String configName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public enum TileEncoding {
        JPEG("jpg"),
        PNG("png"),
        WEBP("webp");

        private final String extension;

        TileEncoding(String extension) {
            this.extension = extension;
        }

        public String extension() {
            return extension;
        }

        public String configName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
