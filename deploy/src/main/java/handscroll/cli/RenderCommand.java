package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.coordinator.export.Export;
import handscroll.coordinator.export.ExportFormat;
import handscroll.coordinator.export.ExportSettings;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.StoredPicture;
import handscroll.coordinator.plan.PictureReader;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.PlannedJob;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "render",
        description = "Renders a job in this process and shows how it grows.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  handscroll render config/jobs/starry-scroll.conf --out out/scroll",
            "  handscroll render config/jobs/starry-scroll.conf seed=7 canvas.width=4096",
            "  handscroll render --resume out/scroll",
            "  handscroll render --recover out/scroll"
        })
final class RenderCommand implements Callable<Integer> {

    private static final int PNG_LEVEL = 6;

    private final Farm.Opener farms;

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "JOB", description = "The file that says what is rendered.")
    private Optional<Path> jobFile = Optional.empty();

    @Parameters(
            index = "1..*",
            paramLabel = "KEY=VALUE",
            description = "Keys of the job file with other values, for example seed=7.")
    private List<String> overrides = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the picture goes, instead of the job's output.to.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many batches are rendered at once, by default one for each processor.")
    private int workers = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description =
                    "Continue the job that was interrupted in this output directory; only what is missing is rendered.")
    private Optional<Path> resumed = Optional.empty();

    @Option(
            names = "--recover",
            paramLabel = "DIR",
            description = "Continue the job of this output directory without its journal, when that is lost or damaged:"
                    + " from manifest.json, the tokens and the tiles alone. Damaged tiles are made again.")
    private Optional<Path> recovered = Optional.empty();

    @Option(
            names = "--png",
            paramLabel = "FILE",
            description = "At the end, write the whole picture into one file, too.")
    private Optional<Path> png = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "P",
            description = "Port of the page that shows the picture; 0 takes any free one.")
    private Optional<Integer> port = Optional.empty();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print nothing but the result.")
    private boolean quiet;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    RenderCommand(Farm.Opener farms) {
        this.farms = farms;
    }

    @Override
    public Integer call() {
        if (Stream.of(jobFile, resumed, recovered).filter(Optional::isPresent).count() != 1) {
            throw wrong("name a job file, or --resume or --recover with the directory of a job, and only one of them");
        }
        if (workers < 1) {
            throw wrong("--workers is " + workers + "; at least 1 is needed");
        }
        png.ifPresent(this::checkPng);
        Map<String, Object> options = new HashMap<>();
        port.ifPresent(number -> {
            options.put(SettingNames.HTTP_PORT, number);
            options.put(SettingNames.HTTP_PORT_ATTEMPTS, 1);
        });
        Config config = shared.config("local.conf", options);
        PrintWriter err = spec.commandLine().getErr();
        if (resumed.isPresent()) {
            OutputPlace place = OutputPlace.ofInterrupted(resumed.get());
            return finish(new LocalRender(farms, config, place, workers, err, quiet).resume(), place, config);
        }
        if (recovered.isPresent()) {
            OutputPlace place = OutputPlace.ofInterrupted(recovered.get());
            err.println(new Recovery(place).prepare());
            return finish(new LocalRender(farms, config, place, workers, err, quiet).resume(), place, config);
        }
        PictureReader pictures = PictureReader.from(config);
        JobSpec job = JobFile.read(jobFile.orElseThrow(), overrides, out, pictures);
        job.texts().notes().forEach(err::println);
        refuseIfTooLarge(job, config);
        OutputPlace place = OutputPlace.ofNew(Path.of(job.output().directory()));
        PlannedJob.dryRun(job, CliSettings.from(config).models(), pictures);
        return finish(new LocalRender(farms, config, place, workers, err, quiet).render(job), place, config);
    }

    private int finish(LocalRender.Ending ending, OutputPlace place, Config config) {
        JobStatus last = ending.status();
        if (last.state() != Jobs.State.DONE) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    ProgressLine.of(Progress.of(last)) + System.lineSeparator()
                            + "What is rendered is kept; continue with: handscroll render --resume " + place.quoted());
        }
        png.ifPresent(file -> writePng(last.directory(), file, ExportSettings.from(config)));
        var summary = new RenderSummary(last, workers, ending.coordinatorTime(), png);
        spec.commandLine().getOut().println(json ? summary.json().toPrettyString() : summary.text());
        return ExitCode.DONE;
    }

    private void checkPng(Path file) {
        Path directory = file.toAbsolutePath().resolveSibling("").normalize();
        if (Files.isDirectory(file) || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw wrong("--png " + file + " cannot be written; name a file in a directory that is there");
        }
    }

    private void refuseIfTooLarge(JobSpec job, Config config) {
        if (png.isPresent() && job.canvas().isVideo()) {
            throw wrong("--png is for pictures; the job makes video.mp4 and frames");
        }
        if (png.isPresent()) {
            Pyramid pyramid = Pyramid.of(job.canvas(), Plan.TILE_PIXELS);
            Export.limit(ExportFormat.PNG, false, pyramid, ExportSettings.from(config))
                    .ifPresent(problem -> {
                        throw new Refusal("The picture cannot become one PNG file:", List.of(problem));
                    });
        }
    }

    private static void writePng(Path directory, Path file, ExportSettings settings) {
        var export = new Export(ExportFormat.PNG, file.toAbsolutePath(), Optional.empty(), PNG_LEVEL, Optional.empty());
        try (StoredPicture picture = StoredPicture.open(directory)
                .orElseThrow(() -> new IOException("there is no " + Manifest.FILE_NAME + " in " + directory))) {
            export.check(picture, settings);
            export.run(picture, settings, (done, all) -> {});
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "The picture in " + directory + " is whole, but " + file + " cannot be written: " + e.getMessage());
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
