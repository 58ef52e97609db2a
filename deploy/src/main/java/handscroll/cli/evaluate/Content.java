package handscroll.cli.evaluate;

import handscroll.protocol.task.PixelBlock;
import java.awt.Point;
import java.awt.Rectangle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What is in a picture, beside what is in its source: by blocks of a patch's size, half a patch beside the patches,
 * and without those that the source gave.
 *
 * @param blockCount of each set
 * @param picture against blocks from anywhere in the source; empty without a network
 * @param sourceItself as many others from anywhere in the source: what chance alone does
 * @param independent patches that see no neighbours, where they were rendered
 */
record Content(
        int blockCount,
        Optional<FeatureDistance> picture,
        Optional<FeatureDistance> sourceItself,
        Optional<FeatureDistance> independent,
        Novelty novelty) {

    /** Fewer say nothing. */
    static final int FEWEST_BLOCKS = 8;

    /** Blocks of one picture, and where. */
    private record Set(PictureBlocks blocks, List<Point> places) {

        float[][] features(BlockFeatures network, int side) throws IOException {
            float[][] features = new float[places.size()][];
            for (int i = 0; i < features.length; i++) {
                PixelBlock block = blocks.block(places.get(i).x, places.get(i).y, side);
                features[i] = network.of(block);
            }
            return features;
        }
    }

    /**
     * Empty when there are too few blocks to say anything.
     *
     * @param known where the source lies on the picture
     */
    static Optional<Content> of(
            PictureBlocks picture,
            PictureBlocks source,
            Optional<PictureBlocks> independent,
            Optional<Rectangle> known,
            Optional<BlockFeatures> network,
            int patch,
            int most,
            long seed)
            throws IOException {
        Set drawn = amongPatches(picture, known, patch, most, seed);
        int count = drawn.places().size();
        Set own = anywhere(source, patch, count, seed + 1);
        if (count < FEWEST_BLOCKS || own.places().isEmpty()) {
            return Optional.empty();
        }
        Novelty novelty = Novelty.of(picture, drawn.places(), source, own.places(), patch);
        if (network.isEmpty()) {
            return Optional.of(new Content(count, Optional.empty(), Optional.empty(), Optional.empty(), novelty));
        }
        float[][] reference = own.features(network.get(), patch);
        float[][] others = anywhere(source, patch, count, seed + 2).features(network.get(), patch);
        Optional<FeatureDistance> alone = Optional.empty();
        if (independent.isPresent()) {
            Set cut = amongPatches(independent.get(), known, patch, count, seed);
            if (cut.places().size() >= FEWEST_BLOCKS) {
                alone = Optional.of(FeatureDistance.between(cut.features(network.get(), patch), reference, seed));
            }
        }
        return Optional.of(new Content(
                count,
                Optional.of(FeatureDistance.between(drawn.features(network.get(), patch), reference, seed)),
                Optional.of(FeatureDistance.between(others, reference, seed)),
                alone,
                novelty));
    }

    private static Set amongPatches(PictureBlocks picture, Optional<Rectangle> known, int patch, int most, long seed) {
        return new Set(
                picture,
                BlockPlaces.amongPatches(picture.widthPixels(), picture.heightPixels(), patch, known, most, seed));
    }

    private static Set anywhere(PictureBlocks picture, int side, int count, long seed) {
        return new Set(picture, BlockPlaces.anywhere(picture.widthPixels(), picture.heightPixels(), side, count, seed));
    }
}
