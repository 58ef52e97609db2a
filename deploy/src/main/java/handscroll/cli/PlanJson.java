package handscroll.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Stage;
import handscroll.coordinator.plan.Wavefronts;
import handscroll.coordinator.simulation.Costs;
import handscroll.coordinator.simulation.Walk;
import java.time.Duration;

/** A plan for scripts; times are seconds, costs milliseconds. */
final class PlanJson {

    static ObjectNode of(PlanReport report) {
        Plan plan = report.plan();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", plan.spec().name());
        json.put("patches", plan.sampleGrid().cellCount());
        json.put("givenPatches", report.givenCount());
        json.put("columns", plan.sampleGrid().columns());
        json.put("rows", plan.sampleGrid().rows());
        json.put("tiles", plan.tileGrid().cellCount());
        stages(json.putArray("stages"), report);
        json.put("direction", plan.direction().configName());
        json.put("directionReason", plan.directionReason());
        put(json, plan.wavefronts());
        ArrayNode directions = json.putArray("directions");
        report.directions().forEach((direction, other) -> {
            ObjectNode described = directions.addObject().put("direction", direction.configName());
            put(described, other.wavefronts());
            Duration time = report.directionTimes().get(direction);
            if (time != null) {
                described.put("time", PlanReport.seconds(time));
            }
        });
        Footprint footprint = report.footprint();
        json.putObject("memory")
                .put("coordinatorHeapBytes", footprint.coordinatorHeapBytes())
                .put("workerPoolBytes", footprint.workerPoolBytes());
        json.putObject("disk").put("tokenLogBytes", footprint.tokenLogBytes()).put("tileBytes", footprint.tileBytes());
        json.put("simulated", report.isSimulated());
        json.put("mostWorkersThatHelp", report.mostWorkersThatHelp());
        json.putObject("bound")
                .put("work", PlanReport.seconds(report.bound().work()))
                .put("longestChain", PlanReport.seconds(report.bound().longestChain()));
        times(json.putArray("times"), report);
        costs(json.putObject("costs"), report);
        return json;
    }

    /** What a plan takes that is only walked. */
    static ObjectNode of(Plan plan, Walk walk) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", plan.spec().name());
        json.put("patches", plan.sampleGrid().cellCount());
        json.put("direction", plan.direction().configName());
        put(json, plan.wavefronts());
        json.putObject("walk")
                .put("cells", walk.cellCount())
                .put("opening", PlanReport.seconds(walk.opening()))
                .put("walking", PlanReport.seconds(walk.walking()))
                .put("cellsPerSecond", walk.cellsPerSecond())
                .put("heldBytes", walk.heldBytes())
                .put("bytesPerCell", walk.bytesPerCell())
                .put("tokensPeak", walk.tokensHeldPeak());
        return json;
    }

    private static void stages(ArrayNode stages, PlanReport report) {
        int number = 0;
        for (Stage stage : report.plan().graph().stages()) {
            ArrayNode widths = stages.addObject()
                    .put("name", stage.name())
                    .put("cells", stage.grid().cellCount())
                    .putArray("widths");
            for (int width : report.widths().byStage().get(number++)) {
                widths.add(width);
            }
        }
    }

    private static void put(ObjectNode json, Wavefronts wavefronts) {
        json.put("criticalPath", wavefronts.criticalPath());
        json.put("widestWavefront", wavefronts.widestWavefront());
        json.put("poolPeak", wavefronts.poolPeak());
        json.put("usefulWorkers", PlanReport.usefulWorkers(wavefronts));
    }

    private static void times(ArrayNode times, PlanReport report) {
        for (PlanReport.Row row : report.rows()) {
            ObjectNode json = times.addObject();
            json.put("workers", row.workerCount());
            json.put("bound", PlanReport.seconds(row.bound()));
            json.put("speedUp", row.speedUp());
            row.render()
                    .ifPresent(render -> json.put("time", PlanReport.seconds(render.time()))
                            .put("firstTile", PlanReport.seconds(render.firstTile()))
                            .put("timeOverBound", row.ofBound())
                            .put("busyShare", render.busyShare())
                            .put("batches", render.batchCount())
                            .put("poolPeak", render.poolPeak())
                            .put("tokensPeak", render.tokensPeak()));
        }
    }

    private static void costs(ObjectNode json, PlanReport report) {
        Costs costs = report.settings().costs();
        int batch = report.settings().batchSize();
        ObjectNode sampling = json.putObject("samplingByBatch");
        for (int size = 1; size < batch; size *= 2) {
            sampling.put(Integer.toString(size), millis(costs.sampling().ofPatch(size)));
        }
        sampling.put(Integer.toString(batch), millis(costs.sampling().ofPatch(batch)));
        json.put("decoding", millis(costs.decoding()));
        json.put("encoding", millis(costs.encoding()));
        json.put("spread", costs.spread());
        json.put("message", millis(costs.message()));
        json.put("log", millis(costs.log()));
        json.put("seed", report.plan().spec().seed());
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private PlanJson() {}
}
