package handscroll.coordinator.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import handscroll.coordinator.http.Browser;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.StoredVideo;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.TileCodec;
import handscroll.protocol.video.VideoFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A video whose frames are one colour each, of two tiles. */
class WebmExportTest {

    private static final int[][] COLOURS = {{200, 40, 40}, {40, 180, 60}, {50, 60, 210}, {220, 220, 90}};

    @TempDir
    Path directory;

    @Test
    void isAVideoOfTheSameFramesThatOthersReadAndABrowserPlays() throws Exception {
        StoredVideo video = video(4);
        Path target = directory.resolve("video.webm");
        List<Long> told = new ArrayList<>();
        var export = new WebmExport(target);
        export.check(video);
        export.run(video, (done, all) -> told.add(done));

        List<Problem> problems = new ArrayList<>();
        VideoFile read = VideoFile.open(target, problems).orElseThrow(() -> new AssertionError(problems));
        assertThat(read.widthPixels()).isEqualTo(320);
        assertThat(read.heightPixels()).isEqualTo(64);
        assertThat(read.framesPerSecond()).isCloseTo(2, within(0.001));
        List<PixelBlock> frames = new ArrayList<>();
        read.forEachFrame(0, 9, 320, 64, frames::add);
        assertThat(frames).hasSize(4);
        for (int frame = 0; frame < 4; frame++) {
            byte[] rgb = frames.get(frame).rgb();
            int middle = 3 * (32 * 320 + 250);
            for (int channel = 0; channel < 3; channel++) {
                assertThat(rgb[middle + channel] & 255).isCloseTo(COLOURS[frame][channel], within(12));
            }
        }
        assertThat(told).containsExactly(1L, 2L, 3L, 4L);
        assertThat(directory.resolve("video.webm.part")).doesNotExist();
        plays(target);
    }

    @Test
    void isRefusedWhileFramesAreMissing() throws Exception {
        StoredVideo video = video(4);
        Files.delete(directory.resolve("frames/000002/1_0.png"));
        var export = new WebmExport(directory.resolve("video.webm"));
        assertThatThrownBy(() -> export.check(video))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("webm")
                .satisfies(refusal -> assertThat(((Refusal) refusal).problems())
                        .singleElement()
                        .asString()
                        .contains("1 of 4 frames"));
    }

    private void plays(Path webm) throws Exception {
        try (Browser browser = Browser.start()) {
            browser.window(400, 200, 1, false);
            browser.open(webm.toUri());
            String player = "document.querySelector('video')";
            browser.await(player + " && " + player + ".readyState >= 2 && " + player + ".videoWidth === 320");
            assertThat(browser.evaluate(player + ".duration").asDouble()).isCloseTo(2, within(0.01));
        }
    }

    private StoredVideo video(int frameCount) throws IOException {
        var codec = new TileCodec(TileEncoding.PNG, 90);
        for (int frame = 0; frame < frameCount; frame++) {
            Path folder = Files.createDirectories(directory.resolve("frames/00000" + frame));
            Files.write(folder.resolve("0_0.png"), codec.encode(plain(256, COLOURS[frame])));
            Files.write(folder.resolve("1_0.png"), codec.encode(plain(64, COLOURS[frame])));
        }
        new Manifest(
                        "test",
                        new JobId("clouds"),
                        "task = text-to-video, model = m, text = clouds, seed = 1, output.to = out,"
                                + " canvas { width = 320, height = 64, frames = " + frameCount + ", fps = 2 }",
                        1,
                        "hash",
                        new Manifest.Model("m", "hash", "none", 64),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        new Manifest.Tiles(TileEncoding.PNG, 90, "test", 256, 320, 64),
                        Instant.EPOCH,
                        Optional.empty(),
                        Map.of())
                .write(directory);
        return StoredVideo.open(directory).orElseThrow();
    }

    private static PixelBlock plain(int width, int[] colour) {
        byte[] rgb = new byte[3 * width * 64];
        for (int at = 0; at < rgb.length; at++) {
            rgb[at] = (byte) colour[at % 3];
        }
        return new PixelBlock(width, 64, rgb);
    }
}
