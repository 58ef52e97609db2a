package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command prints what it found out: lines for people, JSON for programs. */
final class Printing {

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec command;

    boolean isJson() {
        return json;
    }

    PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** @param lines of the answer for people */
    void print(JsonNode answer, Function<JsonNode, List<String>> lines) {
        if (json) {
            out().println(answer.toPrettyString());
        } else {
            lines.apply(answer).forEach(out()::println);
        }
    }
}
