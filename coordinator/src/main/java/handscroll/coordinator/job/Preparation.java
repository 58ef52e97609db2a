package handscroll.coordinator.job;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.JobJournal;
import handscroll.coordinator.journal.LogIdentity;
import handscroll.coordinator.journal.Register;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.journal.TokenLog;
import handscroll.coordinator.journal.TokenLogSettings;
import handscroll.coordinator.output.DeepZoomOutput;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.OutputDirectory;
import handscroll.coordinator.output.OutputSettings;
import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.TileListener;
import handscroll.coordinator.output.TileOutput;
import handscroll.coordinator.output.TileRemoval;
import handscroll.coordinator.output.VideoOutput;
import handscroll.coordinator.plan.InputPicture;
import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.PictureReader;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.PlannedJob;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.job.JobSpecWriter;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.ModelShelf;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.tile.TileCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What a job needs from the disk before its first patch and after its last: models, pictures, logs,
 * directories. Everything that blocks runs on the job dispatcher and comes back as a stage.
 */
class Preparation {

    /** What keeps a job from being accepted; {@code modelHash} is known if nothing does. */
    record Check(List<Problem> problems, String modelHash) {}

    /** A job that can be rendered: planned, with everything restored that was rendered before. */
    record Ready(
            Plan plan,
            RenderBook book,
            TokenLog log,
            TileOutput output,
            RenderSettings renderSettings,
            Manifest manifest,
            List<Jobs.PlannedWidth> plannedWidths) {}

    record Planned(Plan plan, Optional<InputPicture> picture, LogIdentity identity) {}

    private final ActorSystem<?> system;
    private final ModelShelf models;
    private final PictureReader pictures;
    private final Executor executor;
    private final Executor outputExecutor;
    private final OutputSettings outputSettings;
    private final Optional<Path> outputRoot;
    private final TokenLogSettings logSettings;
    private final Duration journalPatience;
    private final ViewSettings view;
    private final Clock clock;

    Preparation(ActorSystem<?> system, ModelShelf models, JobSettings settings, Clock clock) {
        Config config = system.settings().config();
        this.system = system;
        this.models = models;
        this.pictures = PictureReader.from(config);
        this.executor = system.dispatchers().lookup(DispatcherSelector.fromConfig(JobSettings.DISPATCHER));
        this.outputExecutor = system.dispatchers().lookup(DispatcherSelector.fromConfig(OutputSettings.DISPATCHER));
        this.outputSettings = OutputSettings.from(config);
        String root = config.getString("handscroll.coordinator.output.root");
        this.outputRoot = root.isEmpty() ? Optional.empty() : Optional.of(Path.of(root));
        this.logSettings = TokenLogSettings.from(config);
        this.journalPatience = settings.journalPatience();
        this.view = ViewSettings.from(config);
        this.clock = clock;
    }

    /** Everything that stands against a job, before anything is written. */
    CompletionStage<Check> check(JobSpec spec) {
        return onDisk(() -> {
            try {
                Planned planned = plan(models, pictures, new JobId("unnamed"), spec);
                Optional<Problem> outside = outputRoot.flatMap(root -> OutputDirectory.outside(root, directory(spec)));
                List<Problem> problems = outside.isPresent()
                        ? List.of(outside.get())
                        : OutputDirectory.check(
                                directory(spec),
                                spec,
                                Plan.TILE_PIXELS,
                                planned.identity().contentHash(),
                                outputSettings);
                return new Check(problems, planned.plan().model().hash());
            } catch (Refusal refusal) {
                return new Check(refusal.problems(), "");
            }
        });
    }

    /**
     * Plans a job, or plans it again, and opens its log and its picture.
     *
     * @param incarnation of the coordinator, which names the segment of the token log
     * @return fails with a {@link Refusal} when the job can no longer be rendered as it was accepted
     */
    CompletionStage<Ready> open(
            RegisteredJob registered,
            Optional<String> deviceClass,
            Collection<PatchId> skipped,
            JobSpec spec,
            long incarnation,
            TileListener listener) {
        JobId job = registered.job();
        Path directory = directory(spec);
        return onDisk(() -> {
                    Planned planned = plan(models, pictures, job, spec);
                    Plan plan = planned.plan();
                    if (!plan.model().hash().equals(registered.modelHash())) {
                        throw new Refusal(
                                "Job " + job + " cannot go on:",
                                List.of(new Problem(
                                        "model",
                                        spec.model() + " is not the model that the job was begun with (its hash is "
                                                + plan.model().hash() + ", it was " + registered.modelHash() + ")",
                                        "put the old one back, or render the job anew into another directory")));
                    }
                    Manifest manifest = manifest(registered, deviceClass, spec, planned);
                    write(manifest, directory);
                    return planned;
                })
                .thenCompose(planned -> output(directory, spec, listener)
                        .thenComposeAsync(
                                output -> restore(registered, deviceClass, skipped, spec, incarnation, planned, output),
                                executor));
    }

    private CompletionStage<? extends TileOutput> output(Path directory, JobSpec spec, TileListener listener) {
        return spec.canvas().isVideo()
                ? VideoOutput.open(
                        directory, spec.canvas(), Plan.TILE_PIXELS, spec.output(), outputSettings, outputExecutor)
                : DeepZoomOutput.open(
                        directory,
                        Pyramid.of(spec.canvas(), Plan.TILE_PIXELS),
                        spec.output(),
                        outputSettings,
                        outputExecutor,
                        listener);
    }

    private CompletionStage<Ready> restore(
            RegisteredJob registered,
            Optional<String> deviceClass,
            Collection<PatchId> skipped,
            JobSpec spec,
            long incarnation,
            Planned planned,
            TileOutput output) {
        Path tokens = tokens(spec);
        RenderBook book = new RenderBook(planned.plan(), planned.picture().map(picture -> (Picture) picture));
        TokenLog.Scan scan = TokenLog.scan(tokens, planned.identity(), book::restoreTokens);
        List<TaskResult.Tokens> placeholders = book.restorePlaceholders(skipped);
        book.restoreTiles(output.storedTiles());
        book.start();
        if (scan.segmentCount() > 0) {
            system.log()
                    .info(
                            "Job [{}] takes up {} logged patches from {} segments; {} bytes were damaged and are"
                                    + " rendered again",
                            registered.job(),
                            scan.recordCount(),
                            scan.segmentCount(),
                            scan.skippedBytes());
        }
        TokenLog log = TokenLog.open(tokens, planned.identity(), incarnation, logSettings);
        Manifest manifest = manifest(registered, deviceClass, spec, planned);
        var ready = new Ready(
                planned.plan(),
                book,
                log,
                output,
                planned.plan().renderSettings(registered.job()),
                manifest,
                PlannedWidths.of(planned.plan().graph(), view.widthSamples()));
        // What reads them must not be rendered before they are on the disk.
        return placeholders.isEmpty()
                ? CompletableFuture.completedFuture(ready)
                : log.append(book.entries(placeholders)).thenApply(done -> ready);
    }

    /** Writes into the manifest that the picture is whole, and what it took. */
    CompletionStage<Done> complete(
            JobSpec spec, Manifest begun, Optional<String> deviceClass, Map<String, Double> figures) {
        return onDisk(() -> {
            write(begun.finished(deviceClass, clock.instant(), figures), directory(spec));
            return Done.getInstance();
        });
    }

    /** Takes the tiles of a job away that is over and closed; completes with how many bytes they had. */
    CompletionStage<Long> deleteTiles(JobId job, JobSpec spec) {
        return onDisk(() -> {
            try {
                return TileRemoval.remove(directory(spec), job, outputSettings);
            } catch (IOException e) {
                throw new UncheckedIOException(e.toString(), e);
            }
        });
    }

    CompletionStage<Register> read(ActorRef<JobJournal.Command> journal) {
        return AskPattern.ask(journal, JobJournal.Read::new, journalPatience, system.scheduler());
    }

    /**
     * Completes when the event is durable. A coordinator that was overtaken ends its process: whatever it decided since
     * counts for nothing.
     */
    CompletionStage<Register> record(ActorRef<JobJournal.Command> journal, long incarnation, JobEvent event) {
        return AskPattern.<JobJournal.Command, JobJournal.Answer>ask(
                        journal,
                        replyTo -> new JobJournal.Record(incarnation, event, replyTo),
                        journalPatience,
                        system.scheduler())
                .thenApply(answer -> {
                    if (answer instanceof JobJournal.Recorded recorded) {
                        return recorded.register();
                    }
                    JobJournal.Overtaken overtaken = (JobJournal.Overtaken) answer;
                    system.log()
                            .error(
                                    "Coordinator [{}] ends: coordinator [{}] leads the farm",
                                    incarnation,
                                    overtaken.by());
                    CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.clusterDowningReason());
                    throw new IllegalStateException("coordinator " + overtaken.by() + " leads the farm");
                });
    }

    static String text(JobSpec spec) {
        return JobSpecWriter.toHocon(spec);
    }

    static JobSpec spec(RegisteredJob registered) {
        return JobSpecReader.readText(registered.job().value(), registered.spec(), Path.of(""));
    }

    static Path directory(JobSpec spec) {
        return Path.of(spec.output().directory()).toAbsolutePath().normalize();
    }

    private static Path tokens(JobSpec spec) {
        return directory(spec).resolve("tokens");
    }

    static Planned plan(ModelShelf models, PictureReader pictures, JobId job, JobSpec spec) {
        PlannedJob planned = PlannedJob.open(spec, models, pictures);
        List<String> hashes = new ArrayList<>(List.of(planned.plan().model().hash()));
        planned.picture().map(InputPicture::fileHash).ifPresent(hashes::add);
        return new Planned(planned.plan(), planned.picture(), LogIdentity.of(job, spec, hashes));
    }

    private Manifest manifest(RegisteredJob registered, Optional<String> deviceClass, JobSpec spec, Planned planned) {
        ModelCard model = planned.plan().model();
        return new Manifest(
                Version.CURRENT,
                registered.job(),
                text(spec),
                spec.seed(),
                planned.identity().contentHash(),
                new Manifest.Model(model.name(), model.hash(), model.licence(), model.patchPixels()),
                Optional.empty(),
                deviceClass,
                Optional.empty(),
                new Manifest.Tiles(
                        spec.output().tiles(),
                        spec.output().quality(),
                        new TileCodec(spec.output().tiles(), spec.output().quality()).description(),
                        Plan.TILE_PIXELS,
                        spec.canvas().widthPixels(),
                        spec.canvas().heightPixels(),
                        Optional.of(outputSettings.container(
                                directory(spec), spec.output(), Pyramid.of(spec.canvas(), Plan.TILE_PIXELS)))),
                registered.acceptedAt(),
                Optional.empty(),
                Map.of());
    }

    private static void write(Manifest manifest, Path directory) {
        try {
            manifest.write(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("the manifest in " + directory + " cannot be written: " + e.getMessage(), e);
        }
    }

    private <T> CompletionStage<T> onDisk(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, executor);
    }
}
