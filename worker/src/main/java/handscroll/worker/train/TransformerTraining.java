package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.TransformerNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Third stage of training: learns to draw patches in the order of the token grids' pictures. */
final class TransformerTraining implements Stage {

    private static final double PEAK_RATE = 1.2e-3;
    /** Gentler to weights that know something. */
    private static final double PEAK_RATE_FROM_BASE = 6e-4;
    /**
     * So often that a variant is seen some ten times before it goes, and much else in between. From few
     * variants the transformer learns them by heart and the loss falls while pictures get worse (3 nats on
     * variants from a stock of 48, 5.8 on fresh ones); when each is seen but twice, it learns the strokes and
     * hardly what they make up.
     */
    private static final int STEPS_PER_VARIANT = 16;

    /** Clips are small, and there are many of them in a video. */
    private static final int STEPS_PER_CLIP = 4;

    private static final int FIRST_VARIANTS = 96;
    private static final int HELD_OUT_VARIANTS = 16;
    private static final int HELD_OUT_LESSONS = 48;

    /** What learning from a lesson returns: the loss, its gradients, the loss without label smoothing. */
    private static final int RESULTS = 3;

    private final TransformerNetwork network;
    private final TokenGrids grids;
    private final Replicas replicas;
    private final int lessons;
    private final Random random;
    private final long seed;
    private final double peakRate;
    private final List<Lesson> heldOut = new ArrayList<>();
    private final NDManager manager;
    private final Optimizer optimizer;
    private double plain;

    TransformerTraining(
            NDManager parent,
            TransformerNetwork network,
            TokenGrids grids,
            float[] codebook,
            Optional<ModelDirectory> base,
            Replicas replicas,
            int lessons,
            long seed) {
        this.network = network;
        this.grids = grids;
        this.replicas = replicas;
        this.lessons = lessons;
        this.random = new Random(seed);
        this.seed = seed;
        this.manager = parent.newSubManager();
        this.optimizer =
                new Optimizer(manager, network.layout(), new Optimizer.Settings(0.9, 0.98, 0.05, 1.0, 0.99), seed);
        holdOut();
        stock();
        long[] counts = grids.counts(network.shape().codes());
        float[] initial = network.shape().initial(random, codebook, counts);
        base.ifPresent(model -> network.layout().takeOver(initial, model.transformerTensors()));
        peakRate = base.isPresent() ? PEAK_RATE_FROM_BASE : PEAK_RATE;
        optimizer.start(initial);
    }

    /** Undisturbed lessons from variants that are never learned from, the same for every kind of model. */
    private void holdOut() {
        grids.restartHeldOut(~seed);
        for (int i = 0; i < HELD_OUT_VARIANTS; i++) {
            grids.renew();
        }
        Random draws = new Random(~seed);
        for (int i = 0; i < HELD_OUT_LESSONS; i++) {
            Random own = new Random(draws.nextLong());
            heldOut.add(new Lesson(grids.draw(own), network.shape(), Lesson.Disturbance.NONE, own));
        }
        grids.restart(seed);
    }

    /**
     * What the averaged weights make of lessons that were held out, in nats a token. For a model that draws in
     * rounds it is the bound for drawing one token after the other in any order.
     */
    double heldOut() {
        double sum = 0;
        for (Lesson lesson : heldOut) {
            try (NDManager call = manager.newSubManager()) {
                List<Object> arguments = new ArrayList<>(List.of(optimizer.average()));
                arguments.addAll(List.of(lesson.tensors(call)));
                sum += network.script()
                        .call(call, "weigh", arguments.toArray())
                        .singletonOrThrow()
                        .getFloat();
            }
        }
        return sum / heldOut.size();
    }

    private void stock() {
        for (int i = 0; i < FIRST_VARIANTS; i++) {
            grids.renew();
        }
    }

    @Override
    public String name() {
        return "transformer";
    }

    @Override
    public double step(double progress) {
        boolean isVideo = network.shape().frames() > 0;
        if (optimizer.stepCount() % (isVideo ? STEPS_PER_CLIP : STEPS_PER_VARIANT) == 0) {
            grids.renew();
        }
        try (NDManager step = manager.newSubManager()) {
            NDList sum = gradients(step, isVideo);
            for (int i = 1; i < lessons; i++) {
                sum = Replicas.sum(List.of(sum, gradients(step, isVideo)), RESULTS);
            }
            float scale = 1f / (replicas.count() * lessons);
            optimizer.step(sum.get(1).mul(scale), Stage.rate(peakRate, 0.02, progress));
            plain = sum.get(2).getFloat() * scale;
            return sum.get(0).getFloat() * scale;
        }
    }

    /** Loss, gradients and plain loss of a lesson for each replica, summed. */
    private NDList gradients(NDManager step, boolean isVideo) {
        List<Lesson> drawn = new ArrayList<>();
        for (int i = 0; i < replicas.count(); i++) {
            drawn.add(new Lesson(
                    grids.draw(random),
                    network.shape(),
                    isVideo ? Lesson.Disturbance.TO_LEARN_VIDEO : Lesson.Disturbance.TO_LEARN,
                    random));
        }
        List<NDList> results = replicas.each(i -> {
            LibTorch.allowGradients();
            List<NDArray> tensors = new ArrayList<>(List.of(optimizer.weights()));
            tensors.addAll(List.of(drawn.get(i).tensors(step)));
            return network.script().learn(step, "learn", tensors.toArray(NDArray[]::new));
        });
        return Replicas.sum(results, RESULTS);
    }

    @Override
    public String judgement() {
        return "%.3f nats a token".formatted(plain);
    }

    @Override
    public void save(Checkpoint checkpoint) {
        optimizer.save(checkpoint, name());
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        optimizer.restore(checkpoint, name());
        // Other draws than at the start, or the first variants would be learned by heart.
        random.setSeed(seed + optimizer.stepCount());
        grids.restart(seed + optimizer.stepCount());
        stock();
    }

    @Override
    public void close() {
        optimizer.close();
        manager.close();
    }
}
