package handscroll.worker.djl;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import handscroll.worker.text.TextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * The sizes and weights of a model, as they lie in its directory: model.conf and two files of named
 * 16-bit tensors.
 *
 * @param tokenizerWeights flat, after {@link TokenizerShape#layout}
 * @param codebook flat [codes, dim]
 * @param transformerWeights flat, after {@link TransformerShape#layout}
 */
public record ModelDirectory(
        TokenizerShape tokenizer,
        float[] tokenizerWeights,
        float[] codebook,
        TransformerShape transformer,
        float[] transformerWeights) {

    private static final String TOKENIZER_FILE = "tokenizer.safetensors";
    private static final String TRANSFORMER_FILE = "transformer.safetensors";

    private static final double TEMPERATURE = 0.9;
    private static final int TOP_K = 100;

    /** Of videos, where an unlikely token would be a speck that the next frame takes over. */
    public static final double VIDEO_TEMPERATURE = 0.7;

    public static final int VIDEO_TOP_K = 12;

    /**
     * Reads the weights of a model whose card was read, and so checked against its hashes, before.
     *
     * @throws Refusal with everything that does not fit
     */
    public static ModelDirectory load(ModelCard card) {
        Path directory = card.directory();
        List<Problem> problems = new ArrayList<>();
        try {
            Config config = ConfigFactory.parseFile(
                            directory.resolve(ModelCard.FILE_NAME).toFile())
                    .resolve();
            List<Integer> widths = config.getIntList("tokenizer.widths");
            TokenizerShape tokenizer = new TokenizerShape(
                    config.getInt("tokenizer.codes"),
                    config.getInt("tokenizer.dim"),
                    widths.get(0),
                    widths.get(1),
                    widths.get(2),
                    widths.get(3),
                    card.tokenizer().framesBefore());
            TransformerShape transformer = new TransformerShape(
                    tokenizer.codes(),
                    config.getInt("transformer.width"),
                    config.getInt("transformer.heads"),
                    config.getInt("transformer.layers"),
                    config.getInt("transformer.encoder-layers"),
                    card.layoutFactor() > 1,
                    new TransformerShape.Context(
                            card.context().columns(),
                            card.context().frames(),
                            card.context().states(),
                            card.context().positions()),
                    card.sampling().decoding(),
                    card.knowsTexts());
            if (card.knowsTexts() && !card.textEncoder().equals(TextEncoder.NAME)) {
                problems.add(new Problem(
                        ModelCard.FILE_NAME,
                        "text.encoder = " + card.textEncoder() + " is not what this version encodes texts with",
                        "train it anew; this version has " + TextEncoder.NAME));
            }
            if (card.layoutFactor() > 1 && card.layoutFactor() != TransformerShape.LAYOUT_FACTOR) {
                problems.add(new Problem(
                        ModelCard.FILE_NAME,
                        "layout.factor = " + card.layoutFactor() + " is not what this version draws over",
                        "use " + TransformerShape.LAYOUT_FACTOR + ", or leave it out if the model knows no layouts"));
            }
            Safetensors first = Safetensors.read(directory.resolve(TOKENIZER_FILE));
            Safetensors second = Safetensors.read(directory.resolve(TRANSFORMER_FILE));
            ModelDirectory model = new ModelDirectory(
                    tokenizer,
                    flat(TOKENIZER_FILE, first, tokenizer.layout(), problems),
                    flat(TOKENIZER_FILE, first, codebookLayout(tokenizer), problems),
                    transformer,
                    flat(TRANSFORMER_FILE, second, transformer.layout(), problems));
            if (problems.isEmpty()) {
                return model;
            }
        } catch (IOException e) {
            problems.add(new Problem("weights", String.valueOf(e.getMessage()), "copy the model directory again"));
        } catch (ConfigException | IndexOutOfBoundsException | IllegalArgumentException e) {
            problems.add(new Problem(ModelCard.FILE_NAME, String.valueOf(e.getMessage()), "train it anew"));
        }
        throw new Refusal("The model in " + directory + " cannot be loaded:", problems);
    }

    /**
     * Writes weights and model.conf; each file is replaced whole, model.conf last.
     *
     * @param provenance HOCON text of the block {@code provenance}
     */
    public void write(Path directory, Picture picture, String licence, String provenance) throws IOException {
        Files.createDirectories(directory);
        Map<String, Safetensors.Tensor> first = tensors(tokenizer.layout(), tokenizerWeights);
        first.putAll(tensors(codebookLayout(tokenizer), codebook));
        new Safetensors(first, Map.of()).write(directory.resolve(TOKENIZER_FILE), Safetensors.Precision.F16);
        new Safetensors(tensors(transformer.layout(), transformerWeights), Map.of())
                .write(directory.resolve(TRANSFORMER_FILE), Safetensors.Precision.F16);
        Path unfinished = directory.resolve(ModelCard.FILE_NAME + ".part");
        Files.writeString(unfinished, card(directory, picture, licence) + provenance);
        Files.move(unfinished, directory.resolve(ModelCard.FILE_NAME), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The tokenizer's weights for one whose decoder may look at more frames or less: what it makes of those before begins at
     * nothing then.
     */
    public float[] tokenizerWeights(TokenizerShape shape) {
        float[] flat = shape.layout().initial(new Random(0));
        Map<String, Safetensors.Tensor> tensors = tensors(tokenizer.layout(), tokenizerWeights);
        if (shape.framesBefore() != tokenizer.framesBefore()) {
            tensors.keySet().removeIf(name -> name.startsWith(TokenizerShape.BEFORE));
        }
        shape.layout().takeOver(flat, tensors);
        return flat;
    }

    /** The transformer's parameters by name. */
    public Map<String, Safetensors.Tensor> transformerTensors() {
        return tensors(transformer.layout(), transformerWeights);
    }

    /**
     * What a plan must know of the pictures that were learned.
     *
     * @param heightPixels of the first of them
     * @param horizon where sky meets land, as a share of the height
     */
    public record Picture(int heightPixels, double horizon) {}

    private String card(Path directory, Picture picture, String licence) throws IOException {
        return String.format(
                Locale.ROOT,
                """
                # Written by handscroll train. The hashes below are checked before anything is rendered.
                family = nuwa-infinity
                licence = "%s"
                dtype = float16
                patch { pixels = %d, tokens = %d }
                context { columns = %d, rows = %d, frames = %d%s%s }
                tokenizer {
                  codes = %d
                  dim = %d
                  factor = %d
                  # Channels at full, half, quarter and eighth resolution.
                  widths = [%d, %d, %d, %d]
                  decode-margin-tokens = %d
                  encode-margin-pixels = %d
                %s}
                transformer { width = %d, heads = %d, layers = %d, encoder-layers = %d }
                %s
                %s# Height in pixels of the picture that was learned, and where sky meets land in it.
                picture { height = %d, horizon = %.3f }
                sampling { temperature = %s, top-k = %d%s }
                weights {
                  "%s" = %s
                  "%s" = %s
                }
                """,
                licence,
                TransformerShape.PATCH_SIDE * TokenizerShape.FACTOR,
                TransformerShape.PATCH_SIDE,
                transformer.extent(),
                transformer.extent(),
                transformer.frames(),
                transformer.isRecurrent() ? ", states = recurrent" : "",
                transformer.placesOnMap() ? ", positions = map" : "",
                tokenizer.codes(),
                tokenizer.dim(),
                TokenizerShape.FACTOR,
                tokenizer.fullWidth(),
                tokenizer.halfWidth(),
                tokenizer.quarterWidth(),
                tokenizer.eighthWidth(),
                TokenizerShape.DECODER_MARGIN_TOKENS,
                TokenizerShape.ENCODER_MARGIN_PIXELS,
                tokenizer.framesBefore() > 0
                        ? "  # Each frame is decoded from its own tokens and from those of so many frames before it.\n"
                                + "  frames-before = " + tokenizer.framesBefore() + "\n"
                        : "",
                transformer.width(),
                transformer.heads(),
                transformer.layers(),
                transformer.encoderLayers(),
                transformer.knowsLayouts()
                        ? "# A tall canvas is drawn over a layout so many times smaller, sampled first.\nlayout { factor = "
                                + TransformerShape.LAYOUT_FACTOR + " }"
                        : "",
                transformer.knowsTexts()
                        ? "# Patches can follow a text, told by the states of this encoder.\ntext { encoder = \""
                                + TextEncoder.NAME + "\" }\n"
                        : "",
                picture.heightPixels(),
                picture.horizon(),
                transformer.frames() > 0 ? VIDEO_TEMPERATURE : TEMPERATURE,
                Math.min(transformer.frames() > 0 ? VIDEO_TOP_K : TOP_K, tokenizer.codes()),
                transformer.isParallel() ? ", decoding = parallel, rounds = " + Rounds.DEFAULT : "",
                TOKENIZER_FILE,
                ModelCard.fileHash(directory.resolve(TOKENIZER_FILE)),
                TRANSFORMER_FILE,
                ModelCard.fileHash(directory.resolve(TRANSFORMER_FILE)));
    }

    private static ParameterLayout codebookLayout(TokenizerShape shape) {
        return new ParameterLayout().normal("codebook", 0.1, shape.codes(), shape.dim());
    }

    private static Map<String, Safetensors.Tensor> tensors(ParameterLayout layout, float[] flat) {
        Map<String, float[]> pieces = layout.cut(flat);
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        for (ParameterLayout.Parameter parameter : layout.parameters()) {
            float[] values = pieces.get(parameter.name());
            if (values == null) {
                throw new IllegalStateException(parameter.name() + " was not cut");
            }
            tensors.put(parameter.name(), new Safetensors.Tensor(parameter.shape(), values));
        }
        return tensors;
    }

    private static float[] flat(String file, Safetensors content, ParameterLayout layout, List<Problem> problems) {
        float[] flat = new float[layout.size()];
        int at = 0;
        for (ParameterLayout.Parameter parameter : layout.parameters()) {
            Safetensors.Tensor tensor = content.tensors().get(parameter.name());
            if (tensor == null || !tensor.shape().equals(parameter.shape())) {
                problems.add(new Problem(
                        file,
                        parameter.name() + (tensor == null ? " is missing" : " has the shape " + tensor.shape())
                                + ", model.conf asks for " + parameter.shape(),
                        "train it anew"));
            } else {
                System.arraycopy(tensor.values(), 0, flat, at, parameter.size());
            }
            at += parameter.size();
        }
        return flat;
    }
}
