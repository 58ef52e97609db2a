package handscroll.coordinator.job;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.JobJournal;
import handscroll.coordinator.journal.LogIdentity;
import handscroll.coordinator.journal.Register;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.journal.TokenLog;
import handscroll.coordinator.output.DeepZoomOutput;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.OutputSettings;
import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.TileListener;
import handscroll.coordinator.plan.Plan;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.model.ModelShelf;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The real leader of a job, for a plan that is handed in: no spec is read, no model looked for, no journal written.
 * Progress, context, lease desk, results and token log are those of every render.
 */
public final class PlanLeader {

    /**
     * @param deviceClass of the workers there are
     * @param log closed by whoever hands it in
     * @param directory where the picture would go; the plan need not make one
     */
    public static Behavior<Jobs.Command> create(
            ActorSystem<?> system,
            JobId job,
            Plan plan,
            String deviceClass,
            TokenLog log,
            Path directory,
            ActorRef<Leasing.ToDesk> leaseDesk,
            Clock clock) {
        JobSettings settings = JobSettings.from(system.settings().config());
        var registered = new RegisteredJob(
                job,
                "",
                plan.model().hash(),
                clock.instant(),
                RegisteredJob.Standing.OPEN,
                Optional.of(deviceClass),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return Job.create(
                registered,
                plan.spec(),
                new Job.Surroundings(
                        system.ignoreRef(),
                        leaseDesk,
                        system.ignoreRef(),
                        new OpenPictures(),
                        new Planned(system, settings, clock, plan, log, directory),
                        1,
                        settings,
                        ViewSettings.from(system.settings().config()),
                        clock));
    }

    public static LogIdentity identity(JobId job) {
        return new LogIdentity(job, "planned");
    }

    /** Everything is there already. */
    private static final class Planned extends Preparation {

        private final ActorSystem<?> system;
        private final Plan plan;
        private final TokenLog log;
        private final Path directory;

        Planned(ActorSystem<?> system, JobSettings settings, Clock clock, Plan plan, TokenLog log, Path directory) {
            super(system, new ModelShelf(List.of()), settings, clock);
            this.system = system;
            this.plan = plan;
            this.log = log;
            this.directory = directory;
        }

        @Override
        CompletionStage<Ready> open(
                RegisteredJob registered,
                Optional<String> deviceClass,
                Collection<PatchId> skipped,
                JobSpec spec,
                long incarnation,
                TileListener listener) {
            RenderBook book = new RenderBook(plan, Optional.empty());
            book.start();
            Manifest manifest = new Manifest(
                    "",
                    registered.job(),
                    "",
                    spec.seed(),
                    plan.model().hash(),
                    new Manifest.Model(
                            plan.model().name(),
                            plan.model().hash(),
                            "",
                            plan.model().patchPixels()),
                    Optional.empty(),
                    deviceClass,
                    Optional.empty(),
                    new Manifest.Tiles(
                            spec.output().tiles(),
                            spec.output().quality(),
                            "",
                            Plan.TILE_PIXELS,
                            Plan.TILE_PIXELS,
                            Plan.TILE_PIXELS),
                    registered.acceptedAt(),
                    Optional.empty(),
                    Map.of());
            return DeepZoomOutput.open(
                            directory,
                            new Pyramid(Plan.TILE_PIXELS, Plan.TILE_PIXELS, Plan.TILE_PIXELS),
                            spec.output(),
                            OutputSettings.from(system.settings().config()),
                            system.dispatchers().lookup(DispatcherSelector.fromConfig(OutputSettings.DISPATCHER)),
                            listener)
                    .thenApply(output -> new Ready(
                            plan, book, log, output, plan.renderSettings(registered.job()), manifest, List.of()));
        }

        @Override
        CompletionStage<Register> record(ActorRef<JobJournal.Command> journal, long incarnation, JobEvent event) {
            return CompletableFuture.completedFuture(Register.EMPTY);
        }

        @Override
        CompletionStage<Done> complete(
                JobSpec spec, Manifest begun, Optional<String> deviceClass, Map<String, Double> figures) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
    }

    private PlanLeader() {}
}
