package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random crops of varied pictures: what the tokenizer learns from. */
final class Crops {

    static final int CROP_PIXELS = 128;
    private static final int CROPS_PER_BATCH = 4;
    private static final int VARIANT_COUNT = 24;
    private static final int DRAWS_PER_VARIANT = 10;
    private static final double SMALLEST_SCALE = 0.7;
    private static final double LARGEST_SCALE = 1.4;

    /**
     * Draws varied pictures that crops are cut from, each time as many, all from the same place: one, or a frame of a video
     * and those before it, backwards.
     */
    interface Source {
        List<Picture> draw(Random random);

        /** Pictures mirrored or not, and scaled. */
        static Source of(List<Picture> pictures) {
            return random -> List.of(
                    pictures.get(random.nextInt(pictures.size())).varied(random, SMALLEST_SCALE, LARGEST_SCALE));
        }
    }

    private final Source source;
    private final Random random;
    private final List<List<Picture>> variants = new ArrayList<>();
    private long drawCount;

    Crops(Source source, long seed) {
        this.source = source;
        this.random = new Random(seed);
    }

    /** So many batches of crops [4, frames, 3, 128, 128] in -1..1, owned by {@code owner}. */
    List<NDArray> draw(NDManager owner, int batchCount) {
        vary();
        List<NDArray> batches = new ArrayList<>();
        for (int i = 0; i < batchCount; i++) {
            batches.add(batch(owner));
        }
        return batches;
    }

    private NDArray batch(NDManager owner) {
        int pixels = CROP_PIXELS * CROP_PIXELS;
        int frames = variants.get(0).size();
        float[] planes = new float[CROPS_PER_BATCH * frames * 3 * pixels];
        for (int i = 0; i < CROPS_PER_BATCH; i++) {
            List<Picture> variant = variants.get(random.nextInt(variants.size()));
            int left = random.nextInt(variant.get(0).width() - CROP_PIXELS + 1);
            int top = random.nextInt(variant.get(0).height() - CROP_PIXELS + 1);
            for (int frame = 0; frame < frames; frame++) {
                int at = (i * frames + frame) * 3 * pixels;
                variant.get(frame).cropInto(planes, at, left, top, CROP_PIXELS, CROP_PIXELS);
            }
        }
        return owner.create(planes, new Shape(CROPS_PER_BATCH, frames, 3, CROP_PIXELS, CROP_PIXELS));
    }

    /** Keeps a stock of varied pictures and replaces one of them now and then. */
    private void vary() {
        if (variants.size() < VARIANT_COUNT) {
            variants.add(source.draw(random));
        } else if (drawCount++ % DRAWS_PER_VARIANT == 0) {
            variants.set(random.nextInt(VARIANT_COUNT), source.draw(random));
        }
    }
}
