package handscroll.bench;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.pattern.Patterns;
import com.sun.management.OperatingSystemMXBean;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.PlanLeader;
import handscroll.coordinator.journal.TokenLog;
import handscroll.coordinator.journal.TokenLogSettings;
import handscroll.coordinator.journal.UnflushedLog;
import handscroll.coordinator.lease.LeaseDesk;
import handscroll.coordinator.lease.LeaseSettings;
import handscroll.coordinator.lease.SteadyClock;
import handscroll.coordinator.lease.WorkerReport;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.tile.TileIntake;
import handscroll.coordinator.tile.TileIntakeSettings;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.FarmConfig;
import handscroll.protocol.lease.Leasing;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The farm with nothing to draw: lease desk, job, progress and token log in this process, workers in processes of
 * their own, and between them Artery over TCP with Kryo, all as in a render.
 */
final class BenchFarm implements AutoCloseable {

    /** Nobody reads the log of a benchmark that goes well. */
    static final Config QUIET = ConfigFactory.parseString("""
            akka.loglevel = ERROR
            # Workers are ended before the coordinator; nobody is left to say goodbye to.
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            """);

    /** Options of this process that are for its workers as well: memory, compiler, the configuration of the farm. */
    static final Pattern OWN_OPTIONS = Pattern.compile("-X|-D(logback|handscroll|akka)\\.");

    private static final String SYSTEM_NAME = "bench";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /**
     * @param processCount of workers
     * @param workersEach with one slot each
     * @param batchSize tasks in a batch
     */
    record Size(int processCount, int workersEach, int batchSize) {
        int workerCount() {
            return processCount * workersEach;
        }
    }

    /** Whether the token log waits for the disk, as it does in every render. */
    enum LogKind {
        FLUSHED,
        UNFLUSHED
    }

    /**
     * @param cpu of all processes together
     * @param gaps nanoseconds between patches of a row, as {@link BenchWorker} tells them
     */
    record Run(Duration elapsed, Duration cpu, long[] gaps) {}

    private record End(JobId job, long nanos, long[] gaps) {}

    private final Path directory;
    private final ActorSystem<Void> system;
    private final ActorRef<Leasing.ToDesk> desk;
    private final Clock clock = new SteadyClock(Clock.systemUTC(), System::nanoTime);
    private final List<Process> workers = new ArrayList<>();
    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
    private final BlockingQueue<Vitals> vitals = new LinkedBlockingQueue<>();
    private int runCount;

    /** @param directory for token logs, on the disk that is to be measured */
    static BenchFarm start(Path directory, Size size) {
        BenchFarm farm = new BenchFarm(directory);
        try {
            for (int process = 0; process < size.processCount(); process++) {
                farm.startWorkers("worker-" + process, size);
            }
            farm.awaitWorkers(size.workerCount());
            return farm;
        } catch (RuntimeException | Error failure) {
            farm.close();
            throw failure;
        }
    }

    private BenchFarm(Path directory) {
        this.directory = directory;
        Config config = FarmConfig.load(ConfigFactory.parseMap(Map.of("akka.cluster.roles", List.of("coordinator")))
                .withFallback(QUIET));
        this.system = ActorSystem.create(Behaviors.empty(), SYSTEM_NAME, config);
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        TileIntake intake = TileIntake.bind(system, TileIntakeSettings.from(config), job -> Optional.empty())
                .toCompletableFuture()
                .join();
        LeaseSettings lease = LeaseSettings.from(config);
        this.desk = system.systemActorOf(
                LeaseDesk.create(lease, 1, intake.welcome(lease.term()), clock), "lease-desk", Props.empty());
    }

    private void startWorkers(String name, Size size) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> OWN_OPTIONS.matcher(option).lookingAt())
                .forEach(command::add);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                BenchWorker.class.getName(),
                Cluster.get(system).selfMember().address().toString(),
                name,
                String.valueOf(size.workersEach()),
                String.valueOf(size.batchSize())));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            workers.add(process);
            Thread reader = new Thread(() -> read(process), name);
            reader.setDaemon(true);
            reader.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Process worker) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                if (words[0].equals("end")) {
                    long[] gaps = Arrays.stream(words)
                            .skip(3)
                            .mapToLong(Long::parseLong)
                            .toArray();
                    ends.add(new End(new JobId(words[1]), Long.parseLong(words[2]), gaps));
                } else if (words[0].equals("vitals")) {
                    vitals.add(Vitals.parse(List.of(words).subList(1, words.length)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitWorkers(int count) {
        List<WorkerReport> joined = List.of();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (joined.size() < count) {
            for (Process worker : workers) {
                if (!worker.isAlive()) {
                    throw new IllegalStateException("a process of workers ended with " + worker.exitValue());
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("only " + joined.size() + " of " + count + " workers joined");
            }
            joined = AskPattern.<Leasing.ToDesk, List<WorkerReport>>ask(
                            desk, LeaseDesk.Census::new, Duration.ofSeconds(10), system.scheduler())
                    .toCompletableFuture()
                    .join();
            pause(Duration.ofMillis(50));
        }
    }

    /** Renders a plan of {@link BenchPlans} from nothing; the time runs from the job's first message to the end of its log. */
    Run run(Plan plan) {
        return run(plan, LogKind.FLUSHED);
    }

    Run run(Plan plan, LogKind kind) {
        JobId job = new JobId("run-" + ++runCount);
        Path tokens = directory.resolve(job.value());
        TokenLogSettings settings = TokenLogSettings.from(system.settings().config());
        TokenLog log = kind == LogKind.FLUSHED
                ? TokenLog.open(tokens, PlanLeader.identity(job), 1, settings)
                : UnflushedLog.open(tokens, PlanLeader.identity(job), settings);
        Duration cpuBefore = cpu();
        long start = System.nanoTime();
        ActorRef<Jobs.Command> leader = system.systemActorOf(
                PlanLeader.create(system, job, plan, BenchWorker.DEVICE_CLASS, log, tokens, desk, clock),
                job.value(),
                Props.empty());
        long last = start;
        long[] gaps = {};
        for (int ended = 0; ended < plan.tileGrid().cellCount(); ) {
            End end = next(ends);
            if (end.job().equals(job)) {
                last = Math.max(last, end.nanos());
                gaps = end.gaps().length > gaps.length ? end.gaps() : gaps;
                ended++;
            }
        }
        Run run = new Run(Duration.ofNanos(last - start), cpu().minus(cpuBefore), gaps);
        end(leader);
        log.close().toCompletableFuture().join();
        delete(tokens);
        return run;
    }

    private void end(ActorRef<?> actor) {
        CompletionStage<Boolean> ended = Patterns.gracefulStop(Adapter.toClassic(actor), PATIENCE);
        ended.toCompletableFuture().join();
    }

    /** What all processes hold on to. */
    Map<String, Vitals> vitals() throws IOException {
        Map<String, Vitals> all = new LinkedHashMap<>();
        all.put("coordinator", Vitals.of(system));
        for (int index = 0; index < workers.size(); index++) {
            OutputStream questions = workers.get(index).getOutputStream();
            questions.write('\n');
            questions.flush();
            all.put("worker " + (index + 1), next(vitals));
        }
        return all;
    }

    private static <T> T next(BlockingQueue<T> said) {
        try {
            T next = said.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new IllegalStateException("the farm stands still");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Duration cpu() {
        OperatingSystemMXBean own = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Duration total = Duration.ofNanos(own.getProcessCpuTime());
        for (Process worker : workers) {
            total = total.plus(worker.toHandle().info().totalCpuDuration().orElse(Duration.ZERO));
        }
        return total;
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (Process worker : workers) {
            worker.destroyForcibly();
            worker.onExit().join();
        }
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
