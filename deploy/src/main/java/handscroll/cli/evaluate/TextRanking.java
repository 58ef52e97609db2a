package handscroll.cli.evaluate;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.plan.PictureReader;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads what {@link TextRank} compares: photographs named by what they show, and outputs of text-to-image jobs. */
public final class TextRanking {

    private static final String HEADING = "The texts cannot be ranked:";

    private final BlockFeatures network;
    private final PictureReader reader;

    public TextRanking(BlockFeatures network, PictureReader reader) {
        this.network = network;
        this.reader = reader;
    }

    /**
     * Ranks an output, or each output directly in a directory.
     *
     * @throws Refusal where there are fewer than two kinds of photographs, no text that names one of them, or outputs that are
     *     not finished
     * @throws IOException in a sentence, where a picture cannot be read
     */
    public TextRank rank(Path outputs, Path photographs) throws IOException {
        Map<String, List<float[]>> kinds = new TreeMap<>();
        for (Path photograph : files(photographs)) {
            String name = String.valueOf(photograph.getFileName());
            if (name.matches("(?i).*\\.(jpe?g|png)")) {
                kinds.computeIfAbsent(kind(name), kind -> new ArrayList<>()).add(features(photograph));
            }
        }
        if (kinds.size() < 2) {
            throw refusal(photographs, "holds " + kinds.size() + " kinds of photographs", "two at least are compared");
        }
        Map<Path, String> shown = shown(outputs, kinds);
        List<TextRank.Drawn> drawn = new ArrayList<>();
        for (Map.Entry<Path, String> one : shown.entrySet()) {
            drawn.add(new TextRank.Drawn(one.getValue(), features(one.getKey())));
        }
        if (drawn.size() < 2) {
            throw refusal(
                    outputs,
                    "holds " + drawn.size() + " pictures whose text names one of " + String.join(", ", kinds.keySet()),
                    "render two at least with task = text-to-image, each into a directory in it");
        }
        return TextRank.of(kinds, drawn);
    }

    /** Outputs whose text names one kind, and which; all of them whole. */
    private static Map<Path, String> shown(Path outputs, Map<String, List<float[]>> kinds) throws IOException {
        Map<Path, String> shown = new LinkedHashMap<>();
        List<Problem> unfinished = new ArrayList<>();
        for (Path output :
                Files.isRegularFile(outputs.resolve(Manifest.FILE_NAME)) ? List.of(outputs) : files(outputs)) {
            Optional<Manifest> manifest = Files.isDirectory(output) ? Manifest.read(output) : Optional.empty();
            Optional<String> kind = manifest.flatMap(TextRanking::text).flatMap(words -> named(words, kinds));
            if (kind.isPresent()) {
                shown.put(output, kind.get());
                if (manifest.get().finished().isEmpty()) {
                    unfinished.add(
                            new Problem(output.toString(), "is not finished", "handscroll render --resume " + output));
                }
            }
        }
        if (!unfinished.isEmpty()) {
            throw new Refusal(HEADING, unfinished);
        }
        return shown;
    }

    private static String kind(String fileName) {
        return fileName.replaceFirst("\\.[A-Za-z]+$", "")
                .replaceFirst("[-_ ]*[0-9]+$", "")
                .toLowerCase(Locale.ROOT);
    }

    /** The only kind that a text names. */
    private static Optional<String> named(String text, Map<String, List<float[]>> kinds) {
        List<String> words = Arrays.asList(text.toLowerCase(Locale.ROOT).split("[^a-z]+"));
        List<String> named = kinds.keySet().stream().filter(words::contains).toList();
        return named.size() == 1 ? Optional.of(named.get(0)) : Optional.empty();
    }

    private static Optional<String> text(Manifest manifest) {
        Config spec = ConfigFactory.parseString(manifest.spec());
        return spec.hasPath("text") ? Optional.of(spec.getString("text")) : Optional.empty();
    }

    /** Of as many squares as fit beside each other. */
    private float[] features(Path picture) throws IOException {
        PictureBlocks blocks = PictureBlocks.open(picture, reader);
        int side = Math.min(blocks.widthPixels(), blocks.heightPixels());
        float[] sum = new float[0];
        int count = blocks.widthPixels() / side;
        for (int i = 0; i < count; i++) {
            float[] one = network.of(blocks.block(i * side, 0, side));
            sum = sum.length == 0 ? new float[one.length] : sum;
            for (int k = 0; k < one.length; k++) {
                sum[k] += one[k] / count;
            }
        }
        return sum;
    }

    private static List<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw refusal(directory, "is no directory", "name one");
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static Refusal refusal(Path where, String what, String remedy) {
        return new Refusal(HEADING, List.of(new Problem(where.toString(), what, remedy)));
    }
}
