package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
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
        name = "why",
        description = "Says why a coordinator's job, or one patch of it, does not go on, and what to do.",
        footerHeading = "%nExample:%n",
        footer = {"  handscroll why starry-scroll", "  handscroll why starry-scroll decode/3,1"})
final class WhyCommand implements Callable<Integer> {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Mixin
    private CoordinatorAddress coordinator = new CoordinatorAddress();

    @Parameters(index = "0", paramLabel = "JOB", description = "The job's name, as submit and jobs print it.")
    private String job = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PATCH",
            description = "COLUMN,ROW of a patch of the canvas, or STAGE/COLUMN,ROW of any stage's.")
    private Optional<String> patch = Optional.empty();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        CliSettings settings = CliSettings.from(shared.config("local.conf", Map.of()));
        String query =
                patch.map(name -> "?patch=" + CoordinatorClient.encoded(name)).orElse("");
        JsonNode answer =
                coordinator.client(settings).get("/api/jobs/" + CoordinatorClient.encoded(job) + "/why" + query);
        PrintWriter print = spec.commandLine().getOut();
        if (json) {
            print.println(answer.toPrettyString());
        } else {
            WhyText.lines(answer).forEach(print::println);
        }
        return ExitCode.DONE;
    }
}
