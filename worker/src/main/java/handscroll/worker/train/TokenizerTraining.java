package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.TokenizerNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** First stage of training: learns encoder, codebook and decoder from crops of varied pictures. */
final class TokenizerTraining implements Stage {

    private static final int CROP_PIXELS = 128;
    private static final int CROPS_PER_REPLICA = 4;
    private static final int VARIANT_COUNT = 24;
    private static final double PEAK_RATE = 1.5e-3;

    private final TokenizerNetwork network;
    private final List<Picture> pictures;
    private final Replicas replicas;
    private final Random random;
    private final NDManager manager;
    private final Optimizer optimizer;
    private final NDArray codebook; // [codes, dim]
    private final NDArray use; // [codes], running mean of how often a code is chosen in a step
    private final NDArray total; // [codes, dim], running sum of what chose it
    private final List<Picture> variants = new ArrayList<>();
    private double psnr;

    TokenizerTraining(
            NDManager parent, TokenizerNetwork network, List<Picture> pictures, Replicas replicas, long seed) {
        this.network = network;
        this.pictures = pictures;
        this.replicas = replicas;
        this.random = new Random(seed);
        this.manager = parent.newSubManager();
        this.optimizer =
                new Optimizer(manager, network.layout(), new Optimizer.Settings(0.9, 0.99, 0.01, 1.0, 0.995), seed);
        int codes = network.shape().codes();
        int dim = network.shape().dim();
        float[] start = new float[codes * dim];
        for (int i = 0; i < start.length; i++) {
            start[i] = (float) random.nextGaussian() * 0.1f;
        }
        codebook = manager.create(start, new Shape(codes, dim));
        use = manager.zeros(new Shape(codes), DataType.FLOAT32); // all dead: the first step draws them
        total = manager.create(start, new Shape(codes, dim));
    }

    @Override
    public String name() {
        return "tokenizer";
    }

    @Override
    public double step(double progress) {
        vary();
        try (NDManager step = manager.newSubManager()) {
            List<NDArray> crops = new ArrayList<>();
            for (int i = 0; i < replicas.count(); i++) {
                crops.add(crops(step));
            }
            List<NDList> results = replicas.each(i -> {
                LibTorch.allowGradients();
                return network.script().learn(step, "learn", optimizer.weights(), codebook, crops.get(i));
            });
            NDList sum = Replicas.sum(results, 5);
            float scale = 1f / replicas.count();
            optimizer.step(sum.get(1).mul(scale), Stage.rate(PEAK_RATE, 0.03, progress));
            moveCodebook(step, sum.get(2), sum.get(3), results.get(0).get(5));
            psnr = 10 * Math.log10(4 / (sum.get(4).getFloat() * scale));
            return sum.get(0).getFloat() * scale;
        }
    }

    private void moveCodebook(NDManager step, NDArray counts, NDArray sums, NDArray outputs) {
        long codes = codebook.getShape().get(0);
        long[] drawn = new long[(int) codes];
        for (int i = 0; i < codes; i++) {
            drawn[i] = random.nextInt((int) outputs.getShape().get(0));
        }
        NDArray fresh = outputs.get(step.create(drawn)); // [codes, dim]
        network.script().call(step, "move_codebook", codebook, use, total, counts, sums, fresh);
    }

    private NDArray crops(NDManager step) {
        int plane = CROP_PIXELS * CROP_PIXELS;
        float[] planes = new float[CROPS_PER_REPLICA * 3 * plane];
        for (int i = 0; i < CROPS_PER_REPLICA; i++) {
            Picture picture = variants.get(random.nextInt(variants.size()));
            int left = random.nextInt(picture.width() - CROP_PIXELS + 1);
            int top = random.nextInt(picture.height() - CROP_PIXELS + 1);
            picture.cropInto(planes, i * 3 * plane, left, top, CROP_PIXELS, CROP_PIXELS);
        }
        return step.create(planes, new Shape(CROPS_PER_REPLICA, 3, CROP_PIXELS, CROP_PIXELS));
    }

    /** Keeps a stock of varied pictures and replaces one of them now and then. */
    private void vary() {
        if (variants.size() < VARIANT_COUNT) {
            variants.add(variant());
        } else if (optimizer.stepCount() % 10 == 0) {
            variants.set(random.nextInt(VARIANT_COUNT), variant());
        }
    }

    private Picture variant() {
        return pictures.get(random.nextInt(pictures.size())).varied(random, 0.7, 1.4);
    }

    @Override
    public String judgement() {
        return "%.2f dB on its crops, %d codes in use".formatted(psnr, codesInUse());
    }

    /** Codes that are chosen at least once in ten steps. */
    private int codesInUse() {
        int count = 0;
        for (float mean : use.toFloatArray()) {
            count += mean > 0.1f ? 1 : 0;
        }
        return count;
    }

    @Override
    public void save(Checkpoint checkpoint) {
        optimizer.save(checkpoint, name());
        checkpoint.put("codebook", codebook.toFloatArray());
        checkpoint.put("tokenizer.use", use.toFloatArray());
        checkpoint.put("tokenizer.total", total.toFloatArray());
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        optimizer.restore(checkpoint, name());
        codebook.set(checkpoint.vector("codebook"));
        use.set(checkpoint.vector("tokenizer.use"));
        total.set(checkpoint.vector("tokenizer.total"));
    }

    @Override
    public void close() {
        optimizer.close();
        manager.close();
    }
}
