package handscroll.worker.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.TokenizerNetwork;
import handscroll.worker.djl.TokenizerShape;
import handscroll.worker.djl.TransformerNetwork;
import handscroll.worker.djl.TransformerShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Learns a model from pictures, from first pixel to finished model directory.
 *
 * <p>Three stages share the time budget: the tokenizer, its sharper decoder, and the transformer. Each
 * leaves a checkpoint once a minute, from which an interrupted training goes on.
 */
public final class Training implements AutoCloseable {

    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(60);
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(15);

    private final TrainingPlan plan;
    private final Consumer<String> lines;
    private final List<Picture> pictures;
    private final NDManager manager;
    private final Replicas replicas;
    private final Checkpoint checkpoint;

    /** Reads the pictures and, when resuming, the checkpoint; learns nothing yet. */
    public Training(TrainingPlan plan, Consumer<String> lines) throws IOException, Picture.RefusedPicture {
        this.plan = plan;
        this.lines = lines;
        this.pictures = new ArrayList<>();
        for (Path path : plan.pictures()) {
            pictures.add(Picture.read(path, plan.framePixels()));
        }
        Files.createDirectories(plan.directory());
        this.checkpoint = plan.resume() ? Checkpoint.read(plan.directory()) : new Checkpoint();
        this.manager = LibTorch.newManager(Device.cpu());
        this.replicas = new Replicas(plan.threads());
    }

    /** Runs all stages; blocks until the time budget is spent. */
    public void run() throws IOException {
        long seed = plan.seed();
        try (TokenizerNetwork tokenizer = new TokenizerNetwork(TokenizerShape.STANDARD);
                TransformerNetwork transformer = new TransformerNetwork(TransformerShape.STANDARD)) {
            learn("tokenizer", plan.tokenizerTime(), () ->
                    new TokenizerTraining(manager, tokenizer, pictures, replicas, seed));
            float[] weights = checkpoint.vector("tokenizer.average");
            float[] codebook = checkpoint.vector("codebook");
            learn("sharpening", plan.sharpeningTime(), () ->
                    new Sharpening(manager, tokenizer, weights, codebook, pictures, replicas, seed));
            try (TokenGrids grids = new TokenGrids(manager, tokenizer, weights, codebook, pictures, seed)) {
                learn("transformer", plan.transformerTime(), () ->
                        new TransformerTraining(manager, transformer, grids, codebook, replicas, seed));
            }
        }
    }

    /** Runs one stage unless the checkpoint says that it is finished. */
    private void learn(String name, Duration budget, Supplier<Stage> start) throws IOException {
        String finished = name + ".finished";
        if (checkpoint.number(finished, 0) > 0) {
            return;
        }
        try (Stage stage = start.get()) {
            learn(stage, budget);
            checkpoint.put(finished, 1);
            for (String part : List.of("weights", "moment", "square", "use", "total")) {
                checkpoint.forget(name + "." + part);
            }
            checkpoint.write(plan.directory());
        }
    }

    private void learn(Stage stage, Duration budget) throws IOException {
        String spentKey = stage.name() + ".seconds";
        double before = checkpoint.number(spentKey, 0);
        if (before > 0) {
            stage.restore(checkpoint);
        }
        double whole = budget.toMillis() / 1000.0;
        long start = System.nanoTime();
        double spent = before;
        double lastCheckpoint = spent;
        double lastLine = spent;
        double sum = 0;
        long count = 0;
        while (spent < whole) {
            sum += stage.step(spent / whole);
            count++;
            spent = before + (System.nanoTime() - start) / 1e9;
            boolean over = spent >= whole;
            if (over || spent - lastLine > LINE_INTERVAL.toSeconds()) {
                lines.accept(String.format(
                        Locale.ROOT,
                        "%-11s %5.1f of %.0f min, loss %.4f, %.2f steps/s, %s",
                        stage.name(),
                        spent / 60,
                        whole / 60,
                        sum / count,
                        count / (spent - lastLine),
                        stage.judgement()));
                lastLine = spent;
                sum = 0;
                count = 0;
            }
            if (over || spent - lastCheckpoint > CHECKPOINT_INTERVAL.toSeconds()) {
                stage.save(checkpoint);
                checkpoint.put(spentKey, spent);
                checkpoint.write(plan.directory());
                lastCheckpoint = spent;
            }
        }
    }

    @Override
    public void close() {
        replicas.close();
        manager.close();
    }
}
