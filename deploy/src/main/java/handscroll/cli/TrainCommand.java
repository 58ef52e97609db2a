package handscroll.cli;

import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.ModelShelf;
import handscroll.protocol.video.VideoFile;
import handscroll.worker.djl.TokenizerShape;
import handscroll.worker.train.Captions;
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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    /** Of --captions: what the files are named is what they show. */
    private static final String FILE_NAMES = "names";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Mixin
    private FilmOptions film = new FilmOptions();

    @Mixin
    private ModelKindOptions kind = new ModelKindOptions();

    @Mixin
    private LearningOptions learning = new LearningOptions();

    @Mixin
    private StartingModelOptions startingModel = new StartingModelOptions();

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

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all random draws, by default 1.")
    private long seed;

    private enum Kind {
        PICTURES,
        VIDEO
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
        check();
        Path directory = models.resolve(name).toAbsolutePath().normalize();
        checkDirectory(directory);
        TrainingPlan plan = plan(directory);
        Logs.to(directory);
        PrintWriter err = spec.commandLine().getErr();
        Duration time;
        try (Training training = new Training(plan, err::println)) {
            err.println("Learning " + name + " for "
                    + Figures.time(plan.budget().time()) + "; samples.png and loss-curve.png appear in "
                    + directory);
            time = new InterruptibleTraining(training, directory, err).run();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        spec.commandLine()
                .getOut()
                .println(name + " has learned for " + Figures.time(time) + "; it lies in " + directory
                        + ". Render with it: model = " + name + " in a job.");
        return ExitCode.DONE;
    }

    private TrainingPlan plan(Path directory) {
        List<Problem> problems = new ArrayList<>();
        ModelShelf shelf =
                CliSettings.from(shared.config("local.conf", Map.of())).models();
        Optional<TrainingPlan.Base> base = startingModel.read(shelf, problems);
        Captions said = captions(problems);
        refuseIf(problems);
        TrainingFiles.Split files = TrainingFiles.split(isVideo() ? pictures : TrainingFiles.in(pictures));
        return new TrainingPlan(
                name,
                directory,
                new TrainingPlan.Source(
                        files.learned(),
                        files.heldOut(),
                        framePixels,
                        horizon,
                        said,
                        isVideo() ? Optional.of(film.cut()) : Optional.empty(),
                        licence),
                learning.budget(),
                seed,
                resume,
                base,
                film.shape(base.map(from -> from.model().tokenizer()).orElse(TokenizerShape.STANDARD)),
                base.filter(from -> startingModel.learnsDecoderOnly())
                        .map(from -> from.model().transformer())
                        .orElseGet(() -> kind.shape(isVideo(), captions.isPresent())));
    }

    private Captions captions(List<Problem> problems) {
        if (captions.isEmpty()) {
            return new Captions.None();
        }
        if (captions.get().equals(FILE_NAMES)) {
            return new Captions.FileNames();
        }
        Path table = Path.of(captions.get());
        if (!Files.isRegularFile(table)) {
            problems.add(new Problem(
                    "--captions", "there is no file " + table, "name a table of captions, or say --captions names"));
            return new Captions.None();
        }
        try {
            return Captions.read(table, problems);
        } catch (IOException e) {
            problems.add(
                    new Problem(table.toString(), "cannot be read: " + e.getMessage(), "save it as text in UTF-8"));
            return new Captions.None();
        }
    }

    private boolean isVideo() {
        return task.map(kind -> kind == Kind.VIDEO)
                .orElseGet(() -> pictures.size() == 1 && VideoFile.isNamedSo(pictures.get(0)));
    }

    private void check() {
        List<Problem> problems = new ArrayList<>();
        if (!NAME.matcher(name).matches()) {
            problems.add(new Problem("--name", "is \"" + name + "\"", "use letters, digits, '.', '_' and '-'"));
        }
        if (isVideo()) {
            film.check(problems);
        }
        film.checkFramesBefore(isVideo(), startingModel.learnsDecoder(), problems);
        kind.check(isVideo(), captions.isPresent(), learning.isOfPatches(), problems);
        learning.check(problems);
        startingModel.check(problems);
        if (isVideo() && captions.equals(Optional.of(FILE_NAMES))) {
            problems.add(
                    new Problem("--captions", "names is for pictures", "give a table with lines as: 30-284, a meadow"));
        }
        if (framePixels < 0) {
            problems.add(new Problem("--frame", "is " + framePixels, "it cannot be negative"));
        }
        if (!(horizon >= 0 && horizon <= 1)) {
            problems.add(new Problem("--horizon", "is " + horizon, "give a share from 0 to 1"));
        }
        refuseIf(problems);
    }

    private void checkDirectory(Path directory) {
        Optional<String> there = firstFile(directory);
        if (resume && there.isEmpty()) {
            refuseIf(List.of(
                    new Problem(directory.toString(), "holds no training to go on with", "leave out --resume")));
        }
        if (!resume && there.isPresent()) {
            boolean model = Files.exists(directory.resolve(ModelCard.FILE_NAME));
            refuseIf(List.of(new Problem(
                    directory.toString(),
                    model ? "already holds a model" : "is not empty",
                    "choose another --name, or go on with --resume")));
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

    private void refuseIf(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new Refusal("The model \"" + name + "\" cannot be learned:", problems);
        }
    }
}
