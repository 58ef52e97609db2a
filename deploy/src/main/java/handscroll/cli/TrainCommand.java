package handscroll.cli;

import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.ModelShelf;
import handscroll.protocol.video.VideoFile;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.TokenizerShape;
import handscroll.worker.djl.TransformerShape;
import handscroll.worker.train.Captions;
import handscroll.worker.train.FilmCut;
import handscroll.worker.train.Training;
import handscroll.worker.train.TrainingPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "train",
        description = "Learns a model from pictures. It can be rendered with from the first sample sheet on, and gets"
                + " better until the time is over.",
        footerHeading = "%nExample:%n",
        footer = {
            "  handscroll train --name great-wave --from wave.png --minutes 60",
            "  handscroll train --name great-wave --from wave.png --minutes 180 --resume"
        })
final class TrainCommand implements Callable<Integer> {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    /** A step takes about a second. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    /** Frames of a video are held in memory while it is learned. */
    private static final int MOST_FRAMES = 5000;

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "What the model is called in jobs.")
    private String name = "";

    @Option(
            names = "--from",
            paramLabel = "PICTURE",
            required = true,
            arity = "1..*",
            description = "PNG or JPEG files to learn from, or folders of them; one painting is enough. Of 18 and more"
                    + " every ninth is held out.")
    private List<Path> pictures = List.of();

    @Option(
            names = "--captions",
            paramLabel = "FROM",
            description =
                    "What the pictures show, so that texts can be drawn: names (the words of the file names, with the"
                            + " colours and the light of each picture), or a table of lines: file name, caption; for a video: frames, caption, as in"
                            + " 30-284, a meadow.")
    private Optional<String> captions = Optional.empty();

    @Option(
            names = "--task",
            paramLabel = "TASK",
            description =
                    "pictures or video; without it, a file named as a film is a video, a directory holds pictures.")
    private Optional<Kind> task = Optional.empty();

    @Option(
            names = "--frames",
            paramLabel = "FIRST-LAST",
            description = "Of a video, the frames to learn from, counted from 0; by default all of them.")
    private Optional<String> frames = Optional.empty();

    @Option(
            names = "--every",
            paramLabel = "N",
            defaultValue = "3",
            description = "Of a video, one frame of so many follows the other: 3 makes 8 frames a second of 24.")
    private int every;

    @Option(
            names = "--height",
            paramLabel = "PIXELS",
            defaultValue = "192",
            description = "Of a video, the height that its frames are made small to.")
    private int height;

    @Option(
            names = "--frame",
            paramLabel = "PIXELS",
            defaultValue = "0",
            description = "Cut this much off each side of each picture: the rim of a scan.")
    private int framePixels;

    @Option(
            names = "--horizon",
            paramLabel = "SHARE",
            defaultValue = "0.5",
            description = "Where sky meets land in the pictures, from 0 at the top to 1 at the bottom; by default 0.5.")
    private double horizon;

    @Option(
            names = "--licence",
            paramLabel = "TEXT",
            defaultValue = "unknown",
            description = "Of the pictures, for the model's card.")
    private String licence = "";

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "60",
            description = "How long to learn, all stages together, by default 60.")
    private double minutes;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all random draws, by default 1.")
    private long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "2",
            description = "Cores to learn on, by default 2; part of what decides the result.")
    private int threads;

    @Option(
            names = "--cpu-minutes",
            paramLabel = "N",
            description = "How long to learn instead, counted in processor time of all threads together: the same"
                    + " learning on a busy machine.")
    private Optional<Double> cpuMinutes = Optional.empty();

    @Option(
            names = "--context",
            paramLabel = "KIND",
            defaultValue = "encoded",
            description = "What patches attend to of those around them: encoded (an encoder's view of their tokens) or"
                    + " recurrent (the inputs of all layers when they were drawn); by default encoded.")
    private ContextStates states = ContextStates.ENCODED;

    @Option(
            names = "--decoding",
            paramLabel = "KIND",
            defaultValue = "autoregressive",
            description = "How a patch is drawn: autoregressive (token by token) or parallel (in some ten rounds); by"
                    + " default autoregressive.")
    private Decoding decoding = Decoding.AUTOREGRESSIVE;

    @Option(
            names = "--extent",
            paramLabel = "PATCHES",
            description = "How many patches to each side a patch looks, 0 to 2; by default 2, in videos 1.")
    private Optional<Integer> extent = Optional.empty();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            description = "standard, medium, or small: a fifth of it, to compare kinds of models in minutes; by default"
                    + " standard, of videos medium.")
    private Optional<Size> size = Optional.empty();

    @Option(
            names = "--no-layouts",
            description = "Do not learn to draw tall canvases over a layout; all time goes into the rest.")
    private boolean noLayouts;

    @Option(
            names = "--tokenizer-of",
            paramLabel = "MODEL",
            description = "Take over this model's tokenizer instead of learning one.")
    private Optional<String> tokenizerOf = Optional.empty();

    @Option(
            names = "--start-from",
            paramLabel = "MODEL",
            description = "Take over this model's tokenizer, and its transformer as far as the sizes agree.")
    private Optional<String> startFrom = Optional.empty();

    @Option(
            names = "--learn-tokenizer",
            description =
                    "With --start-from: learn its tokenizer on, for pictures of another kind, instead of keeping it.")
    private boolean learnTokenizer;

    private enum Kind {
        PICTURES,
        VIDEO
    }

    private enum Size {
        STANDARD(TransformerShape.STANDARD),
        MEDIUM(TransformerShape.MEDIUM),
        SMALL(TransformerShape.SMALL);

        private final TransformerShape shape;

        Size(TransformerShape shape) {
            this.shape = shape;
        }
    }

    @Option(names = "--resume", description = "Go on from the last checkpoint; with more minutes, learn longer.")
    private boolean resume;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            defaultValue = "models",
            description = "The directory of models to put it in, by default models.")
    private Path models = Path.of("models");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        checkOptions();
        Path directory = models.resolve(name).toAbsolutePath().normalize();
        checkDirectory(directory);
        Optional<TrainingPlan.Base> base = base();
        Captions said = captions();
        TransformerShape shape = shape();
        Logs.to(directory);
        PrintWriter err = spec.commandLine().getErr();
        var plan = new TrainingPlan(
                name,
                directory,
                source(said),
                budget(),
                seed,
                resume,
                base,
                base.map(from -> from.model().tokenizer()).orElse(TokenizerShape.STANDARD),
                said instanceof Captions.None ? shape : shape.told());
        try (Training training = new Training(plan, err::println)) {
            CountDownLatch idle = new CountDownLatch(1);
            try (Interruption interruption = Interruption.calls(() -> interrupt(training, idle, directory, err))) {
                err.println("Learning " + name + " for "
                        + Figures.time(plan.budget().time()) + "; samples.png and loss-curve.png appear in "
                        + directory);
                run(training, idle);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        spec.commandLine()
                .getOut()
                .println(name + " has learned for " + Figures.time(plan.budget().time()) + "; it lies in " + directory
                        + ". Render with it: model = " + name + " in a job.");
        return ExitCode.DONE;
    }

    private Captions captions() {
        if (captions.isEmpty()) {
            return new Captions.None();
        }
        if (captions.get().equals("names")) {
            return new Captions.FileNames();
        }
        Path table = Path.of(captions.get());
        if (!Files.isRegularFile(table)) {
            throw refusal(
                    "--captions", "there is no file " + table, "name a table of captions, or say --captions names");
        }
        List<Problem> problems = new ArrayList<>();
        try {
            Captions written = Captions.read(table, problems);
            if (problems.isEmpty()) {
                return written;
            }
        } catch (IOException e) {
            problems.add(
                    new Problem(table.toString(), "cannot be read: " + e.getMessage(), "save it as text in UTF-8"));
        }
        throw new Refusal("The model \"" + name + "\" cannot be learned:", problems);
    }

    private TransformerShape shape() {
        TransformerShape shape = size.orElse(isVideo() ? Size.MEDIUM : Size.STANDARD).shape;
        return isVideo()
                ? shape.as(extent.orElse(1), states, decoding, false).withFrames(TransformerShape.LARGEST_FRAMES)
                : shape.as(extent.orElse(TransformerShape.LARGEST_EXTENT), states, decoding, !noLayouts);
    }

    private TrainingPlan.Source source(Captions said) {
        TrainingFiles.Split files = TrainingFiles.split(isVideo() ? pictures : TrainingFiles.in(pictures));
        return new TrainingPlan.Source(files.learned(), files.heldOut(), framePixels, horizon, said, film(), licence);
    }

    private TrainingPlan.Budget budget() {
        return new TrainingPlan.Budget(
                Duration.ofMillis((long) (cpuMinutes.orElse(minutes) * 60_000)),
                cpuMinutes.isPresent() ? TrainingPlan.Clock.PROCESSOR : TrainingPlan.Clock.WALL,
                threads);
    }

    /** What to learn of a video; nothing of pictures. */
    private Optional<FilmCut> film() {
        if (!isVideo()) {
            return Optional.empty();
        }
        FrameSpan span = FrameSpan.parse(frames.orElse("0-" + MOST_FRAMES))
                .orElseThrow(() -> wrong("--frames is \"" + frames.orElse("") + "\"; give two numbers, as in 30-284"));
        int first = span.first();
        int last = span.last();
        if (first >= last || last - first > MOST_FRAMES) {
            throw wrong("--frames is " + frames.orElse("") + "; the first comes before the last, and there are at most "
                    + MOST_FRAMES);
        }
        if (every < 1 || height < FilmCut.SMALLEST_HEIGHT_PIXELS || height % 2 != 0) {
            throw wrong("--every is " + every + " and --height " + height + "; give at least 1, and an even height of"
                    + " at least " + FilmCut.SMALLEST_HEIGHT_PIXELS);
        }
        return Optional.of(new FilmCut(first, last, every, height));
    }

    private boolean isVideo() {
        return task.map(kind -> kind == Kind.VIDEO)
                .orElseGet(() -> pictures.size() == 1 && VideoFile.isNamedSo(pictures.get(0)));
    }

    private Optional<TrainingPlan.Base> base() {
        ModelShelf shelf =
                CliSettings.from(shared.config("local.conf", Map.of())).models();
        return startFrom.or(() -> tokenizerOf).map(from -> {
            ModelDirectory model = ModelDirectory.load(shelf.find(from));
            if (model.tokenizer().codes() != TransformerShape.STANDARD.codes()) {
                throw refusal(
                        from,
                        "has " + model.tokenizer().codes() + " codes, not " + TransformerShape.STANDARD.codes(),
                        "begin with a model of this version");
            }
            return new TrainingPlan.Base(from, model, startFrom.isPresent(), !learnTokenizer);
        });
    }

    /** The JVM is stopped hard: libtorch does not survive its end while it computes. The last checkpoint is whole. */
    private static void run(Training training, CountDownLatch idle) throws IOException {
        try {
            training.run();
        } finally {
            idle.countDown();
        }
    }

    /** libtorch must not be computing when the process ends: it would fail while it is taken down. */
    private static void interrupt(Training training, CountDownLatch idle, Path directory, PrintWriter err) {
        training.stop();
        try {
            if (!idle.await(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                err.print("\nthe last step did not end in time; the checkpoint is up to a minute old");
            }
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
        err.println();
        err.println(
                "interrupted; what was learned is in " + directory + "; continue with the same command and --resume");
        err.flush();
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }

    private void checkOptions() {
        if (!NAME.matcher(name).matches()) {
            throw wrong("--name is \"" + name + "\"; use letters, digits, '.', '_' and '-'");
        }
        if (!(minutes > 0)) {
            throw wrong("--minutes is " + minutes + "; more than 0 are needed");
        }
        if (cpuMinutes.isPresent() && !(cpuMinutes.get() > 0)) {
            throw wrong("--cpu-minutes is " + cpuMinutes.get() + "; more than 0 are needed");
        }
        if (extent.filter(far -> far < 0 || far > TransformerShape.LARGEST_EXTENT)
                .isPresent()) {
            throw wrong("--extent is " + extent.get() + "; give 0 to " + TransformerShape.LARGEST_EXTENT);
        }
        if (states == ContextStates.RECURRENT && decoding == Decoding.PARALLEL) {
            throw wrong("--context recurrent needs --decoding autoregressive: its states are made token by token");
        }
        if (states == ContextStates.RECURRENT && isVideo()) {
            throw wrong("--context recurrent is for pictures: its states remember no frames");
        }
        if (states == ContextStates.RECURRENT && !noLayouts) {
            throw wrong("--context recurrent needs --no-layouts: its states remember no layout");
        }
        if (startFrom.isPresent() && tokenizerOf.isPresent()) {
            throw wrong("--start-from takes over the tokenizer, too; leave out --tokenizer-of");
        }
        if (states == ContextStates.RECURRENT && captions.isPresent()) {
            throw wrong("--context recurrent needs no --captions: its states remember no texts");
        }
        if (isVideo() && captions.equals(Optional.of("names"))) {
            throw wrong("--captions names is for pictures; give a table with lines as: 30-284, a meadow");
        }
        if (learnTokenizer && startFrom.isEmpty()) {
            throw wrong("--learn-tokenizer learns on what --start-from names; name a model there");
        }
        if (threads < 1) {
            throw wrong("--threads is " + threads + "; at least 1 is needed");
        }
        if (framePixels < 0) {
            throw wrong("--frame is " + framePixels + "; it cannot be negative");
        }
        if (!(horizon >= 0 && horizon <= 1)) {
            throw wrong("--horizon is " + horizon + "; give a share from 0 to 1");
        }
    }

    private void checkDirectory(Path directory) {
        Optional<String> there = firstFile(directory);
        if (resume && there.isEmpty()) {
            throw refusal(directory.toString(), "holds no training to go on with", "leave out --resume");
        }
        if (!resume && there.isPresent()) {
            boolean model = Files.exists(directory.resolve(ModelCard.FILE_NAME));
            throw refusal(
                    directory.toString(),
                    model ? "already holds a model" : "is not empty",
                    "choose another --name, or go on with --resume");
        }
    }

    private static Optional<String> firstFile(Path directory) {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).findFirst();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.REFUSED, directory + " cannot be read: " + e.getMessage());
        }
    }

    private Refusal refusal(String where, String what, String remedy) {
        return new Refusal("The model \"" + name + "\" cannot be learned:", List.of(new Problem(where, what, remedy)));
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
