package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done to a coordinator's job. None of it loses a patch that was rendered, so none of it asks twice. */
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
                JsonNode answer =
                        client.post("/api/jobs/" + CoordinatorClient.encoded(job) + "/" + spec.name() + query());
                printing.print(answer, news -> List.of(news.path("message").asText()));
            }
            return ExitCode.DONE;
        }

        /** What the verb is told beside the job's name. */
        String query() {
            return "";
        }
    }

    @Command(
            name = "pause",
            description = {
                "Stops handing out patches of a job. Workers finish what they hold of it; what is rendered stays, and resume",
                "goes on."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  handscroll pause starry-scroll", "  handscroll pause --now starry-scroll"})
    static final class Pause extends Verb {

        @Option(
                names = "--now",
                description = "Takes back what workers hold of it, also of a job that is being paused already;"
                        + " nobody is to blame, and it is rendered again after resume.")
        private boolean now;

        @Override
        String query() {
            return now ? "?now=true" : "";
        }
    }

    @Command(
            name = "resume",
            description = "Goes on with a job that was paused, failed or cancelled, where it was.",
            footerHeading = "%nExample:%n",
            footer = "  handscroll resume starry-scroll")
    static final class Resume extends Verb {}

    @Command(
            name = "cancel",
            description = "Ends a job; what is rendered stays, and resume takes it up again.",
            footerHeading = "%nExamples:%n",
            footer = {"  handscroll cancel starry-scroll", "  handscroll cancel --delete starry-scroll"})
    static final class Cancel extends Verb {

        @Option(
                names = "--delete",
                description =
                        "Deletes its tiles and what was made of them, also of a job that was cancelled before or has"
                                + " failed. Its manifest and its tokens stay, so resume makes the tiles again.")
        private boolean deletes;

        @Override
        String query() {
            return deletes ? "?delete=true" : "";
        }
    }

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
