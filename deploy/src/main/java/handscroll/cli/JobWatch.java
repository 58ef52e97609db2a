package handscroll.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import handscroll.coordinator.job.Jobs.State;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Follows a coordinator's job until it is over, and ends with its exit code. */
final class JobWatch {

    private final CoordinatorClient client;
    private final URI address;
    private final CliSettings settings;

    JobWatch(CoordinatorClient client, URI address, CliSettings settings) {
        this.client = client;
        this.address = address;
        this.settings = settings;
    }

    /** @param json the last status is printed whole, and nothing on the way */
    int toTheEnd(String job, PrintWriter out, PrintWriter err, boolean json) {
        var report = new ProgressReport(err, ProgressReport.terminalColumns(), settings, System::nanoTime);
        List<JsonNode> ends = new ArrayList<>();
        try (InputStream events = client.events("/api/jobs/" + CoordinatorClient.encoded(job) + "/events")) {
            ServerEvents.read(events, event -> {
                if (event.type().equals("ended")) {
                    ends.add(parsed(event.data()));
                } else if (event.type().equals("status") && !json) {
                    report.show(Progress.of(parsed(event.data())));
                }
                return event.type().equals("ended");
            });
            report.end();
            if (ends.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.OUT_OF_REACH,
                        "The coordinator at " + address + " went away; the job continues when it is back");
            }
        } catch (IOException e) {
            report.end();
            throw client.outOfReach(e);
        }
        JsonNode last = ends.get(0);
        Progress end = Progress.of(last);
        out.println(json ? last.toPrettyString() : ProgressLine.of(end));
        return end.state() == State.DONE ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static JsonNode parsed(String data) {
        try {
            return CoordinatorClient.parsed(data);
        } catch (JsonProcessingException noJson) {
            throw new UncheckedIOException(noJson);
        }
    }
}
