package handscroll.protocol.trace;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.japi.Pair;
import akka.stream.BoundedSourceQueue;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import handscroll.protocol.job.JobId;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends spans to an OpenTelemetry collector, one sender for each actor system. Nobody ever waits for it: what it cannot
 * send in time is dropped and counted.
 *
 * <pre>
 *   spans ─▶ queue ─▶ batches ─▶ OTLP over HTTP, one request at a time
 *            (a full one drops)
 * </pre>
 */
public final class Tracing implements Extension {

    private static final Logger LOG = LoggerFactory.getLogger(Tracing.class);

    /** Kept, because the platform forgets loggers that nobody holds, and their levels with them. */
    private static final java.util.logging.Logger EXPORTER_LOG =
            java.util.logging.Logger.getLogger("io.opentelemetry.exporter");

    private static final ExtensionId<Tracing> ID = new ExtensionId<>() {
        @Override
        public Tracing createExtension(ActorSystem<?> system) {
            return new Tracing(system, TracingSettings.from(system.settings().config()));
        }
    };

    private final double patchShare;
    private final Optional<BoundedSourceQueue<Span>> queue;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean isFailing;

    public static Tracing of(ActorSystem<?> system) {
        return ID.apply(system);
    }

    private Tracing(ActorSystem<?> system, TracingSettings settings) {
        this.patchShare = settings.patchShare();
        this.queue = settings.endpoint().map(endpoint -> run(system, settings, endpoint.toString()));
    }

    private BoundedSourceQueue<Span> run(ActorSystem<?> system, TracingSettings settings, String endpoint) {
        // What goes wrong is said here, once, instead of by the exporter on the terminal.
        EXPORTER_LOG.setLevel(Level.OFF);
        OtlpHttpSpanExporterBuilder builder =
                OtlpHttpSpanExporter.builder().setEndpoint(endpoint).setTimeout(settings.timeout());
        // What is tried again holds up what comes behind it, and a process that ends.
        builder.setRetryPolicy(null);
        settings.headers().forEach(builder::addHeader);
        SpanExporter exporter = builder.build();
        Resource resource = Resource.builder()
                .put("service.name", "handscroll")
                .put("service.instance.id", system.address().toString())
                .build();
        Pair<BoundedSourceQueue<Span>, CompletionStage<Done>> running = Source.<Span>queue(settings.maxPending())
                .map(span -> new OtlpSpan(span, resource))
                .groupedWithin(settings.batchSize(), settings.every())
                .mapAsync(1, batch -> send(exporter, endpoint, batch))
                .toMat(Sink.ignore(), Keep.both())
                .run(system);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "send-last-spans", () -> {
                    running.first().complete();
                    return running.second().thenCompose(done -> whenDone(exporter.shutdown()));
                });
        return running.first();
    }

    private CompletionStage<Done> send(SpanExporter exporter, String endpoint, List<OtlpSpan> batch) {
        CompletableResultCode result = exporter.export(List.copyOf(batch));
        return whenDone(result).thenApply(done -> {
            if (result.isSuccess()) {
                sent.addAndGet(batch.size());
                isFailing = false;
            } else {
                dropped.addAndGet(batch.size());
                if (!isFailing) {
                    LOG.warn(
                            "Spans are lost, and counted as dropped: [{}] does not take them ({}); look whether a collector"
                                    + " listens there, or set handscroll.tracing.endpoint to \"\"",
                            endpoint,
                            reason(result));
                }
                isFailing = true;
            }
            return done;
        });
    }

    private static String reason(CompletableResultCode result) {
        Throwable innermost = result.getFailureThrowable();
        while (innermost != null && innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost == null ? "without a reason" : innermost.toString();
    }

    private static CompletionStage<Done> whenDone(CompletableResultCode result) {
        var done = new CompletableFuture<Done>();
        result.whenComplete(() -> done.complete(Done.getInstance()));
        return done;
    }

    /** What the spans of a job that begins, or goes on, have in common; empty when nothing is traced. */
    public Optional<JobTrace> begin(JobId job, Instant acceptedAt, Instant now) {
        return queue.map(on -> JobTrace.of(job, acceptedAt, now, patchShare));
    }

    public void tell(Span span) {
        if (queue.isPresent() && !queue.get().offer(span).isEnqueued()) {
            dropped.incrementAndGet();
        }
    }

    public long sentCount() {
        return sent.get();
    }

    /** Of those that found no room, and of those that nobody took. */
    public long droppedCount() {
        return dropped.get();
    }
}
