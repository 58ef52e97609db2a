package handscroll.protocol.model;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/**
 * What a model directory says of itself in its {@code model.conf}: everything that a plan needs to
 * know about a model without loading it, and the hash that tells one model from another.
 *
 * @param name of the directory
 * @param layoutFactor how many times smaller the layout is that it can draw tall canvases over; 1 if it
 *     knows none
 * @param textEncoder whose states its patches can follow; empty for a model that knows no texts
 * @param hash over {@code model.conf} and the weights it lists
 */
public record ModelCard(
        String name,
        Path directory,
        String family,
        Patch patch,
        Tokenizer tokenizer,
        Context context,
        int layoutFactor,
        Learned learned,
        Sampling sampling,
        String licence,
        String textEncoder,
        String hash) {

    public static final String FILE_NAME = "model.conf";

    private static final String FRAMES_BEFORE = "tokenizer.frames-before";

    /**
     * @param pixels side of a patch
     * @param tokensPerSide so that {@code pixels / tokensPerSide} pixels make a token
     */
    public record Patch(int pixels, int tokensPerSide) {}

    /**
     * @param codes entries of the codebook
     * @param decodeMarginTokens how far a decoded pixel looks beyond its own token
     * @param encodeMarginPixels how far a token looks beyond its own pixels
     * @param framesBefore of a video, frames before its own whose tokens a decoded pixel looks at
     */
    public record Tokenizer(int codes, int decodeMarginTokens, int encodeMarginPixels, int framesBefore) {

        /** One that decodes each frame for itself. */
        public Tokenizer(int codes, int decodeMarginTokens, int encodeMarginPixels) {
            this(codes, decodeMarginTokens, encodeMarginPixels, 0);
        }
    }

    /**
     * @param columns how many patches to each side a patch looks, {@code rows} upwards and downwards, {@code frames} back
     * @param states what patches attend to of those around them
     * @param positions where they learn how far away those lie
     */
    public record Context(int columns, int rows, int frames, ContextStates states, RelativePositions positions) {}

    /**
     * Of the pictures that it learned.
     *
     * @param horizon where sky meets land in them, as a share of their height
     */
    public record Learned(double horizon, int heightPixels) {}

    /**
     * How patches are drawn where a job does not say.
     *
     * @param decoding how the tokens of a patch come about
     * @param rounds that a patch takes where they come in rounds; 0 where they do not
     */
    public record Sampling(double temperature, int topK, double minP, Decoding decoding, int rounds) {}

    /** Side of a patch. */
    public int patchPixels() {
        return patch.pixels();
    }

    /** Tokens along a patch's side. */
    public int tokensPerSide() {
        return patch.tokensPerSide();
    }

    /** Entries of the codebook. */
    public int codes() {
        return tokenizer.codes();
    }

    public boolean knowsTexts() {
        return !textEncoder.isEmpty();
    }

    public int tokenPixels() {
        return patch.pixels() / patch.tokensPerSide();
    }

    /**
     * Reads a model directory and checks its weights against the hashes in {@code model.conf}.
     *
     * @throws Refusal with every problem found: no such file, a missing key, weights that are
     *     missing or differ from what was trained
     */
    public static ModelCard read(Path directory) {
        Path file = directory.resolve(FILE_NAME);
        String heading = "The model in " + directory + " cannot be used:";
        if (!Files.isRegularFile(file)) {
            throw new Refusal(
                    heading,
                    List.of(new Problem(FILE_NAME, "is not there", "name a directory that handscroll train made")));
        }
        List<Problem> problems = new ArrayList<>();
        try {
            Config config = ConfigFactory.parseFile(file.toFile()).resolve();
            String hash = hash(directory, file, config, problems);
            checkNumbers(config, problems);
            if (!problems.isEmpty()) {
                throw new Refusal(heading, problems);
            }
            Path name = directory.toAbsolutePath().normalize().getFileName();
            return new ModelCard(
                    name == null ? "model" : name.toString(),
                    directory,
                    config.getString("family"),
                    new Patch(config.getInt("patch.pixels"), config.getInt("patch.tokens")),
                    new Tokenizer(
                            config.getInt("tokenizer.codes"),
                            config.getInt("tokenizer.decode-margin-tokens"),
                            config.getInt("tokenizer.encode-margin-pixels"),
                            config.hasPath(FRAMES_BEFORE) ? config.getInt(FRAMES_BEFORE) : 0),
                    new Context(
                            config.getInt("context.columns"),
                            config.getInt("context.rows"),
                            config.getInt("context.frames"),
                            oneOf(config, "context.states", ContextStates.class, ContextStates.ENCODED),
                            oneOf(config, "context.positions", RelativePositions.class, RelativePositions.KEYS)),
                    config.hasPath("layout.factor") ? config.getInt("layout.factor") : 1,
                    new Learned(config.getDouble("picture.horizon"), config.getInt("picture.height")),
                    new Sampling(
                            config.getDouble("sampling.temperature"),
                            config.getInt("sampling.top-k"),
                            config.hasPath("sampling.min-p") ? config.getDouble("sampling.min-p") : 0,
                            oneOf(config, "sampling.decoding", Decoding.class, Decoding.AUTOREGRESSIVE),
                            config.hasPath("sampling.decoding") ? config.getInt("sampling.rounds") : 0),
                    config.getString("licence"),
                    config.hasPath("text.encoder") ? config.getString("text.encoder") : "",
                    hash);
        } catch (ConfigException e) {
            throw new Refusal(
                    heading, List.of(new Problem(FILE_NAME, String.valueOf(e.getMessage()), "train it anew")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A plan computes with these; weights that fit their hash would not notice that one of them is wrong. */
    private static void checkNumbers(Config config, List<Problem> problems) {
        atLeast(config, "patch.pixels", 1, problems);
        atLeast(config, "patch.tokens", 1, problems);
        atLeast(config, "tokenizer.codes", 1, problems);
        atLeast(config, "context.columns", 0, problems);
        atLeast(config, "context.rows", 0, problems);
        atLeast(config, "context.frames", 0, problems);
        atLeast(config, "tokenizer.decode-margin-tokens", 0, problems);
        atLeast(config, "tokenizer.encode-margin-pixels", 0, problems);
        atLeast(config, "picture.height", 1, problems);
        atLeast(config, "sampling.top-k", 1, problems);
        if (config.hasPath(FRAMES_BEFORE)) {
            atLeast(config, FRAMES_BEFORE, 0, problems);
        }
        if (config.hasPath("layout.factor")) {
            atLeast(config, "layout.factor", 1, problems);
        }
        int pixels = config.getInt("patch.pixels");
        int tokens = config.getInt("patch.tokens");
        if (pixels > 0 && tokens > 0 && pixels % tokens != 0) {
            problems.add(new Problem(
                    "patch", pixels + " pixels are not cut evenly by " + tokens + " tokens", "copy the model again"));
        }
    }

    private static void atLeast(Config config, String key, int least, List<Problem> problems) {
        int number = config.getInt(key);
        if (number < least) {
            problems.add(new Problem(key, number + " is too small; it is at least " + least, "copy the model again"));
        }
    }

    /** Cards of older versions do not name what was the only kind then. */
    private static <E extends Enum<E>> E oneOf(Config config, String path, Class<E> type, E otherwise) {
        if (!config.hasPath(path)) {
            return otherwise;
        }
        String text = config.getString(path);
        for (E value : type.getEnumConstants()) {
            if (value.name().equalsIgnoreCase(text)) {
                return value;
            }
        }
        throw new ConfigException.BadValue(
                config.getValue(path).origin(), path, "\"" + text + "\" is none of the kinds that this version knows");
    }

    private static String hash(Path directory, Path card, Config config, List<Problem> problems) throws IOException {
        MessageDigest whole = sha256();
        whole.update(Files.readAllBytes(card));
        // Quoted keys: a file name has dots in it.
        var weights = new TreeMap<>(config.getObject("weights").unwrapped());
        for (var entry : weights.entrySet()) {
            Path file = directory.resolve(entry.getKey());
            if (!Files.isRegularFile(file)) {
                problems.add(new Problem(entry.getKey(), "is not there", "copy the whole model directory again"));
                continue;
            }
            String found = fileHash(file);
            if (!found.equals(entry.getValue())) {
                problems.add(new Problem(
                        entry.getKey(),
                        "is not what was trained: its sha256 is " + found + ", " + FILE_NAME + " says "
                                + entry.getValue(),
                        "copy the model directory again"));
            }
            whole.update(found.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        return HexFormat.of().formatHex(whole.digest());
    }

    /** The sha256 of a file in lower-case hexadecimal, as {@code sha256sum} prints it. */
    public static String fileHash(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
