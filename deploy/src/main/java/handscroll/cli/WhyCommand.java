package handscroll.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "why",
        description = "Says why a coordinator's job, or one patch of it, does not go on, and what to do.",
        footerHeading = "%nExample:%n",
        footer = {"  handscroll why starry-scroll", "  handscroll why starry-scroll decode/3,1"})
final class WhyCommand extends AtCoordinator {

    @Parameters(index = "0", paramLabel = "JOB", description = "The job's name, as submit and jobs print it.")
    private String job = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PATCH",
            description = "COLUMN,ROW of a patch of the canvas, or STAGE/COLUMN,ROW of any stage's.")
    private Optional<String> patch = Optional.empty();

    @Override
    public Integer call() {
        String query =
                patch.map(name -> "?patch=" + CoordinatorClient.encoded(name)).orElse("");
        printing.print(client().get("/api/jobs/" + CoordinatorClient.encoded(job) + "/why" + query), WhyText::lines);
        return ExitCode.DONE;
    }
}
