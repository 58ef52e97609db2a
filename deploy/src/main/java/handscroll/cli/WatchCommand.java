package handscroll.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "watch",
        description = "Shows how a coordinator's job moves until it is over, and ends with its exit code.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll watch starry-scroll --to http://10.0.0.5:8080")
final class WatchCommand extends AtCoordinator {

    @Parameters(paramLabel = "JOB", description = "The job's name, as submit and jobs print it.")
    private String job = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        CliSettings settings = CliSettings.from(shared.config("local.conf", Map.of()));
        return new JobWatch(client(), coordinator.address(), settings)
                .toTheEnd(job, printing.out(), spec.commandLine().getErr(), printing.isJson());
    }
}
