package handscroll.worker.djl;

import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.RelativePositions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/**
 * A model that has learned nothing and renders in milliseconds: for tests of everything around models and
 * for measuring the farm. It takes the same way through the code as a real one.
 */
public final class TinyModel {

    private static final TokenizerShape TOKENIZER = new TokenizerShape(32, 8, 4, 8, 8, 8);
    private static final TokenizerShape GUIDED = TOKENIZER.guidedBy(2);
    private static final TransformerShape TRANSFORMER = new TransformerShape(32, 32, 2, 1, 1, true);

    private static final TransformerShape VIDEO = new TransformerShape(32, 32, 2, 2, 1, false)
            .as(1, ContextStates.ENCODED, Decoding.AUTOREGRESSIVE, false)
            .withFrames(TransformerShape.LARGEST_FRAMES);

    private TinyModel() {}

    /** Random weights; equal seeds make equal models. */
    public static ModelDirectory of(long seed) {
        return of(seed, TRANSFORMER);
    }

    /** One of another kind, with two layers, so that what a patch saw reaches what it is remembered as. */
    public static ModelDirectory of(long seed, int extent, ContextStates states, Decoding decoding) {
        boolean knowsLayouts = states == ContextStates.ENCODED;
        return of(seed, new TransformerShape(32, 32, 2, 2, 1, true).as(extent, states, decoding, knowsLayouts));
    }

    /** One of these that learns on the map of attention how far away patches lie, and heeds it {@code weight} times as much. */
    public static ModelDirectory onMap(long seed, ContextStates states, Decoding decoding, float weight) {
        boolean knowsLayouts = states == ContextStates.ENCODED;
        ModelDirectory model = of(
                seed,
                new TransformerShape(32, 32, 2, 2, 1, true)
                        .as(TransformerShape.LARGEST_EXTENT, states, decoding, knowsLayouts)
                        .withPositions(RelativePositions.MAP));
        for (String name : new String[] {"decoder.0.offset", "decoder.1.offset"}) {
            ParameterLayout layout = model.transformer().layout();
            int at = layout.offset(name);
            int across = 2 * TransformerShape.LARGEST_EXTENT + 1;
            for (int i = 0; i < across * across * model.transformer().heads(); i++) {
                model.transformerWeights()[at + i] *= weight;
            }
        }
        return model;
    }

    /** Writes one of those. */
    public static ModelCard writeOnMap(Path directory, long seed) throws IOException {
        return write(directory, onMap(seed, ContextStates.ENCODED, Decoding.AUTOREGRESSIVE, 1), seed);
    }

    /** One that draws what a text says. */
    public static ModelDirectory told(long seed) {
        return of(seed, TRANSFORMER.told());
    }

    /** One of videos, whose patches look three frames back, and whose decoder looks back, too. */
    public static ModelDirectory ofVideo(long seed) {
        return of(seed, VIDEO);
    }

    /** Writes one of videos. */
    public static ModelCard writeVideo(Path directory, long seed) throws IOException {
        return write(directory, ofVideo(seed), seed);
    }

    /** Writes one of videos that show what a text says. */
    public static ModelCard writeToldVideo(Path directory, long seed) throws IOException {
        return write(directory, of(seed, VIDEO.told()), seed);
    }

    private static ModelDirectory of(long seed, TransformerShape shape) {
        Random random = new Random(seed);
        TokenizerShape tokenizer = shape.frames() > 0 ? GUIDED : TOKENIZER;
        float[] codebook = new float[tokenizer.codes() * tokenizer.dim()];
        for (int i = 0; i < codebook.length; i++) {
            codebook[i] = (float) random.nextGaussian();
        }
        float[] transformer = shape.layout().initial(random);
        // Strong opinions, so that a patch visibly depends on what it sees.
        int at = shape.layout().offset("head.own");
        for (int i = 0; i < shape.codes() * shape.width(); i++) {
            transformer[at + i] *= 200;
        }
        if (shape.knowsTexts()) {
            int heard = shape.layout().offset("decoder.0.heard.weight");
            for (int i = 0; i < shape.width() * shape.width(); i++) {
                transformer[heard + i] *= 50;
            }
        }
        float[] decoding = tokenizer.layout().initial(random);
        if (tokenizer.framesBefore() > 0) {
            // What frames before add begins at nothing.
            int added = tokenizer.layout().offset("decoder.before.out.weight");
            for (int i = 0; i < tokenizer.eighthWidth() * tokenizer.eighthWidth(); i++) {
                decoding[added + i] = 0.3f * (float) random.nextGaussian();
            }
        }
        return new ModelDirectory(tokenizer, decoding, codebook, shape, transformer);
    }

    /** Writes such a model as a directory that a worker can load. */
    public static ModelCard write(Path directory, long seed) throws IOException {
        return write(directory, of(seed), seed);
    }

    /** Writes one of another kind. */
    public static ModelCard write(Path directory, long seed, int extent, ContextStates states, Decoding decoding)
            throws IOException {
        return write(directory, of(seed, extent, states, decoding), seed);
    }

    /** Writes one that draws what a text says. */
    public static ModelCard writeTold(Path directory, long seed) throws IOException {
        return write(directory, told(seed), seed);
    }

    private static ModelCard write(Path directory, ModelDirectory model, long seed) throws IOException {
        model.write(
                directory, new ModelDirectory.Picture(512, 0.6), "Apache-2.0", "provenance { seed = " + seed + " }\n");
        return ModelCard.read(directory);
    }
}
