package handscroll.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "events",
        description = "Prints what happened to a coordinator's job, and with --follow what happens until it is over.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll events starry-scroll --follow")
final class EventsCommand extends AtCoordinator {

    @Parameters(paramLabel = "JOB", description = "The job's name, as submit and jobs print it.")
    private String job = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Stay until the job is over.")
    private boolean follow;

    private final Set<String> told = new HashSet<>();

    @Override
    public Integer call() {
        CoordinatorClient client = client();
        String path = "/api/jobs/" + CoordinatorClient.encoded(job);
        if (!follow) {
            tellWhatWas(client, path);
            return ExitCode.DONE;
        }
        // The stream first, so that nothing falls between it and what was before.
        try (InputStream events = client.events(path + "/events")) {
            tellWhatWas(client, path);
            boolean ended = ServerEvents.read(events, event -> {
                if (event.type().equals("happened")) {
                    tell(parsed(event.data()));
                }
                return event.type().equals("ended");
            });
            if (!ended) {
                throw new CommandFailure(
                        ExitCode.OUT_OF_REACH,
                        "The coordinator at " + coordinator.address()
                                + " went away; the job continues when it is back");
            }
        } catch (IOException e) {
            throw client.outOfReach(e);
        }
        return ExitCode.DONE;
    }

    private void tellWhatWas(CoordinatorClient client, String path) {
        client.get(path + "/map").path("events").forEach(this::tell);
    }

    private void tell(JsonNode event) {
        if (!told.add(event.path("number").asText())) {
            return;
        }
        PrintWriter out = printing.out();
        // One JSON object a line: a stream has no end to close a list with.
        if (printing.isJson()) {
            out.println(event);
        } else {
            String sentence = event.path("sentence").asText();
            out.println(event.path("at").asText() + "  " + event.path("kind").asText()
                    + (sentence.isEmpty() ? "" : "  " + sentence));
        }
        out.flush();
    }

    private static JsonNode parsed(String data) {
        try {
            return CoordinatorClient.parsed(data);
        } catch (JsonProcessingException noJson) {
            throw new UncheckedIOException(noJson);
        }
    }
}
