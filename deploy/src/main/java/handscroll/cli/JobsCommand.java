package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Option(names = "--state", paramLabel = "STATES", description = "Only these, for example rendering,paused.")
    private Optional<String> states = Optional.empty();

    @Option(names = "--find", paramLabel = "TEXT", description = "Only those whose name contains it.")
    private Optional<String> text = Optional.empty();

    @Override
    public Integer call() {
        CoordinatorClient client = coordinator.client(shared);
        String query = states.map(wanted -> "&state=" + CoordinatorClient.encoded(wanted))
                        .orElse("")
                + text.map(wanted -> "&q=" + CoordinatorClient.encoded(wanted)).orElse("");
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        ArrayNode jobs = all.putArray("jobs");
        Optional<String> cursor = Optional.of("");
        while (cursor.isPresent()) {
            String from = cursor.get().isEmpty() ? "" : "cursor=" + cursor.get();
            JsonNode page = client.get("/api/jobs?" + from + query);
            page.path("jobs").forEach(jobs::add);
            cursor = Optional.ofNullable(page.path("next").textValue());
        }
        printing.print(all, this::lines);
        return ExitCode.DONE;
    }

    private List<String> lines(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        for (JsonNode job : answer.path("jobs")) {
            String priority = job.path("over").asBoolean()
                    ? ""
                    : "priority " + job.path("priority").asInt() + "  ";
            lines.add(job.path("job").asText() + "  " + priority + ProgressLine.of(Progress.of(job)));
        }
        return lines.isEmpty() ? List.of("No jobs at " + coordinator.address() + ".") : lines;
    }
}
