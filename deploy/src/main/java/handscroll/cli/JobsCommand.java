package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

    @Mixin
    private Printing printing = new Printing();

    @Override
    public Integer call() {
        printing.print(coordinator.client(shared).get("/api/jobs"), this::lines);
        return ExitCode.DONE;
    }

    private List<String> lines(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        for (JsonNode job : answer.path("jobs")) {
            lines.add(job.path("job").asText() + "  " + ProgressLine.of(Progress.of(job)));
        }
        return lines.isEmpty() ? List.of("No jobs at " + coordinator.address() + ".") : lines;
    }
}
