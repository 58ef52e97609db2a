package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done to a coordinator's job. None of it loses what was rendered, so none of it asks twice. */
final class JobVerbs {

    private abstract static class Verb extends AtCoordinator {

        @Parameters(arity = "1..*", paramLabel = "JOB", description = "Names of jobs, as submit and jobs print them.")
        private List<String> jobs = List.of();

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
        private CommandSpec spec;

        /** The first that is refused ends it: what stands before it is done, and was said. */
        @Override
        public Integer call() {
            CoordinatorClient client = client();
            for (String job : jobs) {
                JsonNode answer = client.post("/api/jobs/" + CoordinatorClient.encoded(job) + "/" + spec.name());
                printing.print(answer, news -> List.of(news.path("message").asText()));
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "pause",
            description = "Stops handing out patches of a job; what is rendered stays, and resume goes on.",
            footerHeading = "%nExample:%n",
            footer = "  handscroll pause starry-scroll")
    static final class Pause extends Verb {}

    @Command(
            name = "resume",
            description = "Goes on with a job that was paused, failed or cancelled, where it was.",
            footerHeading = "%nExample:%n",
            footer = "  handscroll resume starry-scroll")
    static final class Resume extends Verb {}

    @Command(
            name = "cancel",
            description = "Ends a job; what is rendered stays, and resume takes it up again.",
            footerHeading = "%nExample:%n",
            footer = "  handscroll cancel starry-scroll")
    static final class Cancel extends Verb {}

    @Command(
            name = "retry",
            description = "Tries the patches of a job again that were given up; a job that failed is resumed.",
            footerHeading = "%nExample:%n",
            footer = "  handscroll retry starry-scroll")
    static final class Retry extends Verb {}

    @Command(
            name = "skip",
            description = {
                "Goes on with a job that failed or is paused, with placeholders for patches that were given up, so that",
                "what reads them can be rendered. Each token of a placeholder is the most common one of what is there."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  handscroll skip starry-scroll", "  handscroll skip starry-scroll 20,3"})
    static final class Skip extends AtCoordinator {

        @Parameters(index = "0", paramLabel = "JOB", description = "The job's name, as submit and jobs print it.")
        private String job = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "PATCH",
                description = "COLUMN,ROW or STAGE/COLUMN,ROW; all that were given up where it is left out.")
        private Optional<String> patch = Optional.empty();

        @Override
        public Integer call() {
            String query = patch.map(name -> "?patch=" + CoordinatorClient.encoded(name))
                    .orElse("");
            JsonNode answer = client().post("/api/jobs/" + CoordinatorClient.encoded(job) + "/skip" + query);
            printing.print(answer, news -> List.of(news.path("message").asText()));
            return ExitCode.DONE;
        }
    }

    private JobVerbs() {}
}
