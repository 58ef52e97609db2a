package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "jobs",
        description = "Lists the jobs of a coordinator.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll jobs --to http://10.0.0.5:8080")
final class JobsCommand implements Callable<Integer> {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Mixin
    private CoordinatorAddress coordinator = new CoordinatorAddress();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        CliSettings settings = CliSettings.from(shared.config("local.conf", Map.of()));
        JsonNode answer = coordinator.client(settings).get("/api/jobs");
        PrintWriter print = spec.commandLine().getOut();
        if (json) {
            print.println(answer.toPrettyString());
            return ExitCode.DONE;
        }
        for (JsonNode job : answer.path("jobs")) {
            print.println(job.path("job").asText() + "  " + ProgressLine.of(Progress.of(job)));
        }
        if (answer.path("jobs").isEmpty()) {
            print.println("No jobs at " + coordinator.address() + ".");
        }
        return ExitCode.DONE;
    }
}
