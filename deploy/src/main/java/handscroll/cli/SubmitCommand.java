package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import handscroll.coordinator.plan.PictureReader;
import handscroll.protocol.job.JobSpecWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "submit",
        description = "Hands a job to a coordinator, which sees the same files under the same names.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll submit config/jobs/starry-scroll.conf --to http://10.0.0.5:8080")
final class SubmitCommand implements Callable<Integer> {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Mixin
    private CoordinatorAddress coordinator = new CoordinatorAddress();

    @Parameters(index = "0", paramLabel = "JOB", description = "The file that says what is rendered.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private Path jobFile;

    @Parameters(
            index = "1..*",
            paramLabel = "KEY=VALUE",
            description = "Keys of the job file with other values, for example seed=7.")
    private List<String> overrides = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the picture goes, instead of the job's output.to.")
    private Optional<Path> out = Optional.empty();

    @Mixin
    private Printing printing = new Printing();

    @Override
    public Integer call() {
        PictureReader pictures = PictureReader.from(shared.config("local.conf", Map.of()));
        String text = JobSpecWriter.toHocon(JobFile.read(jobFile, overrides, out, pictures));
        printing.print(coordinator.client(shared).post("/api/jobs", "text/plain; charset=utf-8", text), this::accepted);
        return ExitCode.DONE;
    }

    private List<String> accepted(JsonNode answer) {
        URI page = coordinator.address().resolve(answer.path("page").asText("/"));
        return List.of("Accepted as " + answer.path("job").asText() + "; watch it at " + page);
    }
}
