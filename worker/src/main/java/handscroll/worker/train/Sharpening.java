package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.TokenizerNetwork;
import java.util.List;

/**
 * Second stage of training: the decoder learns to draw crisp brush strokes against a critic, while
 * encoder and codebook stay as they are, so that tokens keep their meaning.
 */
final class Sharpening implements Stage {

    private static final double PEAK_RATE = 4e-4;
    private static final double STRENGTH = 0.6;

    private final TokenizerNetwork network;
    private final Replicas replicas;
    private final NDManager manager;
    private final Optimizer decoder;
    private final Optimizer critic;
    private final NDArray codebook; // [codes, dim]
    private final Crops crops;
    private double psnr;
    private double judged;

    /**
     * @param weights of the finished tokenizer, flat
     * @param codes its codebook, flat
     */
    Sharpening(
            NDManager parent,
            TokenizerNetwork network,
            float[] weights,
            float[] codes,
            Crops.Source source,
            Replicas replicas,
            long seed) {
        this.network = network;
        this.replicas = replicas;
        this.manager = parent.newSubManager();
        // No decay: the encoder gets no gradient here and must not move at all.
        Optimizer.Settings settings = new Optimizer.Settings(0.5, 0.99, 0, 1.0, 0.995);
        decoder = new Optimizer(manager, network.layout(), settings, seed);
        decoder.start(weights);
        critic = new Optimizer(manager, network.criticLayout(), settings, seed + 1);
        codebook = manager.create(
                codes, new Shape(network.shape().codes(), network.shape().dim()));
        crops = new Crops(source, seed + 2);
    }

    @Override
    public String name() {
        return "sharpening";
    }

    @Override
    public double step(double progress) {
        try (NDManager step = manager.newSubManager()) {
            List<NDArray> batches = crops.draw(step, replicas.count());
            NDArray strength = step.create((float) (STRENGTH * Math.min(1, progress / 0.15)));
            List<NDList> results = replicas.each(i -> {
                LibTorch.allowGradients();
                return network.script()
                        .learn(
                                step,
                                "sharpen",
                                decoder.weights(),
                                critic.weights(),
                                codebook,
                                batches.get(i),
                                strength);
            });
            NDList sum = Replicas.sum(results, 5);
            float scale = 1f / replicas.count();
            double rate = Stage.rate(PEAK_RATE, 0.02, progress);
            decoder.step(sum.get(0).mul(scale), rate);
            critic.step(sum.get(1).mul(scale), rate);
            judged = sum.get(3).getFloat() * scale;
            psnr = 10 * Math.log10(4 / (sum.get(4).getFloat() * scale));
            return sum.get(2).getFloat() * scale;
        }
    }

    @Override
    public String judgement() {
        return "critic %.3f (2 is deceived), %.2f dB".formatted(judged, psnr);
    }

    @Override
    public void save(Checkpoint checkpoint) {
        decoder.save(checkpoint, name());
        critic.save(checkpoint, "critic");
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        decoder.restore(checkpoint, name());
        critic.restore(checkpoint, "critic");
    }

    @Override
    public void close() {
        decoder.close();
        critic.close();
        manager.close();
    }
}
