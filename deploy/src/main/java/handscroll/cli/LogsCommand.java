package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = {
            "Prints what a coordinator has logged lately, and with --follow what it logs until Ctrl-C.",
            "A worker's log is on its own machine; it says where when it starts."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  handscroll logs starry-scroll", "  handscroll logs --level warn --follow --to http://10.0.0.5:8080"
        })
final class LogsCommand extends AtCoordinator {

    private static final long LOOK_AGAIN_MILLIS = 1000;

    private enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    @Parameters(
            paramLabel = "TEXT",
            arity = "0..1",
            description = "Only entries that contain this, like the name of a job or of a worker.")
    private Optional<String> text = Optional.empty();

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            defaultValue = "INFO",
            description =
                    "Only entries of this level and above: ${COMPLETION-CANDIDATES}; by default ${DEFAULT-VALUE}.")
    private Level level = Level.INFO;

    @Option(
            names = {"-n", "--entries"},
            paramLabel = "N",
            defaultValue = "100",
            description = "The latest N entries, by default ${DEFAULT-VALUE}.")
    private int entries;

    @Option(
            names = {"-f", "--follow"},
            description = "Stay, and print what is logged from now on.")
    private boolean follow;

    @Override
    public Integer call() throws InterruptedException {
        CoordinatorClient client = client();
        String wish = "/api/logs?level=" + level + "&entries=" + entries
                + text.map(wanted -> "&find=" + CoordinatorClient.encoded(wanted))
                        .orElse("");
        JsonNode answer = client.get(wish);
        print(answer);
        while (follow) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
            answer = client.get(wish + "&after=" + answer.path("next").asLong());
            print(answer);
        }
        return ExitCode.DONE;
    }

    private void print(JsonNode answer) {
        PrintWriter out = printing.out();
        // One JSON string a line: what is followed has no end to close a list with.
        answer.path("entries").forEach(entry -> out.println(printing.isJson() ? entry : entry.asText()));
        out.flush();
    }
}
