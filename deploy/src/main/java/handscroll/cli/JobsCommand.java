package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "jobs",
        description = "Lists the jobs of a coordinator.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll jobs --to http://10.0.0.5:8080")
final class JobsCommand extends AtCoordinator {

    @Option(names = "--state", paramLabel = "STATES", description = "Only these, for example rendering,paused.")
    private Optional<String> states = Optional.empty();

    @Option(names = "--find", paramLabel = "TEXT", description = "Only those whose name contains it.")
    private Optional<String> text = Optional.empty();

    @Override
    public Integer call() {
        CoordinatorClient client = client();
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
        if (answer.path("jobs").isEmpty()) {
            return List.of("No jobs at " + coordinator.address() + ".");
        }
        Table table = new Table(Set.of(2, 3));
        table.row("job", "state", "patches", "priority", "");
        for (JsonNode job : answer.path("jobs")) {
            Progress progress = Progress.of(job);
            table.row(
                    job.path("job").asText(),
                    job.path("state").asText(),
                    progress.stages().isEmpty() ? "" : ProgressLine.ratio(progress.patches()),
                    job.path("over").asBoolean() ? "" : job.path("priority").asText(),
                    news(
                            progress,
                            Duration.ofMillis(
                                    Math.round(1000 * job.path("elapsedSeconds").asDouble()))));
        }
        return table.lines("");
    }

    private static String news(Progress progress, Duration elapsed) {
        return switch (progress.state()) {
            case RENDERING -> ProgressLine.pace(progress);
            case DONE ->
                (elapsed.isZero() ? "" : "in " + Figures.time(elapsed)) + ProgressLine.withPlaceholders(progress);
            default -> progress.cause().orElse("");
        };
    }
}
