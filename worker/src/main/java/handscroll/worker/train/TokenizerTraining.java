package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.TokenizerNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** First stage of training: learns encoder, codebook and decoder from crops of varied pictures. */
final class TokenizerTraining implements Stage {

    private static final double PEAK_RATE = 1.5e-3;

    private final TokenizerNetwork network;
    private final Replicas replicas;
    private final Random random;
    private final NDManager manager;
    private final Optimizer optimizer;
    private final NDArray codebook; // [codes, dim]
    private final NDArray use; // [codes], running mean of how often a code is chosen in a step
    private final NDArray total; // [codes, dim], running sum of what chose it
    private final Crops crops;
    private double psnr;

    TokenizerTraining(
            NDManager parent,
            TokenizerNetwork network,
            List<Picture> pictures,
            Optional<ModelDirectory> base,
            Replicas replicas,
            long seed) {
        this.network = network;
        this.crops = new Crops(Crops.Source.of(pictures), seed);
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
        base.ifPresent(this::begin);
    }

    /** Goes on from another model's tokenizer, all codes of which are alive. */
    private void begin(ModelDirectory base) {
        optimizer.start(base.tokenizerWeights(network.shape()));
        codebook.set(base.codebook());
        total.set(base.codebook());
        float[] alive = new float[network.shape().codes()];
        Arrays.fill(alive, 1);
        use.set(alive);
    }

    @Override
    public String name() {
        return "tokenizer";
    }

    @Override
    public double step(double progress) {
        try (NDManager step = manager.newSubManager()) {
            List<NDArray> batches = crops.draw(step, replicas.count());
            List<NDList> results = replicas.each(i -> {
                LibTorch.allowGradients();
                return network.script().learn(step, "learn", optimizer.weights(), codebook, batches.get(i));
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
