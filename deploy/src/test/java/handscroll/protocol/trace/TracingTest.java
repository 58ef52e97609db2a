package handscroll.protocol.trace;

import static handscroll.protocol.trace.TraceCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import io.opentelemetry.proto.trace.v1.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The sender against a collector on a real socket. */
class TracingTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final JobId SKY = new JobId("sky");
    private static final PatchId PATCH = new PatchId(1, 2, 3, 0);

    private Optional<ActorTestKit> kit = Optional.empty();

    @AfterEach
    void stop() {
        kit.ifPresent(ActorTestKit::shutdownTestKit);
    }

    @Test
    void aCollectorIsToldOfAJobItsAttemptsAndTheirTiles() {
        try (var collector = new TraceCollector()) {
            Tracing tracing =
                    tracing(Map.of("endpoint", collector.endpoint(), "headers.Authorization", "Bearer secret"));
            JobTrace trace = tracing.begin(SKY, NOON, NOON.plusSeconds(1)).orElseThrow();
            tracing.tell(tile(trace, 7));
            tracing.tell(attempt(trace, 7, Span.AttemptEnd.FAILED, "the device is gone"));
            tracing.tell(Span.ofJob(
                    trace, SKY, "A sky", NOON.plusSeconds(1), NOON.plusSeconds(9), "done", Optional.empty()));
            flush();

            assertThat(collector.authorizations()).containsOnly("Bearer secret");
            var job = collector.spans("job").get(0);
            var attempt = collector.spans("patch attempt").get(0);
            var tile = collector.spans("tile").get(0);
            assertThat(job.getParentSpanId().isEmpty()).isTrue();
            assertThat(attempt.getParentSpanId()).isEqualTo(job.getSpanId());
            assertThat(tile.getParentSpanId()).isEqualTo(attempt.getSpanId());
            assertThat(List.of(attempt.getTraceId(), tile.getTraceId())).containsOnly(job.getTraceId());
            assertThat(HexFormat.of().formatHex(job.getTraceId().toByteArray())).hasSize(32);
            assertThat(job.getEndTimeUnixNano() - job.getStartTimeUnixNano())
                    .isEqualTo(Duration.ofSeconds(8).toNanos());
            assertThat(attempt.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
            assertThat(attempt.getStatus().getMessage()).isEqualTo("the device is gone");
            assertThat(attribute(attempt, "handscroll.worker")).isEqualTo("worker-1");
            assertThat(attribute(attempt, "handscroll.column")).isEqualTo("2");
            assertThat(attribute(attempt, "handscroll.outcome")).isEqualTo("failed");
            assertThat(attribute(attempt, "handscroll.batch.size")).isEqualTo("16");
            assertThat(attribute(tile, "handscroll.tile.bytes")).isEqualTo("9000");
            assertThat(tracing.sentCount()).isEqualTo(3);
            assertThat(tracing.droppedCount()).isZero();
        }
    }

    @Test
    void whatFindsNoRoomBehindASlowCollectorIsDroppedAndCounted() {
        try (var collector = new TraceCollector(false)) {
            Tracing tracing = tracing(Map.of("endpoint", collector.endpoint(), "max-pending", 8, "batch-size", 4));
            JobTrace trace = tracing.begin(SKY, NOON, NOON).orElseThrow();
            for (int epoch = 0; epoch < 1000; epoch++) {
                tracing.tell(tile(trace, epoch));
            }

            assertThat(tracing.droppedCount()).isGreaterThan(900);
            collector.answerNow();
            flush();
            assertThat(tracing.sentCount() + tracing.droppedCount()).isEqualTo(1000);
            assertThat(collector.spans()).hasSize((int) tracing.sentCount());
        }
    }

    @Test
    void spansThatNobodyTakesCountAsDropped() {
        String nobody;
        try (var collector = new TraceCollector()) {
            nobody = collector.endpoint();
        }
        Tracing tracing = tracing(Map.of("endpoint", nobody));
        tracing.tell(tile(tracing.begin(SKY, NOON, NOON).orElseThrow(), 1));
        flush();

        assertThat(tracing.droppedCount()).isEqualTo(1);
    }

    @Test
    void withoutAnEndpointNothingIsTraced() {
        Tracing tracing = tracing(Map.of());

        assertThat(tracing.begin(SKY, NOON, NOON)).isEmpty();
    }

    @Test
    void settingsThatCannotBeUsedAreRefusedWithWhatWould() {
        assertThatThrownBy(() -> settings(Map.of("endpoint", "localhost:4318")))
                .hasMessageContaining("handscroll.tracing.endpoint")
                .hasMessageContaining("http://localhost:4318/v1/traces");
        assertThatThrownBy(() -> settings(Map.of("patch-share", 7)))
                .hasMessageContaining("handscroll.tracing.patch-share is 7");
    }

    private static Span tile(JobTrace trace, long epoch) {
        return Span.ofTile(trace, SKY, PATCH, epoch, 9000, NOON, NOON.plusMillis(5), Optional.empty());
    }

    private static Span attempt(JobTrace trace, long epoch, Span.AttemptEnd how, String reason) {
        var attempt = new Span.Attempt(PATCH, epoch, "worker-1", "Sample", 1, 16);
        return Span.ofAttempt(trace, SKY, attempt, NOON, NOON.plusMillis(500), how, reason);
    }

    private Tracing tracing(Map<String, Object> settings) {
        ActorTestKit started = ActorTestKit.create(config(settings));
        kit = Optional.of(started);
        return Tracing.of(started.system());
    }

    private static TracingSettings settings(Map<String, Object> settings) {
        return TracingSettings.from(config(settings));
    }

    private static com.typesafe.config.Config config(Map<String, Object> settings) {
        return ConfigFactory.parseMap(settings).atPath("handscroll.tracing").withFallback(ConfigFactory.load());
    }

    /** Whoever ends sends what is left. */
    private void flush() {
        kit.orElseThrow().shutdownTestKit();
        kit = Optional.empty();
    }
}
