package handscroll.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.DryRun;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Region;
import handscroll.coordinator.plan.Wavefronts;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "plan",
        description = "Checks a job and says how it would be rendered, in each direction, without rendering it.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll plan config/jobs/starry-handscroll.conf direction=zeta")
final class PlanCommand implements Callable<Integer> {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Parameters(index = "0", paramLabel = "JOB", description = "The file that says what is rendered.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private Path jobFile;

    @Parameters(
            index = "1..*",
            paramLabel = "KEY=VALUE",
            description = "Keys of the job file with other values, for example direction=zeta.")
    private List<String> overrides = List.of();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        CliSettings settings = CliSettings.from(shared.config("local.conf", Map.of()));
        JobSpec job = JobFile.read(jobFile, overrides, Optional.empty());
        Plan plan = DryRun.of(job, settings.models());
        Map<Direction, Wavefronts> every = Planner.everyDirection(plan);
        PrintWriter print = spec.commandLine().getOut();
        print.println(json ? json(plan, every).toPrettyString() : text(plan, every));
        return ExitCode.DONE;
    }

    private static int givenCount(Plan plan) {
        return plan.given().map(Region::cellCount).orElse(0);
    }

    /** The most workers that all have something to do, on average, until the picture is done. */
    private static int usefulWorkers(Wavefronts wavefronts) {
        return (int) Math.max(1, Math.round(wavefronts.averageWidth()));
    }

    private static ObjectNode json(Plan plan, Map<Direction, Wavefronts> every) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", plan.spec().name());
        json.put("patches", plan.sampleGrid().cellCount());
        json.put("givenPatches", givenCount(plan));
        json.put("columns", plan.sampleGrid().columns());
        json.put("rows", plan.sampleGrid().rows());
        json.put("tiles", plan.tileGrid().cellCount());
        json.put("direction", plan.direction().configName());
        json.put("directionReason", plan.directionReason());
        put(json, plan.wavefronts());
        var directions = json.putArray("directions");
        every.forEach((direction, wavefronts) ->
                put(directions.addObject().put("direction", direction.configName()), wavefronts));
        return json;
    }

    private static void put(ObjectNode json, Wavefronts wavefronts) {
        json.put("criticalPath", wavefronts.criticalPath());
        json.put("widestWavefront", wavefronts.widestWavefront());
        json.put("poolPeak", wavefronts.poolPeak());
        json.put("usefulWorkers", usefulWorkers(wavefronts));
    }

    private static String text(Plan plan, Map<Direction, Wavefronts> every) {
        Grid grid = plan.sampleGrid();
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s: %d x %d px, %s of %d px (%d x %d)%s, %s of %d px%n",
                plan.spec().name(),
                plan.spec().canvas().widthPixels(),
                plan.spec().canvas().heightPixels(),
                Figures.count(grid.cellCount(), "patch", "patches"),
                plan.model().patchPixels(),
                grid.columns(),
                grid.rows(),
                givenCount(plan) == 0 ? "" : ", " + Figures.count(givenCount(plan)) + " of them from the picture",
                Figures.count(plan.tileGrid().cellCount(), "tile", "tiles"),
                Plan.TILE_PIXELS));
        text.append(String.format("direction %s: %s%n%n", plan.direction().configName(), plan.directionReason()));
        text.append(String.format(
                "  %-14s %14s %17s %10s %15s%n",
                "direction", "critical path", "widest wavefront", "pool peak", "useful workers"));
        every.forEach((direction, wavefronts) -> text.append(String.format(
                Locale.ROOT,
                "%s %-14s %,14d %,17d %,10d %,15d%n",
                direction == plan.direction() ? "*" : " ",
                direction.configName(),
                wavefronts.criticalPath(),
                wavefronts.widestWavefront(),
                wavefronts.poolPeak(),
                usefulWorkers(wavefronts))));
        return text.toString().stripTrailing();
    }
}
