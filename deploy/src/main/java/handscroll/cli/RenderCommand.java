package handscroll.cli;

import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.coordinator.output.OutputSettings;
import handscroll.coordinator.output.PngExport;
import handscroll.coordinator.plan.DryRun;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * A whole farm for one job:
 *
 * <pre>
 *   check the job ─▶ open the farm ─▶ submit, or find the job that is there ─▶ follow ─▶ say where the time went
 *   (exit 2)                                                        Ctrl-C: drain, and say how to continue (130)
 * </pre>
 */
@Command(
        name = "render",
        description = "Renders a job in this process and shows how it grows.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  handscroll render config/jobs/starry-scroll.conf --out out/scroll",
            "  handscroll render config/jobs/starry-scroll.conf seed=7 canvas.width=4096",
            "  handscroll render --resume out/scroll"
        })
final class RenderCommand implements Callable<Integer> {

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
        if (resumed.isPresent() == jobFile.isPresent()) {
            throw wrong("name a job file, or --resume with the directory of a job, and not both");
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
        CliSettings settings = CliSettings.from(config);
        OutputPlace place;
        Optional<JobSpec> job;
        if (resumed.isPresent()) {
            place = OutputPlace.ofInterrupted(resumed.get());
            job = Optional.empty();
        } else {
            JobSpec checked = JobFile.read(jobFile.orElseThrow(), overrides, out);
            place = OutputPlace.ofNew(Path.of(checked.output().directory()));
            DryRun.of(checked, settings.models());
            job = Optional.of(checked);
        }
        Logs.to(place.state());
        return render(config, settings, place, job);
    }

    private int render(Config config, CliSettings settings, OutputPlace place, Optional<JobSpec> job) {
        PrintWriter err = spec.commandLine().getErr();
        try (Farm farm = farms.open(new FarmOptions(config, true, workers, place.state(), Optional.empty()))) {
            Runnable stop = () -> {
                farm.drain(settings.drainPatience());
                farm.close();
                err.println();
                err.println("interrupted; continue with: handscroll render --resume " + place.quoted());
                err.flush();
            };
            try (Interruption interruption = Interruption.calls(stop)) {
                try {
                    JobId id = job.isPresent() ? submit(farm, job.get(), settings) : takeUp(farm, place, settings);
                    if (!quiet) {
                        err.println("Watch it grow at " + farm.viewer(id));
                    }
                    JobStatus last = follow(farm, id, settings, err);
                    interruption.gate();
                    Duration coordinatorTime = CoordinatorCost.soFar();
                    return finish(last, place, coordinatorTime, OutputSettings.from(config));
                } catch (Refusal refused) {
                    interruption.gate();
                    if (job.isPresent()) {
                        place.undo();
                    }
                    throw refused;
                } finally {
                    interruption.gate();
                }
            }
        }
    }

    private JobId submit(Farm farm, JobSpec job, CliSettings settings) {
        Jobs.Submission submission = Waiting.on(AskPattern.<Jobs.Command, Jobs.Submission>ask(
                farm.jobs(), replyTo -> new Jobs.Submit(job, replyTo), settings.answerPatience(), farm.scheduler()));
        if (submission instanceof Jobs.Rejected rejected) {
            throw new Refusal(job.name() + " cannot be rendered:", rejected.problems());
        }
        return ((Jobs.Accepted) submission).job();
    }

    /** The coordinator took up an open job by itself when it started; one that was paused or failed has to be told. */
    private JobId takeUp(Farm farm, OutputPlace place, CliSettings settings) {
        Duration patience = settings.answerPatience();
        List<JobStatus> there = Waiting.on(AskPattern.<Jobs.Command, List<JobStatus>>ask(
                farm.jobs(), Jobs.ListJobs::new, patience, farm.scheduler()));
        JobStatus status = there.stream()
                .reduce((first, second) -> second)
                .orElseThrow(() -> place.refusal("holds no job that was accepted", "render the job file again"));
        boolean waits = status.state() == Jobs.State.PAUSED
                || status.state() == Jobs.State.FAILED
                || status.state() == Jobs.State.CANCELLED;
        if (waits) {
            CompletionStage<Jobs.Answer> asked = AskPattern.ask(
                    farm.jobs(), replyTo -> new Jobs.Resume(status.job(), replyTo), patience, farm.scheduler());
            Jobs.Answer answer = Waiting.on(asked);
            if (!answer.done()) {
                throw new CommandFailure(ExitCode.FAILED, answer.message());
            }
        }
        return status.job();
    }

    private JobStatus follow(Farm farm, JobId id, CliSettings settings, PrintWriter err) {
        var report = new ProgressReport(err, ProgressReport.terminalColumns(), settings, System::nanoTime);
        var outcome = new CompletableFuture<JobStatus>();
        CompletionStage<JobStatus> followed = farm.follow(id, event -> {
            if (event instanceof Jobs.Moved moved) {
                if (!quiet) {
                    report.show(Progress.of(moved.status()));
                }
                // Nobody is here to resume it, so a pause is an end.
                if (moved.status().state() == Jobs.State.PAUSED) {
                    outcome.complete(moved.status());
                }
            }
        });
        followed.whenComplete((last, failure) -> {
            if (failure != null) {
                outcome.completeExceptionally(failure);
            } else {
                outcome.complete(last);
            }
        });
        farm.ended()
                .whenComplete((nothing, failure) -> outcome.completeExceptionally(new CommandFailure(
                        ExitCode.FAILED,
                        "The farm ended before the job did"
                                + (failure == null ? "" : ": " + failure.getMessage())
                                + "; the log " + Logs.file() + " has the details")));
        try {
            return Waiting.on(outcome);
        } finally {
            report.end();
        }
    }

    private int finish(JobStatus last, OutputPlace place, Duration coordinatorTime, OutputSettings outputSettings) {
        PrintWriter print = spec.commandLine().getOut();
        if (last.state() != Jobs.State.DONE) {
            String name = last.name();
            String how = ProgressLine.of(Progress.of(last));
            throw new CommandFailure(
                    ExitCode.FAILED,
                    how + System.lineSeparator() + "What is rendered is kept; continue " + name
                            + " with: handscroll render --resume " + place.quoted());
        }
        png.ifPresent(file -> writePng(last.directory(), file, outputSettings));
        var summary = new RenderSummary(last, workers, coordinatorTime, png);
        print.println(json ? summary.json().toPrettyString() : summary.text());
        return ExitCode.DONE;
    }

    private void checkPng(Path file) {
        Path directory = file.toAbsolutePath().resolveSibling("").normalize();
        if (Files.isDirectory(file) || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw wrong("--png " + file + " cannot be written; name a file in a directory that is there");
        }
    }

    private static void writePng(Path directory, Path file, OutputSettings settings) {
        try {
            PngExport.write(directory, file.toAbsolutePath(), settings);
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
