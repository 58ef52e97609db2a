package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.State;
import handscroll.coordinator.output.OutputSettings;
import handscroll.coordinator.output.VideoOutput;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.RenderedTile;
import handscroll.protocol.tile.TileCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a video in a real browser, which plays what the output has written so far. */
class VideoPageTest {

    private static final JobId JOB = new JobId("clouds");
    private static final int FRAMES = 12;
    private static final Canvas CANVAS = new Canvas(256, 128, FRAMES, false, 2);

    private static ActorTestKit kit;
    private static Browser browser;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBrowser() throws IOException {
        browser = Browser.start();
        browser.window(1000, 620, 1, false);
        kit = ActorTestKit.create(ConfigFactory.parseString("handscroll.coordinator.http.port = 0")
                .withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stopBrowser() throws Exception {
        if (browser != null) {
            browser.close();
            kit.shutdownTestKit();
        }
    }

    @Test
    void playsTheFirstSegmentWhileTheOthersAreRenderedAndAllOfItInTheEnd() throws Exception {
        Config config = kit.system().settings().config();
        VideoOutput output = VideoOutput.open(
                        directory,
                        CANVAS,
                        256,
                        JobSpec.Output.to("out", JobSpec.TileEncoding.PNG, 90),
                        OutputSettings.from(config),
                        kit.system().dispatchers().lookup(DispatcherSelector.fromConfig(OutputSettings.DISPATCHER)))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        ActorRef<Jobs.Command> desk = kit.spawn(FakeJobDesk.create());
        Jobs.JobStatus rendering = FakeJobDesk.rendering(JOB.value(), CANVAS, directory, 256);
        desk.tell(new FakeJobDesk.Put(rendering));
        HttpServer server = HttpServer.start(kit.system(), desk, HttpSettings.from(config))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        storeFrames(output, 0, 5);
        browser.open(server.page(JOB));
        String video = "document.getElementById('video')";
        browser.await(video + ".dataset.segments === '1'");
        browser.await(video + ".readyState >= 2 && " + video + ".videoWidth === 256");
        assertThat(browser.evaluate(video + ".buffered.end(0)").asDouble()).isEqualTo(2);
        assertThat(browser.evaluate("document.getElementById('pause').hidden").asBoolean())
                .isFalse();
        browser.screenshot(Path.of("target", "viewer", "video.png"));
        theListShowsTheFramesThatAreThere(server);
        browser.open(server.page(JOB));
        browser.await(video + ".dataset.segments === '1'");

        storeFrames(output, 5, FRAMES);
        output.whenFinished().toCompletableFuture().get(60, TimeUnit.SECONDS);
        browser.await(video + ".duration === 6");
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.in(rendering, State.DONE, 1, Optional.empty())));
        browser.open(server.page(JOB));
        browser.await(video + ".readyState >= 2 && " + video + ".currentSrc.endsWith('/video.mp4')");
        assertThat(browser.evaluate(video + ".duration").asDouble()).isEqualTo(6);
        assertThat(browser.complaints()).isEmpty();
        browser.open(java.net.URI.create("about:blank"));
        server.stop().toCompletableFuture().join();
        output.close().toCompletableFuture().join();
    }

    /** Four of twelve have room side by side; of those the first two are there. */
    private static void theListShowsTheFramesThatAreThere(HttpServer server) {
        browser.open(server.address());
        String drawn =
                "((share) => { const strip = document.querySelector('.job canvas'); return strip.getContext('2d')"
                        + ".getImageData(share * strip.width, strip.height / 2, 1, 1).data[3] === 255; })";
        browser.await(drawn + "(0.1) && " + drawn + "(0.4)");
        assertThat(browser.evaluate(drawn + "(0.6)").asBoolean()).isFalse();
    }

    /** A bar that goes from left to right. */
    private static void storeFrames(VideoOutput output, int first, int end) throws Exception {
        var codec = new TileCodec(JobSpec.TileEncoding.PNG, 90);
        for (int frame = first; frame < end; frame++) {
            byte[] rgb = new byte[3 * 256 * 128];
            for (int at = 0; at < rgb.length; at++) {
                rgb[at] = (byte) (at / 3 % 256 / 20 == frame ? 230 : 60 + 20 * (at % 3));
            }
            PixelBlock pixels = new PixelBlock(256, 128, rgb);
            output.store(new RenderedTile(
                            JOB, new PatchId(1, 0, 0, frame), 1, codec.encode(pixels), TileCodec.half(pixels)))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
    }
}
