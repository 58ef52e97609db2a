package handscroll.cli;

import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.Scheduler;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import akka.cluster.typed.Subscribe;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.CoordinatorNode;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.journal.JournalConfig;
import handscroll.coordinator.journal.JournalDatabase;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.model.ModelShelf;
import handscroll.protocol.trace.TracingSettings;
import handscroll.worker.lease.WorkerNode;
import handscroll.worker.lease.WorkerSettings;
import handscroll.worker.render.RendererFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A node of the farm in this process, as coordinator, as worker, or as both. Also a farm of one
 * process is a cluster, of one node: the same actors, messages and streams as on many machines.
 */
final class LocalFarm implements Farm {

    private static final String SYSTEM_NAME = "handscroll";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration END_PATIENCE = Duration.ofSeconds(20);

    private final FarmOptions options;
    private final Supplier<RendererFactory> renderers;
    private final StateLock lock;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** The state directory may be used again. */
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    private final Optional<CoordinatorNode> coordinator;
    private volatile ActorSystem<?> system;
    private volatile boolean isClosing;
    private Optional<RendererFactory> factory = Optional.empty(); // guarded by this

    /** @param renderers makes what renders in the slots of this process from the models it may load */
    static Opener opener(BiFunction<Config, ModelShelf, RendererFactory> renderers) {
        return options -> {
            StateLock lock = StateLock.take(options.stateDirectory());
            try {
                ModelShelf models = CliSettings.from(options.config()).models();
                return new LocalFarm(options, models, () -> renderers.apply(options.config(), models), lock);
            } catch (RuntimeException failure) {
                lock.release();
                throw failure;
            }
        };
    }

    private LocalFarm(FarmOptions options, ModelShelf models, Supplier<RendererFactory> renderers, StateLock lock) {
        this.options = options;
        this.renderers = renderers;
        this.lock = lock;
        if (options.coordinates()) {
            JournalDatabase.from(options.config())
                    .ifPresentOrElse(JournalDatabase::prepare, () -> JournalConfig.check(journal(options)));
        }
        this.system = start();
        try {
            this.coordinator = options.coordinates()
                    ? Optional.of(await(CoordinatorNode.start(system, models)))
                    : Optional.empty();
        } catch (RuntimeException failure) {
            isClosing = true;
            system.terminate();
            throw failure;
        }
    }

    /**
     * A process of workers that lost its coordinators is downed, by itself, and begins anew: it knocks
     * at the coordinators' addresses until somebody opens. A coordinator that was downed ends; another
     * one leads the farm.
     */
    private void onTerminated() {
        if (isClosing) {
            releaseLock();
            ended.complete(null);
        } else if (options.coordinates()) {
            releaseLock();
            ended.completeExceptionally(new CommandFailure(
                    ExitCode.FAILED,
                    "This coordinator ended, because the others lost it; the log " + Logs.file()
                            + " says why. Start it again to have it stand by."));
        } else {
            try {
                system = start();
            } catch (RuntimeException failure) {
                // Nobody else would hear of it: the process would live and never work again.
                releaseLock();
                ended.completeExceptionally(failure);
            }
        }
    }

    private void releaseLock() {
        lock.release();
        released.complete(null);
    }

    /** Made once, when the first worker starts: native weights outlive an actor system that is started anew. */
    private synchronized RendererFactory renderers() {
        RendererFactory made = factory.orElseGet(renderers);
        factory = Optional.of(made);
        return made;
    }

    private ActorSystem<?> start() {
        Config config = config(options);
        Behavior<Void> guardian = Behaviors.setup(context -> {
            if (!options.coordinates()) {
                context.spawn(beginAnewWithoutCoordinators(), "coordinators-watch");
            }
            if (options.slotCount() > 0) {
                // A name of its own for each life: a worker that comes back is another worker.
                WorkerId worker = new WorkerId(ProcessHandle.current().pid() + "-"
                        + UUID.randomUUID().toString().substring(0, 8));
                var node = context.spawn(
                        WorkerNode.create(WorkerSettings.from(config), worker, options.slotCount(), renderers()),
                        "worker");
                context.watch(node);
            }
            return Behaviors.receive(Void.class)
                    .onSignal(Terminated.class, gone -> {
                        if (CoordinatedShutdown.get(context.getSystem())
                                .getShutdownReason()
                                .isPresent()) {
                            return Behaviors.same();
                        }
                        ended.completeExceptionally(new CommandFailure(
                                ExitCode.FAILED,
                                "The worker of this process ended; the log " + Logs.file() + " says why"));
                        return Behaviors.same();
                    })
                    .build();
        });
        // Before there is anything to be ended again.
        TracingSettings.from(config);
        ActorSystem<Void> started;
        try {
            started = ActorSystem.create(guardian, SYSTEM_NAME, config);
        } catch (RuntimeException failure) {
            throw portRefusal(config, failure);
        }
        started.getWhenTerminated().whenComplete((done, failure) -> onTerminated());
        Cluster cluster = Cluster.get(started);
        if (options.join().isEmpty()) {
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
        } else {
            List<Address> seeds = options.join().stream()
                    .map(seed -> AddressFromURIString.parse("akka://" + SYSTEM_NAME + "@" + seed))
                    .toList();
            cluster.manager().tell(new JoinSeedNodes(seeds));
        }
        return started;
    }

    /** Workers that are left among themselves would wait for ever: no coordinator comes to them, they have to go to it. */
    private static Behavior<ClusterEvent.MemberRemoved> beginAnewWithoutCoordinators() {
        return Behaviors.setup(context -> {
            Cluster cluster = Cluster.get(context.getSystem());
            cluster.subscriptions().tell(Subscribe.create(context.getSelf(), ClusterEvent.MemberRemoved.class));
            return Behaviors.receiveMessage(removed -> {
                boolean isLed = false;
                for (Member member : cluster.state().getMembers()) {
                    isLed |= member.hasRole(CoordinatorNode.ROLE) && !member.equals(removed.member());
                }
                if (removed.member().hasRole(CoordinatorNode.ROLE) && !isLed) {
                    context.getLog().warn("No coordinator is left; this process begins anew and looks for one");
                    CoordinatedShutdown.get(context.getSystem()).runAll(CoordinatedShutdown.clusterDowningReason());
                }
                return Behaviors.same();
            });
        });
    }

    private static Config config(FarmOptions options) {
        List<String> roles = new ArrayList<>();
        Map<String, Object> own = new HashMap<>();
        if (options.coordinates()) {
            roles.add(CoordinatorNode.ROLE);
            if (options.config().getString(SettingNames.HTTP_LOG_FILE).isEmpty()) {
                own.put(SettingNames.HTTP_LOG_FILE, Logs.file().toString());
            }
        }
        if (options.slotCount() > 0) {
            roles.add("worker");
        }
        own.put("akka.cluster.roles", roles);
        Config config = ConfigFactory.parseMap(own, "this process");
        if (options.coordinates()) {
            config = config.withFallback(JournalDatabase.from(options.config())
                    .map(JournalConfig::postgresql)
                    .orElseGet(() -> JournalConfig.h2(journal(options))));
        }
        return config.withFallback(options.config()).resolve();
    }

    private static Path journal(FarmOptions options) {
        return options.stateDirectory().resolve("journal").resolve("jobs");
    }

    private static RuntimeException portRefusal(Config config, RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return new Refusal(
                        "The farm cannot be opened:",
                        List.of(new Problem(
                                SettingNames.REMOTE_PORT,
                                config.getString(SettingNames.REMOTE_HOST) + ":"
                                        + config.getInt(SettingNames.REMOTE_PORT) + " cannot be used: "
                                        + cause.getMessage(),
                                "choose another port or address")));
            }
        }
        return failure;
    }

    @Override
    public ActorRef<Jobs.Command> jobs() {
        return node().jobs();
    }

    @Override
    public Scheduler scheduler() {
        return system.scheduler();
    }

    @Override
    public URI http() {
        return node().http().address();
    }

    @Override
    public URI viewer(JobId job) {
        return node().http().page(job);
    }

    @Override
    public CompletionStage<Jobs.JobStatus> follow(JobId job, Consumer<Jobs.Event> listener) {
        CompletableFuture<Jobs.JobStatus> last = new CompletableFuture<>();
        Behavior<Jobs.Event> follower = Behaviors.receiveMessage(event -> {
            listener.accept(event);
            if (event instanceof Jobs.Ended end) {
                last.complete(end.status());
                return Behaviors.stopped();
            }
            return Behaviors.same();
        });
        String name = "follower-" + UUID.randomUUID();
        jobs().tell(new Jobs.Follow(job, system.systemActorOf(follower, name, Props.empty())));
        return last;
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended;
    }

    @Override
    public boolean drain(Duration patience) {
        isClosing = true;
        try {
            CoordinatedShutdown.get(system)
                    .runAll(CoordinatedShutdown.actorSystemTerminateReason())
                    .toCompletableFuture()
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }

    @Override
    public void close() {
        isClosing = true;
        system.terminate();
        try {
            // The system's own end comes before the lock is released: whoever opened the next farm then, found it
            // taken.
            released.get(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            system.log().warn("The farm did not end within [{}]", END_PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CoordinatorNode node() {
        return coordinator.orElseThrow(() -> new IllegalStateException("this process has no coordinator"));
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new CommandFailure(ExitCode.FAILED, message(e));
        } catch (TimeoutException e) {
            throw new CommandFailure(ExitCode.FAILED, "The coordinator did not start within " + START_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.INTERRUPTED, "interrupted while starting");
        }
    }

    private static String message(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** Keeps a second process out of a state directory: two journals in one file would ruin each other. */
    private record StateLock(FileChannel channel) {

        static StateLock take(Path directory) {
            try {
                Files.createDirectories(directory);
                FileChannel channel = FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (!isLocked(channel)) {
                    channel.close();
                    throw new Refusal(
                            "The farm cannot be opened:",
                            List.of(new Problem(
                                    directory.toString(),
                                    "is in use by another process, or by a farm of this one that has not ended yet",
                                    "end it, or wait for its end")));
                }
                return new StateLock(channel);
            } catch (IOException e) {
                throw new UncheckedIOException(directory + " cannot be written: " + e.getMessage(), e);
            }
        }

        /** False where another process holds it, or another farm of this one. */
        private static boolean isLocked(FileChannel channel) throws IOException {
            try {
                return channel.tryLock() != null;
            } catch (OverlappingFileLockException heldHere) {
                return false;
            }
        }

        void release() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
