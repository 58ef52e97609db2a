package handscroll.coordinator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The words of the API. Field names are written out here and nowhere else, because scripts rely on
 * them: renaming a record must not rename a field. Times are seconds, what is unknown is null.
 */
final class JobJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static ObjectNode status(JobStatus status) {
        var spec = status.spec();
        ObjectNode json = object();
        json.put("job", status.job().value());
        json.put("name", status.name());
        json.put("state", status.state().name().toLowerCase(Locale.ROOT));
        json.put("over", status.state().isOver());
        json.put("task", spec.task().configName());
        json.put("model", spec.model());
        json.put("direction", spec.direction());
        // Beyond 2^53 a number would lose its last digits in a browser.
        json.put("seed", Long.toString(spec.seed()));
        json.putObject("canvas")
                .put("widthPixels", spec.canvas().widthPixels())
                .put("heightPixels", spec.canvas().heightPixels())
                .put("frameCount", spec.canvas().frameCount());
        json.putObject("tiles")
                .put("columns", status.tileColumns())
                .put("rows", status.tileRows())
                .put("pixels", status.tilePixels())
                .put("encoding", spec.output().tiles().extension());
        ArrayNode stages = json.putArray("stages");
        for (Jobs.StageProgress stage : status.stages()) {
            stages.addObject()
                    .put("name", stage.name())
                    .put("cellCount", stage.cellCount())
                    .put("renderedCount", stage.renderedCount())
                    .put("leasedCount", stage.leasedCount())
                    .put("readyCount", stage.readyCount());
        }
        json.put("criticalPath", status.criticalPath());
        json.put("directory", status.directory().toString());
        json.put("accepted", status.accepted().toString());
        json.put("elapsedSeconds", seconds(status.elapsed()));
        putSeconds(json, "remainingSeconds", status.remaining());
        putSeconds(json, "boundSeconds", status.bound());
        json.put("patchesPerSecond", status.patchesPerSecond());
        json.put("workerCount", status.workerCount());
        json.putObject("work")
                .put("samplingSeconds", seconds(status.work().sampling()))
                .put("decodingSeconds", seconds(status.work().decoding()))
                .put("encodingSeconds", seconds(status.work().encoding()))
                .put("statesFound", status.work().statesFound())
                .put("statesMade", status.work().statesMade())
                .put("slotSeconds", seconds(status.slotTime()));
        status.cause().ifPresentOrElse(cause -> json.put("cause", cause), () -> json.putNull("cause"));
        return json;
    }

    static ObjectNode jobs(List<JobStatus> statuses) {
        ObjectNode json = object();
        ArrayNode jobs = json.putArray("jobs");
        statuses.forEach(status -> jobs.add(status(status)));
        return json;
    }

    static ObjectNode tile(Jobs.TileStored tile) {
        return object().put("level", tile.level()).put("column", tile.column()).put("row", tile.row());
    }

    static ObjectNode accepted(JobId job) {
        return object().put("job", job.value()).put("page", "/jobs/" + job);
    }

    static ObjectNode problems(List<Problem> problems) {
        ObjectNode json = error("The job cannot be rendered; nothing was submitted.");
        ArrayNode list = json.putArray("problems");
        for (Problem problem : problems) {
            list.addObject()
                    .put("where", problem.where())
                    .put("what", problem.what())
                    .put("remedy", problem.remedy());
        }
        return json;
    }

    static ObjectNode answer(Jobs.Answer answer) {
        return object().put("done", answer.done()).put("message", answer.message());
    }

    static ObjectNode error(String sentence) {
        return object().put("error", sentence);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static String text(ObjectNode json) {
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of plain values could not be written", impossible);
        }
    }

    private static void putSeconds(ObjectNode json, String field, Optional<Duration> duration) {
        duration.ifPresentOrElse(known -> json.put(field, seconds(known)), () -> json.putNull(field));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private JobJson() {}
}
