package handscroll.cli;

import handscroll.coordinator.job.Jobs.State;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "watch",
        description = "Shows how a coordinator's job moves until it is over, and ends with its exit code.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll watch starry-scroll --to http://10.0.0.5:8080")
final class WatchCommand implements Callable<Integer> {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Mixin
    private CoordinatorAddress coordinator = new CoordinatorAddress();

    @Parameters(paramLabel = "JOB", description = "The job's name, as submit and jobs print it.")
    private String job = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        CliSettings settings = CliSettings.from(shared.config("local.conf", Map.of()));
        CoordinatorClient client = coordinator.client(shared);
        PrintWriter err = spec.commandLine().getErr();
        var report = new ProgressReport(err, ProgressReport.terminalColumns(), settings, System::nanoTime);
        try (var events = new BufferedReader(
                new InputStreamReader(client.events("/api/jobs/" + job + "/events"), StandardCharsets.UTF_8))) {
            String type = "";
            String data = "";
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                if (line.startsWith("event:")) {
                    type = line.substring("event:".length()).strip();
                } else if (line.startsWith("data:")) {
                    data = line.substring("data:".length());
                } else if (line.isEmpty()) {
                    if (type.equals("ended")) {
                        return ended(Progress.of(CoordinatorClient.parsed(data)), report);
                    }
                    if (type.equals("status")) {
                        report.show(Progress.of(CoordinatorClient.parsed(data)));
                    }
                    type = "";
                    data = "";
                }
            }
            report.end();
            throw new CommandFailure(
                    ExitCode.OUT_OF_REACH,
                    "The coordinator at " + coordinator.address() + " went away; the job continues when it is back");
        } catch (IOException e) {
            report.end();
            throw client.outOfReach(e);
        }
    }

    private int ended(Progress last, ProgressReport report) {
        report.end();
        spec.commandLine().getOut().println(ProgressLine.of(last));
        return last.state() == State.DONE ? ExitCode.DONE : ExitCode.FAILED;
    }
}
