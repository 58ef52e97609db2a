package handscroll.coordinator.http;

import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.coordinator.job.Jobs.StageProgress;
import handscroll.coordinator.job.Jobs.State;
import handscroll.coordinator.lease.WorkerList;
import handscroll.coordinator.lease.WorkerReport;
import handscroll.protocol.trace.Tracing;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The farm in numbers, for Prometheus. What jobs and workers say of themselves is taken over when somebody
 * asks; what the server counts itself is counted as it happens. Only open jobs have series of their own, so
 * that their number stays bounded.
 */
final class FarmMetrics {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicInteger viewers = new AtomicInteger();
    private final Counter missed;
    private final MultiGauge jobs;
    private final MultiGauge jobCells;
    private final MultiGauge jobRate;
    private final MultiGauge jobRemaining;
    private final MultiGauge jobBound;
    private final MultiGauge workers;
    private final MultiGauge workerSlots;
    private final MultiGauge workerLeased;

    private volatile List<JobStatus> latest = List.of();

    FarmMetrics(Tracing tracing) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        Gauge.builder("handscroll.viewers", viewers, AtomicInteger::get)
                .description("Event streams that are open")
                .register(registry);
        missed = Counter.builder("handscroll.viewer.missed.events")
                .description("Events that were dropped because a viewer was too slow")
                .register(registry);
        spans("sent", "Spans that a collector of traces took", tracing, Tracing::sentCount);
        spans("dropped", "Spans that found no room to wait, or that no collector took", tracing, Tracing::droppedCount);
        jobs = gauge("handscroll.jobs", "Jobs by state");
        jobCells = gauge("handscroll.job.cells", "Cells of an open job, by stage and state");
        jobRate = gauge("handscroll.job.patches.per.second", "Patches sampled in the last minute, a second");
        jobRemaining = gauge("handscroll.job.remaining.seconds", "Estimated time until an open job is done");
        jobBound = gauge("handscroll.job.bound.seconds", "Time that no number of workers can undercut");
        workers = gauge("handscroll.workers", "Workers by state");
        workerSlots = gauge("handscroll.worker.slots", "Slots of a worker");
        workerLeased = gauge("handscroll.worker.leased.patches", "Patches and tiles that a worker holds");
        count(
                "handscroll.patches.sampled",
                "Patches whose tokens were accepted",
                Tags.empty(),
                job -> job.tally().sampledCount());
        count(
                "handscroll.patches.returned",
                "Patches that went out again",
                Tags.empty(),
                job -> job.tally().returnedCount());
        seconds("sampling", job -> job.work().sampling());
        seconds("decoding", job -> job.work().decoding());
        seconds("encoding", job -> job.work().encoding());
        seconds("lost", job -> job.tally().lost());
        count(
                "handscroll.patches.disputed",
                "Patches that two workers made different tokens of",
                Tags.empty(),
                job -> job.tally().disputedCount());
        seconds("copied", job -> job.tally().copied());
        seconds("awaiting_context", job -> job.tally().awaitingContext());
    }

    private void spans(String what, String description, Tracing tracing, ToDoubleFunction<Tracing> count) {
        FunctionCounter.builder("handscroll.spans." + what, tracing, count)
                .description(description)
                .register(registry);
    }

    private MultiGauge gauge(String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    private void count(String name, String description, Tags tags, ToLongFunction<JobStatus> of) {
        ToDoubleFunction<FarmMetrics> sum =
                metrics -> metrics.latest.stream().mapToLong(of).sum();
        FunctionCounter.builder(name, this, sum)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void seconds(String use, java.util.function.Function<JobStatus, Duration> of) {
        ToDoubleFunction<FarmMetrics> sum = metrics -> metrics.latest.stream()
                .mapToDouble(job -> of.apply(job).toMillis() / 1000.0)
                .sum();
        FunctionCounter.builder("handscroll.slot.seconds", this, sum)
                .description("Time of slots by what it went into")
                .tags(Tags.of("use", use))
                .register(registry);
    }

    void viewerCame() {
        viewers.incrementAndGet();
    }

    void viewerWent() {
        viewers.decrementAndGet();
    }

    void missed(long count) {
        missed.increment(count);
    }

    /** @param path with its variables unfilled, so that there are as many series as endpoints */
    void answered(String method, String path, int status, Duration took) {
        Timer.builder("handscroll.http.requests")
                .description("Requests until the answer begins")
                .tags("method", method, "path", path, "status", Integer.toString(status))
                .register(registry)
                .record(took);
    }

    /** In Prometheus' own format. */
    String scrape(List<JobStatus> statuses, WorkerList list) {
        latest = List.copyOf(statuses);
        jobs.register(
                Arrays.stream(State.values())
                        .map(state -> row(
                                Tags.of("state", JobJson.word(state)),
                                statuses.stream()
                                        .filter(job -> job.state() == state)
                                        .count()))
                        .toList(),
                true);
        List<JobStatus> open =
                statuses.stream().filter(job -> !job.state().isOver()).toList();
        jobCells.register(open.stream().flatMap(job -> cells(job).stream()).toList(), true);
        jobRate.register(
                open.stream().map(job -> row(of(job), job.patchesPerSecond())).toList(), true);
        jobRemaining.register(
                open.stream()
                        .filter(job -> job.remaining().isPresent())
                        .map(job -> row(of(job), seconds(job.remaining().orElseThrow())))
                        .toList(),
                true);
        jobBound.register(
                open.stream()
                        .filter(job -> job.bound().isPresent())
                        .map(job -> row(of(job), seconds(job.bound().orElseThrow())))
                        .toList(),
                true);
        registerWorkers(list);
        return registry.scrape();
    }

    private void registerWorkers(WorkerList list) {
        List<MultiGauge.Row<?>> states = new ArrayList<>();
        for (WorkerList.State state : WorkerList.State.values()) {
            states.add(row(
                    Tags.of("state", state.name().toLowerCase(Locale.ROOT)),
                    list.workers().stream()
                            .filter(worker -> worker.state() == state)
                            .count()));
        }
        states.add(row(Tags.of("state", "refused"), list.refused().size()));
        workers.register(states, true);
        List<WorkerReport> reports =
                list.workers().stream().map(WorkerList.Standing::report).toList();
        workerSlots.register(
                reports.stream()
                        .map(worker -> row(of(worker), worker.slotCount()))
                        .toList(),
                true);
        workerLeased.register(
                reports.stream()
                        .map(worker -> row(of(worker), worker.taskCount()))
                        .toList(),
                true);
    }

    private static List<MultiGauge.Row<?>> cells(JobStatus job) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (StageProgress stage : job.stages()) {
            Tags tags = of(job).and("stage", stage.name());
            rows.add(row(tags.and("state", "rendered"), stage.renderedCount()));
            rows.add(row(tags.and("state", "leased"), stage.leasedCount()));
            rows.add(row(tags.and("state", "ready"), stage.readyCount()));
            rows.add(row(
                    tags.and("state", "waiting"),
                    stage.cellCount() - stage.renderedCount() - stage.leasedCount() - stage.readyCount()));
        }
        return rows;
    }

    private static Tags of(JobStatus job) {
        return Tags.of("job", job.job().value());
    }

    private static Tags of(WorkerReport worker) {
        return Tags.of("worker", worker.worker().value());
    }

    private static MultiGauge.Row<?> row(Tags tags, double value) {
        return MultiGauge.Row.of(tags, value);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
