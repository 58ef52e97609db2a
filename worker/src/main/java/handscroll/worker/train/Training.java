package handscroll.worker.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.TokenizerNetwork;
import handscroll.worker.djl.TransformerNetwork;
import handscroll.worker.djl.TransformerShape;
import handscroll.worker.text.TextEncoder;
import handscroll.worker.text.TextStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/**
 * Learns a model from pictures, from first pixel to finished model directory.
 *
 * <p>Three stages share the time budget: the tokenizer, its sharper decoder, and the transformer. Each
 * leaves a checkpoint once a minute, from which an interrupted training goes on.
 */
public final class Training implements AutoCloseable {

    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(60);
    private static final Duration SHOW_INTERVAL = Duration.ofMinutes(6);
    private static final int SHOWN_TEXTS = 3;
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(15);

    private final TrainingPlan plan;
    private final Consumer<String> lines;
    private final List<Picture> pictures;
    private final List<Picture> heldOut;
    private final Optional<Film> film;
    private volatile boolean stopped;
    private volatile boolean hasCheckpoint;
    private final NDManager manager;
    private final Replicas replicas;
    private final Checkpoint checkpoint;

    /**
     * Reads the pictures and, when resuming, the checkpoint; learns nothing yet.
     *
     * @throws Refusal naming every picture that cannot be learned from
     */
    public Training(TrainingPlan plan, Consumer<String> lines) throws IOException {
        this.plan = plan;
        this.lines = lines;
        this.pictures = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        this.heldOut = new ArrayList<>();
        this.film = readFilm(problems);
        if (film.isPresent()) {
            pictures.addAll(film.get().toLearn());
        } else {
            for (Path path : plan.source().pictures()) {
                Picture.read(path, plan.source().framePixels(), problems).ifPresent(pictures::add);
            }
        }
        for (Path path : plan.source().heldOut()) {
            Picture.read(path, plan.source().framePixels(), problems).ifPresent(heldOut::add);
        }
        if (problems.isEmpty()) {
            checkCaptions(problems);
        }
        if (plan.source().pictures().isEmpty()) {
            problems.add(new Problem("--from", "names no picture", "give at least one"));
        }
        if (!problems.isEmpty()) {
            throw new Refusal("Nothing can be learned:", problems);
        }
        Files.createDirectories(plan.directory());
        this.checkpoint = plan.resume() ? Checkpoint.read(plan.directory()) : new Checkpoint();
        this.hasCheckpoint = plan.resume();
        this.manager = LibTorch.newManager(Device.cpu());
        this.replicas = new Replicas(plan.budget().threads());
    }

    private Optional<Film> readFilm(List<Problem> problems) throws IOException {
        if (plan.source().film().isEmpty()) {
            return Optional.empty();
        }
        if (plan.source().pictures().size() != 1) {
            problems.add(new Problem("--from", "names several files", "give one video, or one directory of frames"));
            return Optional.empty();
        }
        return Optional.of(Film.read(
                plan.source().pictures().get(0),
                plan.source().film().get(),
                plan.source().captions(),
                TransformerShape.CLIP_FRAMES,
                problems));
    }

    /** Ends {@link #run} after the step that it is at, with a checkpoint; may be called by any thread. */
    public void stop() {
        stopped = true;
    }

    /** Whether there is something to go on from. Any thread. */
    public boolean hasCheckpoint() {
        return hasCheckpoint;
    }

    /**
     * Runs all stages; blocks until the time budget is spent, more of it would not help, or {@link #stop} was called.
     *
     * @return the time that was spent, in this run and those that it went on from
     */
    public Duration run() throws IOException {
        learnAll();
        double seconds = checkpoint.number("tokenizer.seconds", 0)
                + checkpoint.number("sharpening.seconds", 0)
                + checkpoint.number("transformer.seconds", 0);
        return Duration.ofMillis((long) (seconds * 1000));
    }

    private void learnAll() throws IOException {
        try (TokenizerNetwork tokenizer = new TokenizerNetwork(plan.tokenizer())) {
            plan.base()
                    .filter(base -> base.learned() != TrainingPlan.Learned.ALL)
                    .ifPresent(base -> takeOver(base, tokenizer));
            learnTokenizer(tokenizer);
            boolean isOver = checkpoint.number("transformer.seconds", 0) * 1000
                    >= plan.transformerTime().toMillis();
            if (stopped || isOver && !plan.learnsDecoderOnly()) {
                return;
            }
            try (TokenGrids grids = grids(tokenizer)) {
                if (plan.learnsDecoderOnly()) {
                    write(grids);
                } else {
                    learnTransformer(grids);
                }
            }
        }
    }

    private void learnTokenizer(TokenizerNetwork tokenizer) throws IOException {
        Optional<ModelDirectory> base = plan.base().map(TrainingPlan.Base::model);
        finish(
                "tokenizer",
                plan.tokenizerTime(),
                () -> new TokenizerTraining(manager, tokenizer, pictures, base, replicas, plan.seed()));
        if (stopped) {
            return;
        }
        float[] weights = checkpoint.vector("tokenizer.average");
        float[] codebook = checkpoint.vector("codebook");
        finish(
                "sharpening",
                plan.sharpeningTime(),
                () -> new Sharpening(manager, tokenizer, weights, codebook, crops(), replicas, plan.seed()));
    }

    /** What the decoder learns to draw. */
    private Crops.Source crops() {
        return film.<Crops.Source>map(of -> new Glances(of, plan.tokenizer().framesBefore()))
                .orElseGet(() -> Crops.Source.of(pictures));
    }

    private TokenGrids grids(TokenizerNetwork tokenizer) {
        return new TokenGrids(
                manager,
                tokenizer,
                checkpoint.vector("tokenizer.average"),
                checkpoint.vector("codebook"),
                film.isPresent() ? List.of() : examples(plan.source().pictures(), pictures),
                examples(plan.source().heldOut(), heldOut),
                film,
                plan.transformer().knowsLayouts(),
                plan.seed());
    }

    private void learnTransformer(TokenGrids grids) throws IOException {
        try (TransformerNetwork transformer = new TransformerNetwork(plan.transformer());
                TransformerTraining stage = new TransformerTraining(
                        manager,
                        transformer,
                        grids,
                        checkpoint.vector("codebook"),
                        plan.base()
                                .filter(TrainingPlan.Base::withTransformer)
                                .filter(base -> base.model().transformer().width()
                                        == plan.transformer().width())
                                .map(TrainingPlan.Base::model),
                        replicas,
                        plan.budget(),
                        plan.seed())) {
            EarlyStopping stopping = new EarlyStopping(checkpoint, SHOW_INTERVAL);
            learn(stage, plan.transformerTime(), () -> show(grids, stage, stopping));
            if (!stopped) {
                lines.accept(stopping.verdict());
            }
        }
    }

    /** A table that names none of the pictures is another folder's. */
    private void checkCaptions(List<Problem> problems) {
        if (film.isEmpty() && plan.source().captions() instanceof Captions.Written) {
            for (int i = 0; i < pictures.size(); i++) {
                Path file = plan.source().pictures().get(i);
                if (plan.source().captions().of(file, pictures.get(i)).isEmpty()) {
                    problems.add(new Problem(
                            String.valueOf(file.getFileName()),
                            "has no caption in the table",
                            "add a line for it, or take it out of the folder"));
                }
            }
        }
    }

    private List<Example> examples(List<Path> files, List<Picture> of) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            List<TextStates> captions = new ArrayList<>();
            if (plan.transformer().knowsTexts()) {
                for (String caption : plan.source().captions().of(files.get(i), of.get(i))) {
                    captions.add(TextEncoder.instance().encode(caption));
                }
            }
            examples.add(new Example(of.get(i), captions));
        }
        return examples;
    }

    /** As if the stages that are left out had made it. */
    private void takeOver(TrainingPlan.Base base, TokenizerNetwork tokenizer) {
        float[] weights = base.model().tokenizerWeights(tokenizer.shape());
        boolean decoderOnly = plan.learnsDecoderOnly();
        for (String stage : decoderOnly ? List.of("tokenizer") : List.of("tokenizer", "sharpening")) {
            checkpoint.put(stage + ".average", weights);
            checkpoint.put(stage + ".finished", 1);
        }
        checkpoint.put("codebook", base.model().codebook());
        if (decoderOnly) {
            checkpoint.put("transformer.average", base.model().transformerWeights());
        }
    }

    /** Runs one stage to its end, unless it came there before: what later stages build on must not move again. */
    private void finish(String name, Duration budget, Supplier<Stage> start) throws IOException {
        String finished = name + ".finished";
        if (checkpoint.number(finished, 0) > 0) {
            return;
        }
        try (Stage stage = start.get()) {
            learn(stage, budget, () -> true);
            if (stopped) {
                return;
            }
            checkpoint.put(finished, 1);
            for (String part : List.of("weights", "moment", "square", "use", "total")) {
                checkpoint.forget(name + "." + part);
            }
            checkpoint.forget("critic");
            checkpoint.write(plan.directory());
        }
    }

    private void learn(Stage stage, Duration budget, Show show) throws IOException {
        String spentKey = stage.name() + ".seconds";
        double before = checkpoint.number(spentKey, 0);
        if (before > 0) {
            stage.restore(checkpoint);
        }
        LossCurve curve = new LossCurve(stage.name(), checkpoint);
        double whole = budget.toMillis() / 1000.0;
        long start = plan.budget().clock().nanos();
        double spent = before;
        double lastCheckpoint = spent;
        double lastLine = spent;
        double lastShow = spent;
        double sum = 0;
        long count = 0;
        boolean helps = true;
        while (spent < whole && helps && !stopped) {
            sum += stage.step(spent / whole);
            count++;
            spent = before + (plan.budget().clock().nanos() - start) / 1e9;
            boolean over = spent >= whole;
            if (over || spent - lastLine > LINE_INTERVAL.toSeconds()) {
                lines.accept(line(stage, spent, whole, sum / count, count / (spent - lastLine)));
                curve.add(spent / 60, sum / count);
                lastLine = spent;
                sum = 0;
                count = 0;
            }
            boolean showing = !stopped && (over || spent - lastShow > SHOW_INTERVAL.toSeconds());
            if (showing || stopped || spent - lastCheckpoint > CHECKPOINT_INTERVAL.toSeconds()) {
                stage.save(checkpoint);
                curve.save(checkpoint);
                checkpoint.put(spentKey, spent);
                checkpoint.write(plan.directory());
                hasCheckpoint = true;
                lastCheckpoint = spent;
            }
            if (showing) {
                helps = show.run();
                spent = before + (plan.budget().clock().nanos() - start) / 1e9;
                lastShow = spent;
            }
        }
    }

    private static String line(Stage stage, double spent, double whole, double loss, double rate) {
        return String.format(
                Locale.ROOT,
                "%-11s %5.1f of %s min, loss %.4f, %.2f steps/s, %s",
                stage.name(),
                spent / 60,
                String.format(Locale.ROOT, whole < 600 ? "%.1f" : "%.0f", whole / 60),
                loss,
                rate,
                stage.judgement());
    }

    /**
     * Writes the model as it is now, if it never was better, and pictures of what it can do: from the first time on it can be used.
     *
     * @return whether it is worth to go on
     */
    private boolean show(TokenGrids grids, TransformerTraining stage, EarlyStopping stopping) throws IOException {
        double heldOut = stage.heldOut();
        lines.accept(String.format(Locale.ROOT, "held out    %.3f nats a token", heldOut));
        if (stopping.isBest(heldOut)) {
            stopping.save(checkpoint);
            checkpoint.write(plan.directory());
            write(grids);
        }
        return !stopping.isOver();
    }

    private void write(TokenGrids grids) throws IOException {
        ModelDirectory model = new ModelDirectory(
                plan.tokenizer(),
                checkpoint.vector("sharpening.average"),
                checkpoint.vector("codebook"),
                plan.transformer(),
                checkpoint.vector("transformer.average"));
        List<LossCurve> curves = List.of(
                new LossCurve("tokenizer", checkpoint),
                new LossCurve("sharpening", checkpoint),
                new LossCurve("transformer", checkpoint));
        Picture first = pictures.get(0);
        model.write(
                plan.directory(),
                new ModelDirectory.Picture(first.height(), plan.source().horizon()),
                plan.source().licence(),
                Provenance.text(plan, checkpoint, curves));
        ImageIO.write(
                LossCurve.chart(curves),
                "png",
                plan.directory().resolve("loss-curve.png").toFile());
        ImageIO.write(
                film.isPresent()
                        ? ClipSheet.draw(model, film.get(), grids, plan.seed())
                        : SampleSheet.draw(model, first, grids, textsToShow(), plan.seed()),
                "png",
                plan.directory().resolve("samples.png").toFile());
    }

    /** The first captions of some pictures that lie far from each other in the list. */
    private List<String> textsToShow() {
        Set<String> texts = new LinkedHashSet<>();
        for (int i = 0; i < SHOWN_TEXTS; i++) {
            int picture = (2 * i + 1) * pictures.size() / (2 * SHOWN_TEXTS);
            plan.source().captions().of(plan.source().pictures().get(picture), pictures.get(picture)).stream()
                    .findFirst()
                    .ifPresent(texts::add);
        }
        return List.copyOf(texts);
    }

    /** Judges a stage and says whether it is worth to go on. */
    private interface Show {
        boolean run() throws IOException;
    }

    @Override
    public void close() {
        replicas.close();
        manager.close();
    }
}
