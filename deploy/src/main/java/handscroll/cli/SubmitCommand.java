package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.typesafe.config.Config;
import handscroll.coordinator.plan.PictureReader;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.PlannedJob;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpecWriter;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "submit",
        description = "Hands a job to a coordinator, which sees the same files under the same names.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll submit config/jobs/starry-scroll.conf --to http://10.0.0.5:8080")
final class SubmitCommand extends AtCoordinator {

    @Parameters(index = "0", paramLabel = "JOB", description = "The file that says what is rendered.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private Path jobFile;

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
            names = "--priority",
            paramLabel = "N",
            description = "From 0 to 100, instead of the job's own: of jobs that wait the highest goes first.")
    private Optional<String> priority = Optional.empty();

    @Option(names = "--dry-run", description = "Say what it would take, and hand nothing in.")
    private boolean dryRun;

    @Option(names = "--wait", description = "Stay until the job is over, and end with its exit code.")
    private boolean wait;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Handed in again under the same key it is the same job, for scripts that try again.")
    private Optional<String> key = Optional.empty();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        Config config = shared.config("local.conf", Map.of());
        PictureReader pictures = PictureReader.from(config);
        JobSpec job = JobFile.read(jobFile, overrides, out, priority, pictures);
        job.texts().notes().forEach(spec.commandLine().getErr()::println);
        CliSettings settings = CliSettings.from(config);
        if (dryRun) {
            printing.print(planned(PlannedJob.dryRun(job, settings.models(), pictures)), SubmitCommand::planLines);
            return ExitCode.DONE;
        }
        CoordinatorClient client = client();
        String[] headers =
                key.map(name -> new String[] {"Idempotency-Key", name}).orElse(new String[0]);
        JsonNode answer = client.post("/api/jobs", "text/plain; charset=utf-8", JobSpecWriter.toHocon(job), headers);
        if (!wait) {
            printing.print(answer, accepted -> lines(accepted, job.model(), client));
            return ExitCode.DONE;
        }
        PrintWriter err = spec.commandLine().getErr();
        lines(answer, job.model(), client).forEach(err::println);
        return new JobWatch(client, coordinator.address(), settings)
                .toTheEnd(answer.path("job").asText(), printing.out(), err, printing.isJson());
    }

    private static JsonNode planned(Plan plan) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("widthPixels", plan.spec().canvas().widthPixels())
                .put("heightPixels", plan.spec().canvas().heightPixels())
                .put("patches", plan.patchCount())
                .put("direction", plan.direction().configName())
                .put("criticalPath", plan.criticalPath())
                .put("widestWavefront", plan.widestWavefront())
                .put("directory", plan.spec().output().directory());
    }

    private static List<String> planLines(JsonNode plan) {
        return List.of(
                plan.path("widthPixels").asInt() + " x "
                        + plan.path("heightPixels").asInt() + " px, "
                        + Figures.count(plan.path("patches").asInt()) + " patches in direction "
                        + plan.path("direction").asText() + ", critical path "
                        + Figures.count(plan.path("criticalPath").asInt()) + ", at most "
                        + Figures.count(plan.path("widestWavefront").asInt()) + " at once, into "
                        + plan.path("directory").asText(),
                "Nothing was handed in; handscroll plan says how long it takes.");
    }

    private List<String> lines(JsonNode answer, String model, CoordinatorClient client) {
        URI page = coordinator.address().resolve(answer.path("page").asText("/"));
        List<String> lines = new ArrayList<>();
        lines.add("Accepted as " + answer.path("job").asText() + "; watch it at " + page);
        whoIsMissing(model, client.get("/api/workers")).ifPresent(lines::add);
        return lines;
    }

    /** It is accepted all the same: a worker may come, and the job is not lost until then. */
    private static Optional<String> whoIsMissing(String model, JsonNode farm) {
        JsonNode workers = farm.path("workers");
        if (workers.isEmpty()) {
            return Optional.of("It waits: no worker has joined; start one with handscroll worker --join HOST:PORT");
        }
        for (JsonNode worker : workers) {
            if (worker.path("models").has(model)) {
                return Optional.empty();
            }
        }
        return Optional.of("It waits: none of the " + Figures.count(workers.size(), "worker", "workers")
                + " that joined has the model " + model + "; copy its directory there");
    }
}
