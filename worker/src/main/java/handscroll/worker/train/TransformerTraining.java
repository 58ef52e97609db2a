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

    /**
     * Patches of a lesson, more or less. A step for one of them sees so much less, and is taken so much more often:
     * smaller by the root of it, and averaged over as many more.
     */
    private static final int STEPS_PER_LESSON = 22;

    private static final double KEPT_OF_AVERAGE = 0.99;

    private static final int FIRST_VARIANTS = 96;
    private static final int HELD_OUT_VARIANTS = 16;
    private static final int HELD_OUT_LESSONS = 48;

    /** What learning from a lesson returns: the loss, its gradients, the loss without label smoothing. */
    private static final int RESULTS = 3;

    private final TransformerNetwork network;
    private final TokenGrids grids;
    private final Replicas replicas;
    private final TrainingPlan.Budget budget;
    private final Random random;
    private final long seed;
    private final double peakRate;
    private final List<Lesson> heldOut = new ArrayList<>();
    private final NDManager manager;
    private final Optimizer optimizer;
    /** Of lessons that are learned patch by patch, those that are under way. */
    private final List<PatchByPatch> underWay = new ArrayList<>();

    private long lessonCount;
    private double plain;

    TransformerTraining(
            NDManager parent,
            TransformerNetwork network,
            TokenGrids grids,
            float[] codebook,
            Optional<ModelDirectory> base,
            Replicas replicas,
            TrainingPlan.Budget budget,
            long seed) {
        this.network = network;
        this.grids = grids;
        this.replicas = replicas;
        this.budget = budget;
        this.random = new Random(seed);
        this.seed = seed;
        this.manager = parent.newSubManager();
        boolean isByPatch = budget.loss() == Loss.PATCH;
        double keep = isByPatch ? Math.pow(KEPT_OF_AVERAGE, 1.0 / STEPS_PER_LESSON) : KEPT_OF_AVERAGE;
        this.optimizer =
                new Optimizer(manager, network.layout(), new Optimizer.Settings(0.9, 0.98, 0.05, 1.0, keep), seed);
        holdOut();
        stock();
        long[] counts = grids.counts(network.shape().codes());
        float[] initial = network.shape().initial(random, codebook, counts);
        base.ifPresent(model -> network.layout().takeOver(initial, model.transformerTensors()));
        double rate = base.isPresent() ? PEAK_RATE_FROM_BASE : PEAK_RATE;
        peakRate = isByPatch ? rate / Math.sqrt(STEPS_PER_LESSON) : rate;
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
        List<PatchByPatch.Part> parts = budget.loss() == Loss.PATCH ? patches() : lessons();
        try (NDManager step = manager.newSubManager()) {
            NDList sum = gradients(step, parts.subList(0, replicas.count()));
            for (int from = replicas.count(); from < parts.size(); from += replicas.count()) {
                NDList more = gradients(step, parts.subList(from, from + replicas.count()));
                sum = Replicas.sum(List.of(sum, more), RESULTS);
            }
            float scale = 1f / parts.size();
            optimizer.step(sum.get(1).mul(scale), Stage.rate(peakRate, 0.02, progress));
            plain = sum.get(2).getFloat() * scale;
            return sum.get(0).getFloat() * scale;
        }
    }

    /** So many new lessons as one step is taken for. */
    private List<PatchByPatch.Part> lessons() {
        List<PatchByPatch.Part> parts = new ArrayList<>();
        while (parts.size() < replicas.count() * budget.lessons()) {
            parts.add(draw()::tensors);
        }
        return parts;
    }

    /** The next patch of each of so many lessons. */
    private List<PatchByPatch.Part> patches() {
        while (underWay.size() < replicas.count() * budget.lessons()) {
            underWay.add(new PatchByPatch(this::draw));
        }
        return underWay.stream().map(PatchByPatch::next).toList();
    }

    private Lesson draw() {
        boolean isVideo = network.shape().frames() > 0;
        long perVariant = (long) (isVideo ? STEPS_PER_CLIP : STEPS_PER_VARIANT) * replicas.count() * budget.lessons();
        if (lessonCount++ % perVariant == 0) {
            grids.renew();
        }
        return new Lesson(
                grids.draw(random),
                network.shape(),
                isVideo ? Lesson.Disturbance.TO_LEARN_VIDEO : Lesson.Disturbance.TO_LEARN,
                random);
    }

    /** Loss, gradients and plain loss of a part for each replica, summed. */
    private NDList gradients(NDManager step, List<PatchByPatch.Part> parts) {
        List<NDList> results = replicas.each(i -> {
            LibTorch.allowGradients();
            List<NDArray> tensors = new ArrayList<>(List.of(optimizer.weights()));
            tensors.addAll(List.of(parts.get(i).tensors(step)));
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
        lessonCount = 0;
        grids.restart(seed + optimizer.stepCount());
        stock();
    }

    @Override
    public void close() {
        optimizer.close();
        manager.close();
    }
}
