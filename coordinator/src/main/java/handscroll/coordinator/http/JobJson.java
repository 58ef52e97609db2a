package handscroll.coordinator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.Problem;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The words of the API. Field names are written out here and nowhere else, because scripts rely on
 * them: renaming a record must not rename a field. Times are seconds, what is unknown is null.
 */
final class JobJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final Pattern FIELD = Pattern.compile("[\\w-]+(\\.[\\w-]+)*(\\[[0-9]+])?");

    static ObjectNode status(JobStatus status) {
        var spec = status.spec();
        ObjectNode json = object();
        json.put("job", status.job().value());
        json.put("name", status.name());
        json.put("state", word(status.state()));
        json.put("over", status.state().isOver());
        json.put("task", spec.task().configName());
        json.put("model", spec.model());
        json.put("direction", spec.direction());
        json.put("priority", spec.priority());
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
        json.put("placeholderCount", status.placeholderCount());
        json.putObject("work")
                .put("samplingSeconds", seconds(status.work().sampling()))
                .put("decodingSeconds", seconds(status.work().decoding()))
                .put("encodingSeconds", seconds(status.work().encoding()))
                .put("statesFound", status.work().statesFound())
                .put("statesMade", status.work().statesMade())
                .put("slotSeconds", seconds(status.slotTime()))
                .put("lostSeconds", seconds(status.tally().lost()))
                .put("awaitingContextSeconds", seconds(status.tally().awaitingContext()))
                .put("returnedCount", status.tally().returnedCount())
                .put("copiedSeconds", seconds(status.tally().copied()))
                .put("disputedCount", status.tally().disputedCount());
        status.cause().ifPresentOrElse(cause -> json.put("cause", cause), () -> json.putNull("cause"));
        return json;
    }

    static ObjectNode jobs(JobList.Page page) {
        ObjectNode json = object();
        ArrayNode jobs = json.putArray("jobs");
        page.jobs().forEach(status -> jobs.add(status(status)));
        page.next().ifPresentOrElse(next -> json.put("next", next), () -> json.putNull("next"));
        json.put("matchingCount", page.matchingCount());
        ObjectNode counts = json.putObject("counts");
        for (Jobs.State state : Jobs.State.values()) {
            counts.put(word(state), page.counts().getOrDefault(state, 0));
        }
        return json;
    }

    static ObjectNode tile(Jobs.TileStored tile) {
        return object().put("level", tile.level()).put("column", tile.column()).put("row", tile.row());
    }

    static ObjectNode happened(Jobs.Happened event) {
        return object().put("number", Long.toString(event.number()))
                .put("at", event.at().toString())
                .put("kind", event.kind())
                .put("sentence", event.sentence());
    }

    /** Each cell as numbers: stage, index, state, worker, attempt, time, seam. */
    static ObjectNode cells(Jobs.CellsChanged changed) {
        ObjectNode json = object();
        json.put("all", changed.isTooMuch());
        ArrayNode cells = json.putArray("cells");
        for (Jobs.CellChange cell : changed.cells()) {
            cells.addArray()
                    .add(cell.stage())
                    .add(cell.index())
                    .add(cell.state())
                    .add(cell.worker())
                    .add(cell.attempt())
                    .add(cell.time())
                    .add(cell.seam());
        }
        return json;
    }

    static ObjectNode map(Jobs.JobMap map) {
        ObjectNode json = object();
        json.put("job", map.job().value());
        ArrayNode stages = json.putArray("stages");
        for (Jobs.StageCells stage : map.stages()) {
            stages.addObject()
                    .put("name", stage.name())
                    .put("columns", stage.columns())
                    .put("rows", stage.rows())
                    .put("cellPixels", stage.cellPixels())
                    .put("cells", Base64.getEncoder().encodeToString(stage.cells()));
        }
        ArrayNode workers = json.putArray("workers");
        map.workers().forEach(workers::add);
        ArrayNode widths = json.putArray("widths");
        for (Jobs.WidthSample sample : map.widths()) {
            widths.addArray()
                    .add(seconds(sample.elapsed()))
                    .add(sample.renderedCount())
                    .add(sample.leasedCount())
                    .add(sample.readyCount())
                    .add(sample.workerCount());
        }
        ArrayNode planned = json.putArray("planned");
        map.planned()
                .forEach(point -> planned.addArray().add(point.renderedCount()).add(point.width()));
        ArrayNode events = json.putArray("events");
        map.events().forEach(event -> events.add(happened(event)));
        return json;
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
                    .put("pointer", pointer(problem.where()))
                    .put("what", problem.what())
                    .put("remedy", problem.remedy());
        }
        return json;
    }

    /** RFC 6901, into the job as it would stand in JSON; empty, the whole of it, for what is no field. */
    static String pointer(String where) {
        if (!FIELD.matcher(where).matches() || where.equals("job")) {
            return "";
        }
        return "/" + where.replace("]", "").replace('[', '/').replace('.', '/');
    }

    static ObjectNode answer(Jobs.Answer answer) {
        ObjectNode json = answer.done() ? object() : error(answer.message());
        return json.put("done", answer.done()).put("message", answer.message());
    }

    static ObjectNode error(String sentence) {
        return object().put("error", sentence);
    }

    /** @throws JsonProcessingException when it is no JSON */
    static JsonNode parsed(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
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

    static String word(Jobs.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private JobJson() {}
}
