package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random crops of varied pictures, mirrored and scaled: what the tokenizer learns from. */
final class Crops {

    static final int CROP_PIXELS = 128;
    private static final int CROPS_PER_BATCH = 4;
    private static final int VARIANT_COUNT = 24;
    private static final int DRAWS_PER_VARIANT = 10;

    private final List<Picture> pictures;
    private final Random random;
    private final List<Picture> variants = new ArrayList<>();
    private long drawCount;

    Crops(List<Picture> pictures, long seed) {
        this.pictures = pictures;
        this.random = new Random(seed);
    }

    /** So many batches of crops [4, 3, 128, 128] in -1..1, owned by {@code owner}. */
    List<NDArray> draw(NDManager owner, int batchCount) {
        vary();
        List<NDArray> batches = new ArrayList<>();
        for (int i = 0; i < batchCount; i++) {
            batches.add(batch(owner));
        }
        return batches;
    }

    private NDArray batch(NDManager owner) {
        int plane = CROP_PIXELS * CROP_PIXELS;
        float[] planes = new float[CROPS_PER_BATCH * 3 * plane];
        for (int i = 0; i < CROPS_PER_BATCH; i++) {
            Picture picture = variants.get(random.nextInt(variants.size()));
            int left = random.nextInt(picture.width() - CROP_PIXELS + 1);
            int top = random.nextInt(picture.height() - CROP_PIXELS + 1);
            picture.cropInto(planes, i * 3 * plane, left, top, CROP_PIXELS, CROP_PIXELS);
        }
        return owner.create(planes, new Shape(CROPS_PER_BATCH, 3, CROP_PIXELS, CROP_PIXELS));
    }

    /** Keeps a stock of varied pictures and replaces one of them now and then. */
    private void vary() {
        if (variants.size() < VARIANT_COUNT) {
            variants.add(variant());
        } else if (drawCount++ % DRAWS_PER_VARIANT == 0) {
            variants.set(random.nextInt(VARIANT_COUNT), variant());
        }
    }

    private Picture variant() {
        return pictures.get(random.nextInt(pictures.size())).varied(random, 0.7, 1.4);
    }
}
