package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.cli.evaluate.BlockFeatures;
import handscroll.cli.evaluate.Evaluation;
import handscroll.cli.evaluate.EvaluationReport;
import handscroll.cli.evaluate.TextRank;
import handscroll.cli.evaluate.TextRanking;
import handscroll.cli.evaluate.VideoReport;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.VideoFiles;
import handscroll.coordinator.plan.PictureReader;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.video.VideoFile;
import handscroll.worker.features.FeatureNetwork;
import handscroll.worker.features.NsfwInception;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import javax.imageio.ImageIO;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "evaluate",
        description =
                "Says in figures whether the borders between patches can be told from the rest of a picture, whether it drifts,"
                        + " how much it is like its source, and whether it copies it; of a video, how much it flickers, too.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  handscroll evaluate out/starry-scroll --control",
            "  handscroll evaluate picture.png",
            "  handscroll evaluate out/meadow-video --clip film.mp4 --frames 50-284 --every 3"
        })
final class EvaluateCommand implements Callable<Integer> {

    private final Farm.Opener farms;

    @Mixin
    private SharedOptions shared = new SharedOptions();

    /** Patches that see nothing are alike everywhere: so much of the width has borders enough to judge them. */
    private static final int CONTROL_PIXELS = 8192;

    @Parameters(paramLabel = "DIR", description = "A job's output directory, or any picture or video file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private Path directory;

    @Option(
            names = "--control",
            description =
                    "Compare with the picture that the job began with, and with the same job rendered from patches"
                            + " that see no neighbours, up to 8192 pixels of its width; that one goes to"
                            + " DIR-independent and is kept.")
    private boolean control;

    @Option(
            names = "--source",
            paramLabel = "FILE",
            description = "Compare with this picture; --control takes the job's own.")
    private Optional<Path> source = Optional.empty();

    @Option(
            names = "--independent",
            paramLabel = "DIR",
            description = "Compare with this output of the job with context=none; --control makes one.")
    private Optional<Path> independent = Optional.empty();

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Slots to render the control with, by default one for each processor.")
    private int workers = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--blocks",
            paramLabel = "N",
            description = "How many blocks to compare with the source, by default ${DEFAULT-VALUE}.")
    private int blocks = 256;

    @Option(names = "--seed", paramLabel = "N", description = "Draws the places of those blocks, by default 0.")
    private long seed;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Draw the score over the distance from where the picture began, as PNG.")
    private Optional<Path> plot = Optional.empty();

    @Option(
            names = "--rank",
            paramLabel = "PHOTOGRAPHS",
            description = "Instead: do pictures show what their texts say? DIR holds outputs of text-to-image jobs, and"
                    + " PHOTOGRAPHS files named by what they show, as snow3.jpg.")
    private Optional<Path> photographs = Optional.empty();

    @ArgGroup(exclusive = false)
    private ClipOptions clip = new ClipOptions();

    @Mixin
    private Printing printing = new Printing();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    EvaluateCommand(Farm.Opener farms) {
        this.farms = farms;
    }

    @Override
    public Integer call() {
        if (photographs.isPresent()) {
            TextRank rank = rank(shared.config("local.conf", Map.of()), photographs.get());
            printing.out().println(printing.isJson() ? rank.json() : rank.table());
            return ExitCode.DONE;
        }
        Optional<Path> video = video();
        if (video.isPresent()) {
            VideoReport report = report(shared.config("local.conf", Map.of()), video.get());
            printing.out().println(printing.isJson() ? report.json() : report.table());
            return ExitCode.DONE;
        }
        if (control) {
            JobSpec job = recordedSpec();
            if (source.isEmpty()) {
                source = job.input().map(input -> Path.of(input.image()));
            }
            if (independent.isEmpty()) {
                independent = Optional.of(independent(job));
            }
        }
        Config config = shared.config("local.conf", Map.of());
        EvaluationReport report = report(config);
        plot.ifPresent(file -> write(report, file));
        printing.out().println(printing.isJson() ? report.json() : report.table());
        return ExitCode.DONE;
    }

    /** The video that is asked about, if it is one. */
    private Optional<Path> video() {
        Path made = directory.resolve(VideoFiles.WHOLE);
        return Files.isRegularFile(made)
                ? Optional.of(made)
                : Optional.of(directory).filter(VideoFile::isNamedSo);
    }

    private EvaluationReport report(Config config) {
        return withNetwork(config, source.isPresent(), features -> report(config, features));
    }

    private VideoReport report(Config config, Path video) {
        Optional<VideoReport.Clip> other = clip.chosen(spec.commandLine());
        return withNetwork(config, other.isPresent(), features -> VideoReport.of(video, other, features));
    }

    /** Without the network where it is not there or nothing needs it. */
    private static <T> T withNetwork(Config config, boolean isNeeded, Function<Optional<BlockFeatures>, T> work) {
        Path network = Path.of(config.getString("handscroll.cli.evaluate.features"));
        if (!isNeeded || !NsfwInception.isThere(network)) {
            return work.apply(Optional.empty());
        }
        try (FeatureNetwork features = network(network)) {
            return work.apply(Optional.of(features::of));
        }
    }

    private static FeatureNetwork network(Path directory) {
        try {
            return NsfwInception.load(directory);
        } catch (IOException unusable) {
            throw new Refusal(
                    "The network that pictures are compared with cannot be used:",
                    List.of(new Problem(
                            "handscroll.cli.evaluate.features",
                            String.valueOf(unusable.getMessage()),
                            "fetch it with deploy/fetch-features")));
        }
    }

    private TextRank rank(Config config, Path named) {
        try (FeatureNetwork features = network(Path.of(config.getString("handscroll.cli.evaluate.features")))) {
            return new TextRanking(features::of, PictureReader.from(config)).rank(directory, named);
        } catch (IOException unreadable) {
            throw new CommandFailure(ExitCode.FAILED, "The texts cannot be ranked: " + unreadable.getMessage() + ".");
        }
    }

    private EvaluationReport report(Config config, Optional<BlockFeatures> features) {
        return Evaluation.report(new Evaluation.Request(
                directory, source, independent, features, blocks, seed, PictureReader.from(config)));
    }

    private static void write(EvaluationReport report, Path file) {
        try {
            if (!ImageIO.write(report.plot(), "png", file.toFile())) {
                throw new IOException("this Java platform writes no PNG");
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, file + " cannot be written: " + e.getMessage());
        }
    }

    private Path independent(JobSpec job) {
        Path name = directory.toAbsolutePath().normalize();
        Path there = name.resolveSibling(name.getFileName() + "-independent");
        if (isWhole(there)) {
            return there;
        }
        spec.commandLine().getErr().println("Rendering the control into " + there + " ...");
        var place = Files.isDirectory(there) ? OutputPlace.ofInterrupted(there) : OutputPlace.ofNew(there);
        var render = new LocalRender(
                farms,
                shared.config("local.conf", Map.of()),
                place,
                workers,
                spec.commandLine().getErr(),
                false);
        LocalRender.Ending ending =
                Files.isDirectory(there) ? render.resume() : render.render(withoutContext(job, there));
        if (!ending.status().state().isOver() || !isWhole(there)) {
            throw new CommandFailure(ExitCode.FAILED, "The control: " + ProgressLine.of(Progress.of(ending.status())));
        }
        return there;
    }

    private static JobSpec withoutContext(JobSpec job, Path there) {
        Canvas whole = job.canvas();
        return job.toBuilder()
                .name(job.name() + "-independent")
                .canvas(new Canvas(
                        Math.min(whole.widthPixels(), CONTROL_PIXELS),
                        whole.heightPixels(),
                        whole.frameCount(),
                        whole.wraps()))
                .context(JobSpec.Context.NONE)
                .output(JobSpec.Output.to(
                        there.toString(), job.output().tiles(), job.output().quality()))
                .build();
    }

    private static boolean isWhole(Path output) {
        try {
            return Manifest.read(output).flatMap(Manifest::finished).isPresent();
        } catch (IOException unreadable) {
            return false;
        }
    }

    private JobSpec recordedSpec() {
        try {
            Manifest manifest = Manifest.read(directory).orElseThrow(() -> refusal("holds no " + Manifest.FILE_NAME));
            return JobSpecReader.readText(manifest.job().value(), manifest.spec(), directory);
        } catch (IOException e) {
            throw refusal("cannot be read: " + e.getMessage());
        }
    }

    private Refusal refusal(String what) {
        return new Refusal(
                directory + " cannot be evaluated with --control:",
                List.of(new Problem(
                        directory.toString(), what, "name a job's output directory, or leave out --control")));
    }
}
