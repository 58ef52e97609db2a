package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "workers",
        description =
                "Lists the workers of a coordinator, with those it refused; drains or blocks one and gives it back.",
        subcommands = {
            WorkersCommand.Drain.class,
            WorkersCommand.Undrain.class,
            WorkersCommand.Block.class,
            WorkersCommand.Unblock.class
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  handscroll workers --to http://10.0.0.5:8080",
            "  handscroll workers drain 4711-1a2b3c4d --to http://10.0.0.5:8080"
        })
final class WorkersCommand extends AtCoordinator {

    @Override
    public Integer call() {
        printing.print(client().get("/api/workers"), WorkersText::lines);
        return ExitCode.DONE;
    }

    /** A verb on one worker. */
    private abstract static class Verb extends AtCoordinator {

        @Parameters(paramLabel = "ID", description = "The worker's name, as workers prints it.")
        private String worker = "";

        @ParentCommand
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
        private WorkersCommand workers;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
        private CommandSpec spec;

        @Override
        public Integer call() {
            // Options may stand before the verb too, and must not be passed over: it would drain a worker elsewhere.
            SharedOptions told = shared.configFile.isPresent() ? shared : workers.shared;
            CoordinatorAddress addressed =
                    spec.commandLine().getParseResult().hasMatchedOption("--to") ? coordinator : workers.coordinator;
            JsonNode answer = addressed
                    .client(told)
                    .post("/api/workers/" + CoordinatorClient.encoded(worker) + "/" + spec.name() + query());
            (workers.printing.isJson() ? workers.printing : printing)
                    .print(answer, news -> List.of(news.path("message").asText()));
            return ExitCode.DONE;
        }

        /** What the verb is told beside the worker's name. */
        String query() {
            return "";
        }
    }

    @Command(
            name = "drain",
            description = {
                "Lets a worker finish what it holds and gives it nothing more, so that it can be ended without loss.",
                "It stays so until undrain, or until the worker is started anew."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  handscroll workers drain 4711-1a2b3c4d",
                "  handscroll workers drain 4711-1a2b3c4d --by 10m",
                "  handscroll workers drain 4711-1a2b3c4d --now"
            })
    static final class Drain extends Verb {

        @ArgGroup
        private Until until = new Until();

        /** How long the worker may finish what it holds; as long as it takes where nothing is said. */
        private static final class Until {

            @Option(names = "--now", description = "Its patches go to others at once.")
            private boolean now;

            @Option(
                    names = "--by",
                    paramLabel = "TIME",
                    description = "What it has not finished in this time goes to others, e.g. 90s, 10m or 2h.")
            private Optional<String> by = Optional.empty();
        }

        @Override
        String query() {
            if (until.now) {
                return "?within=0";
            }
            return until.by.map(time -> "?within=" + seconds(time)).orElse("");
        }

        private long seconds(String time) {
            try {
                return Duration.parse("PT" + time).toSeconds();
            } catch (DateTimeParseException e) {
                throw new CommandFailure(
                        ExitCode.REFUSED, "--by " + time + " is no time; write 90s, 10m or 2h, or 1h30m");
            }
        }
    }

    @Command(
            name = "undrain",
            description = "Gives a drained worker patches again.",
            footerHeading = "%nExample:%n",
            footer = "  handscroll workers undrain 4711-1a2b3c4d")
    static final class Undrain extends Verb {}

    @Command(
            name = "block",
            description = {
                "Takes back what a worker holds and gives it nothing more. What failed on it no longer counts against the",
                "patches. It stays so until unblock, or until the worker or the coordinator is started anew."
            },
            footerHeading = "%nExample:%n",
            footer = "  handscroll workers block 4711-1a2b3c4d")
    static final class Block extends Verb {}

    @Command(
            name = "unblock",
            description = "Gives a blocked worker patches again, also one that was found to be to blame.",
            footerHeading = "%nExample:%n",
            footer = "  handscroll workers unblock 4711-1a2b3c4d")
    static final class Unblock extends Verb {}
}
