package handscroll.cli;

import handscroll.coordinator.job.RenderBook;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.plan.Direction;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.simulation.BatchTimes;
import handscroll.coordinator.simulation.Costs;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.RenderingTask;
import handscroll.protocol.job.Texts;
import handscroll.protocol.task.KnownPixels;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.render.TaskRenderer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Measures what patches of a job's model cost in one slot of this machine, by rendering a small canvas of its
 * own in batches of every size that is asked for. Nothing of it is kept.
 *
 * <p>The canvas is drawn in a direction that has many patches ready at once and the same room for context as
 * the job, because that room decides how long a patch takes.
 */
final class MeasuredCosts {

    private static final JobId JOB = new JobId("measured");
    /** Enough patches for all batches of a measurement; those beyond are not rendered. */
    private static final int COLUMNS = 64;
    /** Batches of each size, of which the first is not counted: it loads and warms up. */
    private static final int ROUNDS = 4;

    private final TaskRenderer renderer;
    private final LongSupplier clock;
    private final Plan plan;
    private final RenderSettings settings;
    private final RenderBook book;
    private final List<Integer> batchSizes;
    private final ArrayDeque<Task> sampling = new ArrayDeque<>();

    /**
     * @param renderer of one slot
     * @param clock nanoseconds of work
     */
    MeasuredCosts(TaskRenderer renderer, Plan job, int largestBatch, LongSupplier clock) {
        this.renderer = renderer;
        this.clock = clock;
        this.plan = ofOneKind(job);
        this.settings = plan.renderSettings(JOB);
        this.book = new RenderBook(plan, Optional.empty());
        this.batchSizes = sizes(largestBatch);
    }

    private static Plan ofOneKind(Plan job) {
        JobSpec spec = job.spec();
        // A layout needs a canvas far taller than this one, so all patches here are of one kind.
        boolean seesHalf = job.nearSlots() <= 4;
        var canvas = new Canvas(
                COLUMNS * job.model().patchPixels(), job.model().learned().heightPixels(), 1);
        return Planner.plan(
                JobSpec.builder(spec.name(), RenderingTask.UNCONDITIONAL, canvas, spec.model(), spec.output())
                        .direction((seesHalf ? Direction.COARSE_TO_FINE : Direction.COLOURS).configName())
                        .seed(spec.seed())
                        .sampling(spec.sampling().withHorizon(Optional.empty()))
                        .context(spec.context())
                        .priority(spec.priority())
                        .texts(new Texts(text(spec), List.of(), List.of()))
                        .build(),
                job.model(),
                Optional.empty());
    }

    /** Any text costs what another one does. */
    private static Optional<String> text(JobSpec spec) {
        return spec.texts()
                .text()
                .or(() ->
                        spec.texts().regions().stream().map(Texts.Region::text).findFirst());
    }

    private static List<Integer> sizes(int largestBatch) {
        List<Integer> sizes = new ArrayList<>();
        for (int size = 1; size < largestBatch; size *= size == 1 ? 4 : 2) {
            sizes.add(size);
        }
        sizes.add(largestBatch);
        return sizes;
    }

    /**
     * The time that a slot's work takes. On a processor that is the time its thread was given, so that what else
     * the machine does costs nothing here; an accelerator works while its thread waits.
     */
    static LongSupplier clock(String deviceClass) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return deviceClass.startsWith("cpu") && threads.isCurrentThreadCpuTimeSupported()
                ? threads::getCurrentThreadCpuTime
                : System::nanoTime;
    }

    /** @param others what is not measured here: messages, the log, the spread */
    Costs measure(Costs others) {
        book.start();
        // Those of the first steps see nothing and warm up.
        run(largest());
        var perPatch = new TreeMap<Integer, Duration>();
        for (int size : batchSizes) {
            long[] nanos = new long[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                nanos[round] = run(size);
            }
            perPatch.put(size, Duration.ofNanos(median(nanos) / size));
        }
        return new Costs(
                BatchTimes.ofPatches(perPatch),
                decoding(),
                encoding(),
                others.spread(),
                others.message(),
                others.log());
    }

    private int largest() {
        return batchSizes.get(batchSizes.size() - 1);
    }

    /** Samples so many patches and waits for nothing else; nanoseconds. */
    private long run(int size) {
        while (sampling.size() < size) {
            List<Task> ready = book.takeReady(Integer.MAX_VALUE).values().stream()
                    .flatMap(List::stream)
                    .map(OfferedTask::task)
                    .toList();
            if (ready.isEmpty() && !sampling.isEmpty()) {
                // The end of a step: what is left of it goes out in a batch of its own and is not timed.
                render(List.copyOf(sampling));
                sampling.clear();
                continue;
            }
            if (ready.isEmpty()) {
                throw new IllegalStateException("a canvas of " + COLUMNS + " columns is too small to measure");
            }
            for (Task task : ready) {
                if (task instanceof Task.Sample) {
                    sampling.add(task);
                }
            }
        }
        List<Task> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            batch.add(sampling.remove());
        }
        return render(batch);
    }

    private long render(List<Task> batch) {
        long begun = clock.getAsLong();
        TaskRenderer.Rendering rendering = rendering(batch);
        long nanos = clock.getAsLong() - begun;
        for (TaskResult result : rendering.results()) {
            if (result instanceof TaskResult.Tokens rows) {
                book.tokensLogged(rows);
            }
        }
        return nanos;
    }

    private TaskRenderer.Rendering rendering(List<Task> batch) {
        try {
            return renderer.render(settings, batch);
        } catch (TaskRenderer.RenderFailure failure) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "The model " + plan.model().name() + " cannot render here: " + failure.getMessage());
        }
    }

    /** Of a patch's area of a tile: decoded, encoded as the job wants it, and halved. */
    private Duration decoding() {
        int side = Plan.TILE_PIXELS / plan.model().tokenPixels()
                + 2 * plan.model().tokenizer().decodeMarginTokens();
        TokenBlock window = new TokenBlock(side, side, new short[side * side]);
        Task task = new Task.Decode(
                plan.graph().patch(plan.decodeStage(), 0),
                window,
                Collections.nCopies(plan.model().tokenizer().framesBefore(), window),
                Plan.TILE_PIXELS,
                Plan.TILE_PIXELS,
                KnownPixels.NONE);
        double patches = Math.pow((double) Plan.TILE_PIXELS / plan.model().patchPixels(), 2);
        return Duration.ofNanos((long) (timed(task) / patches));
    }

    private Duration encoding() {
        int side = plan.model().patchPixels() + 2 * plan.model().tokenizer().encodeMarginPixels();
        Task task = new Task.Encode(
                plan.graph().patch(plan.sampleStage(), 0), new PixelBlock(side, side, new byte[3 * side * side]));
        return Duration.ofNanos(timed(task));
    }

    private long timed(Task task) {
        long[] nanos = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long begun = clock.getAsLong();
            rendering(List.of(task));
            nanos[round] = clock.getAsLong() - begun;
        }
        return median(nanos);
    }

    /** Of all but the first. */
    private static long median(long[] nanos) {
        long[] counted = Arrays.copyOfRange(nanos, 1, nanos.length);
        Arrays.sort(counted);
        return counted[counted.length / 2];
    }

    /** As it can stand in a configuration. */
    static String text(Costs costs, int largestBatch, String deviceClass) {
        StringBuilder sampling = new StringBuilder();
        for (int size : sizes(largestBatch)) {
            sampling.append(sampling.isEmpty() ? "" : ", ")
                    .append(size)
                    .append(" = ")
                    .append(millis(costs.sampling().ofPatch(size)));
        }
        return "Measured in one slot on " + deviceClass + "; to keep it, write into a file for --config:\n"
                + "  handscroll.cli.plan { sampling { " + sampling + " }, decoding = " + millis(costs.decoding())
                + ", encoding = " + millis(costs.encoding()) + " }";
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
