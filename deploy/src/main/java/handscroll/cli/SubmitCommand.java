package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import handscroll.protocol.job.JobSpecWriter;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "submit",
        description = "Hands a job to a coordinator, which sees the same files under the same names.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll submit config/jobs/starry-scroll.conf --to http://10.0.0.5:8080")
final class SubmitCommand implements Callable<Integer> {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Mixin
    private CoordinatorAddress coordinator = new CoordinatorAddress();

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

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        CliSettings settings = CliSettings.from(shared.config("local.conf", Map.of()));
        String text = JobSpecWriter.toHocon(JobFile.read(jobFile, overrides, out));
        JsonNode accepted = coordinator.client(settings).post("/api/jobs", "text/plain; charset=utf-8", text);
        PrintWriter print = spec.commandLine().getOut();
        if (json) {
            print.println(accepted.toPrettyString());
        } else {
            URI page = coordinator.address().resolve(accepted.path("page").asText("/"));
            print.println("Accepted as " + accepted.path("job").asText() + "; watch it at " + page);
        }
        return ExitCode.DONE;
    }
}
