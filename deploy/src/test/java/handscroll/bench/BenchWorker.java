package handscroll.bench;

import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.JoinSeedNodes;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.FarmConfig;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.worker.lease.WorkerNode;
import handscroll.worker.lease.WorkerSettings;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A process of workers that draw nothing: each of its workers has one slot, waits as long as a patch is said to take,
 * and answers with tokens. Says on stdout when a job's last stage reached it, by System.nanoTime, which on Linux is the same
 * clock in all processes, and each time how long it had no patch of a row after the one to the left was done:
 *
 * <pre>
 *   end JOB NANOS GAP ...
 * </pre>
 *
 * Each line of its standard input asks for {@code vitals ...}, as {@link Vitals#words} has them. Ends with that input, so that it
 * never outlives whoever started it.
 */
final class BenchWorker {

    static final String MODEL = "bench";
    static final String MODEL_HASH = "0";
    static final String DEVICE_CLASS = "none";
    static final int CODES = 512;

    /** Arguments: address of the coordinator, prefix of the workers' names, how many, tasks in a batch. */
    public static void main(String[] arguments) throws Exception {
        Address coordinator = AddressFromURIString.parse(arguments[0]);
        Config config = FarmConfig.load(ConfigFactory.parseMap(Map.of(
                        "akka.cluster.roles", List.of("worker"),
                        "handscroll.worker.lease.batch-size", Integer.parseInt(arguments[3])))
                .withFallback(BenchFarm.QUIET));
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), coordinator.system(), config);
        Cluster.get(system).manager().tell(new JoinSeedNodes(Collections.singletonList(coordinator)));
        Gaps gaps = new Gaps();
        for (int number = 0; number < Integer.parseInt(arguments[2]); number++) {
            String name = arguments[1] + "-" + number;
            system.systemActorOf(
                    WorkerNode.create(WorkerSettings.from(config), new WorkerId(name), 1, new WaitingRenderers(gaps)),
                    name,
                    Props.empty());
        }
        var questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (questions.readLine() != null) {
            System.out.println("vitals " + Vitals.of(system).words());
        }
        Runtime.getRuntime().halt(0);
    }

    /** Of one job at a time, and of rows that are rendered from the left. */
    private static final class Gaps {
        private static final int MOST = 20_000;

        private final Map<Integer, Long> lastDone = new ConcurrentHashMap<>();
        private final List<Long> found = new ArrayList<>();

        void begin(PatchId patch) {
            Long done = lastDone.get(patch.row());
            if (done != null && patch.column() > 0) {
                synchronized (found) {
                    if (found.size() < MOST) {
                        found.add(System.nanoTime() - done);
                    }
                }
            }
        }

        void done(PatchId patch) {
            lastDone.put(patch.row(), System.nanoTime());
        }

        String take() {
            synchronized (found) {
                String all = found.stream().map(String::valueOf).collect(Collectors.joining(" "));
                found.clear();
                lastDone.clear();
                return all;
            }
        }
    }

    private record WaitingRenderers(Gaps gaps) implements RendererFactory {

        @Override
        public TaskRenderer open(int slot) {
            return new WaitingRenderer(gaps);
        }

        @Override
        public String deviceClass() {
            return DEVICE_CLASS;
        }

        @Override
        public Map<String, String> modelHashes() {
            return Map.of(MODEL, MODEL_HASH);
        }
    }

    private record WaitingRenderer(Gaps gaps) implements TaskRenderer {

        @Override
        public Rendering render(RenderSettings settings, List<Task> tasks) {
            TaskTime time = new TaskTime(settings.sampling().temperature(), settings.seed());
            List<TaskResult> results = new ArrayList<>(tasks.size());
            for (Task task : tasks) {
                if (task instanceof Task.Sample sample) {
                    if (time.meanMillis() > 0) {
                        gaps.begin(task.patch());
                        waitUntil(System.nanoTime() + time.nanos(task.patch()));
                        gaps.done(task.patch());
                    }
                    results.add(new TaskResult.Tokens(
                            sample.patch(), new short[settings.sampling().topK()]));
                } else {
                    // In one line: other slots speak, too.
                    System.out.println("end " + settings.job() + " " + System.nanoTime() + " " + gaps.take());
                    results.add(new TaskResult.Nothing(task.patch(), new byte[0]));
                }
            }
            return new Rendering(results, List.of(), WorkTime.NONE);
        }

        private static void waitUntil(long nanos) {
            for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }

        @Override
        public void release(JobId job, List<PatchId> patches) {}

        @Override
        public void close() {}
    }

    private BenchWorker() {}
}
