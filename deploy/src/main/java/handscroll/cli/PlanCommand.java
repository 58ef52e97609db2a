package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.coordinator.plan.PictureReader;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.PlannedJob;
import handscroll.coordinator.simulation.Costs;
import handscroll.coordinator.simulation.Walk;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelShelf;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "plan",
        description = "Checks a job and says what it takes and how long, in each direction, without rendering it.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll plan config/jobs/starry-handscroll.conf direction=zeta --workers 1,2,8 --plot plan.svg")
final class PlanCommand implements Callable<Integer> {

    private final BiFunction<Config, ModelShelf, RendererFactory> renderers;

    PlanCommand(BiFunction<Config, ModelShelf, RendererFactory> renderers) {
        this.renderers = renderers;
    }

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Mixin
    private PlanOptions options = new PlanOptions();

    @Parameters(index = "0", paramLabel = "JOB", description = "The file that says what is rendered.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private Path jobFile;

    @Parameters(
            index = "1..*",
            paramLabel = "KEY=VALUE",
            description = "Keys of the job file with other values, for example direction=zeta.")
    private List<String> overrides = List.of();

    @Mixin
    private Printing printing = new Printing();

    @Override
    public Integer call() throws IOException {
        Config config = shared.config("local.conf", Map.of());
        List<Problem> problems = new ArrayList<>();
        PlanOptions.Checked checked = options.check(problems);
        Plan plan = plan(config, problems);
        PlanSettings settings = PlanSettings.of(plan, config).withCosts(checked.sampling(), checked.decoding());
        if (options.isWalked()) {
            Walk walk = Walk.of(plan, settings.offeredTasks());
            printing.out()
                    .println(printing.isJson() ? PlanJson.of(plan, walk).toPrettyString() : PlanText.of(plan, walk));
            return ExitCode.DONE;
        }
        if (options.isMeasured()) {
            settings = settings.withCosts(measured(config, plan, settings));
        }
        PlanReport report = PlanReport.of(plan, settings, checked.workerCounts());
        if (checked.plot().isPresent()) {
            Files.writeString(checked.plot().get(), PlanPlot.of(report));
        }
        printing.out().println(printing.isJson() ? PlanJson.of(report).toPrettyString() : PlanText.of(report));
        return ExitCode.DONE;
    }

    private Costs measured(Config config, Plan plan, PlanSettings settings) {
        RendererFactory factory =
                renderers.apply(config, CliSettings.from(config).models());
        try (TaskRenderer renderer = factory.open(0)) {
            var costs = new MeasuredCosts(
                            renderer, plan, settings.batchSize(), MeasuredCosts.clock(factory.deviceClass()))
                    .measure(settings.costs());
            if (!printing.isJson()) {
                printing.out().println(MeasuredCosts.text(costs, settings.batchSize(), factory.deviceClass()));
                printing.out().println();
            }
            return costs;
        }
    }

    /** @param problems of the options; those of the job are told with them */
    private Plan plan(Config config, List<Problem> problems) {
        try {
            PictureReader pictures = PictureReader.from(config);
            Plan plan = PlannedJob.dryRun(
                    JobFile.read(jobFile, overrides, Optional.empty(), pictures),
                    CliSettings.from(config).models(),
                    pictures);
            if (problems.isEmpty()) {
                return plan;
            }
        } catch (Refusal refusal) {
            if (problems.isEmpty()) {
                throw refusal;
            }
            problems.addAll(refusal.problems());
        }
        throw new Refusal(jobFile + " cannot be planned:", problems);
    }
}
