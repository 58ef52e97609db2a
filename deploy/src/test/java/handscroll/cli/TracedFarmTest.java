package handscroll.cli;

import static handscroll.protocol.trace.TraceCollector.attribute;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.typesafe.config.Config;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.trace.TraceCollector;
import handscroll.worker.render.RendererFactory;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and a worker with an actor system each, and what a collector of traces hears of them. */
class TracedFarmTest {

    private static final int PATCHES = 6 * 4;
    private static final int TILES = 2;

    @TempDir
    private Path directory;

    private final int joinPort = FarmOfProcesses.freePort();
    private FakeRenderers fake = new FakeRenderers(Map.of(), 1);

    @BeforeEach
    void shelve() throws Exception {
        FakeRenderers.shelve(directory.resolve("models/fake"));
        String hash = ModelCard.read(directory.resolve("models/fake")).hash();
        fake = new FakeRenderers(Map.of("fake", hash), 512);
    }

    @Test
    void theWorkersTilesHangBelowTheCoordinatorsAttemptsAndThoseBelowTheJob() throws Exception {
        try (var collector = new TraceCollector()) {
            assertThat(render(collector, 1, fake)).isEqualTo(Jobs.State.DONE);

            List<Span> jobs = collector.spans("job");
            assertThat(jobs).hasSize(1);
            ByteString trace = jobs.get(0).getTraceId();
            assertThat(attribute(jobs.get(0), "handscroll.state")).isEqualTo("done");

            List<Span> attempts = collector.spans("patch attempt");
            assertThat(attempts).hasSize(PATCHES + TILES).allSatisfy(attempt -> {
                assertThat(attempt.getTraceId()).isEqualTo(trace);
                assertThat(attempt.getParentSpanId()).isEqualTo(jobs.get(0).getSpanId());
                assertThat(attribute(attempt, "handscroll.outcome")).isEqualTo("completed");
                assertThat(attribute(attempt, "handscroll.attempt")).isEqualTo("1");
            });
            Map<ByteString, Span> bySpan = attempts.stream().collect(toMap(Span::getSpanId, span -> span));
            assertThat(collector.spans("tile")).hasSize(TILES).allSatisfy(tile -> {
                Span attempt = bySpan.get(tile.getParentSpanId());
                assertThat(tile.getTraceId()).isEqualTo(trace);
                assertThat(attribute(attempt, "handscroll.task")).isEqualTo("Decode");
                for (String key : List.of("handscroll.column", "handscroll.row", "handscroll.epoch")) {
                    assertThat(attribute(tile, key)).isEqualTo(attribute(attempt, key));
                }
            });
        }
    }

    @Test
    void ofAShareOfNoPatchesStillThoseThatFailAreTold() throws Exception {
        try (var collector = new TraceCollector()) {
            var poison = new PatchId(0, 5, 3, 0);
            assertThat(render(collector, 0, new PoisonedRenderers(fake, poison)))
                    .isEqualTo(Jobs.State.FAILED);

            assertThat(collector.spans("job").get(0).getStatus().getMessage()).contains("nobody can render");
            assertThat(collector.spans("tile")).isEmpty();
            List<Span> attempts = collector.spans("patch attempt");
            assertThat(attempts)
                    .isNotEmpty()
                    .allSatisfy(attempt ->
                            assertThat(attempt.getStatus().getMessage()).contains("nobody can render"));
            assertThat(attempts.stream()
                            .filter(attempt -> attribute(attempt, "handscroll.column")
                                            .equals("5")
                                    && attribute(attempt, "handscroll.row").equals("3"))
                            .map(attempt -> attribute(attempt, "handscroll.attempt")))
                    .containsExactly("1", "2", "3");
        }
    }

    private Jobs.State render(TraceCollector collector, double share, RendererFactory renderers) throws Exception {
        List<HostPort> seed = List.of(new HostPort("127.0.0.1", joinPort));
        String spec = "task = unconditional, canvas { width = 384, height = 256 }, model = fake, seed = 7,"
                + " direction = zeta, output { to = \"" + directory.resolve("out") + "\" }";
        try (Farm coordinator = open("coordinator.conf", collector, share, 0, List.of(), renderers);
                Farm worker = open("worker.conf", collector, share, 1, seed, renderers)) {
            return coordinator
                    .follow(
                            InOneProcess.submit(coordinator, JobSpecReader.readText("sky", spec, directory)),
                            event -> {})
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS)
                    .state();
        }
    }

    private Farm open(
            String file,
            TraceCollector collector,
            double share,
            int slots,
            List<HostPort> join,
            RendererFactory renderers) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(
                "handscroll.cli.models", List.of(directory.resolve("models").toString()));
        settings.put(SettingNames.HTTP_PORT, 0);
        settings.put(SettingNames.REMOTE_PORT, join.isEmpty() ? joinPort : 0);
        settings.put("handscroll.coordinator.tile.port", 0);
        settings.put("handscroll.tracing.endpoint", collector.endpoint());
        settings.put("handscroll.tracing.patch-share", share);
        Config config = SiteConfig.load(Optional.empty(), file, settings);
        return LocalFarm.opener((site, models) -> renderers)
                .open(new FarmOptions(config, join.isEmpty(), slots, directory.resolve("state-" + file), join));
    }
}
