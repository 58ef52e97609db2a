package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.output.OutputDirectory;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.job.Problem;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.video.VideoFile;
import handscroll.worker.djl.TinyModel;
import handscroll.worker.djl.TorchRenderers;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture becomes a video, through the whole farm in one process, with a small model that has learned nothing. */
class VideoRenderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FRAMES = 10;

    @TempDir
    private Path directory;

    @BeforeEach
    void makeModelAndPicture() throws Exception {
        TinyModel.writeVideo(directory.resolve("models/tiny"), 3);
        BufferedImage picture = new BufferedImage(128, 64, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.ORANGE);
        graphics.fillOval(20, 5, 90, 50);
        graphics.dispose();
        ImageIO.write(picture, "png", directory.resolve("first.png").toFile());
    }

    @Test
    void goesOnFromItsFirstFrameAndIsAVideoThatOthersPlay() throws Exception {
        assertThat(render("video", 2).state()).isEqualTo(Jobs.State.DONE);

        Path made = directory.resolve("video");
        BufferedImage first = ImageIO.read(made.resolve("frames/000000/0_0.png").toFile());
        BufferedImage given = ImageIO.read(directory.resolve("first.png").toFile());
        for (int x = 0; x < 128; x++) {
            assertThat(first.getRGB(x, 30)).isEqualTo(given.getRGB(x, 30));
        }
        List<Problem> problems = new ArrayList<>();
        VideoFile video =
                VideoFile.open(made.resolve("video.mp4"), problems).orElseThrow(() -> new AssertionError(problems));
        assertThat(video.widthPixels()).isEqualTo(128);
        assertThat(video.framesPerSecond()).isCloseTo(2, within(0.001));
        List<PixelBlock> frames = new ArrayList<>();
        video.forEachFrame(0, FRAMES + 1, 128, 64, frames::add);
        assertThat(frames).hasSize(FRAMES);

        assertThat(Files.readString(made.resolve("video.m3u8")))
                .contains("#EXT-X-PLAYLIST-TYPE:EVENT", "#EXT-X-MAP:URI=\"video/start.mp4\"", "video/000002.m4s")
                .endsWith("#EXT-X-ENDLIST\n");
        // The last segment alone, after what comes before any, begins at its own time.
        Path last = directory.resolve("last.mp4");
        Files.write(last, Files.readAllBytes(made.resolve("video/start.mp4")));
        Files.write(
                last, Files.readAllBytes(made.resolve("video/000002.m4s")), java.nio.file.StandardOpenOption.APPEND);
        assertThat(VideoFile.startSeconds(last)).isCloseTo(4, within(0.001));
    }

    @Test
    void isTheSameToTheByteWithOneSlotAndWithThreeAndAfterAStop() throws Exception {
        render("one", 1);
        render("three", 3);
        CountDownLatch someTiles = new CountDownLatch(1);
        try (Farm farm = open("stopped", 2)) {
            JobId job = submit(farm, "stopped");
            farm.follow(job, event -> {
                if (event instanceof Jobs.Moved changed
                        && changed.status().stages().size() > 1
                        && changed.status().stages().get(1).renderedCount() > 2) {
                    someTiles.countDown();
                }
            });
            assertThat(someTiles.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        try (Farm farm = open("stopped", 2)) {
            assertThat(last(farm, new JobId("stopped")).state()).isEqualTo(Jobs.State.DONE);
        }

        assertThat(files("three")).isEqualTo(files("one"));
        assertThat(files("stopped")).isEqualTo(files("one"));
    }

    @Test
    void isVerifiedFrameByFrameAndExported() throws Exception {
        render("video", 2);
        Run sound = verify("video");
        assertThat(sound.exitCode()).as(sound.out() + sound.err()).isEqualTo(ExitCode.DONE);
        assertThat(sound.out()).contains("10 tiles were rendered again: all the same.");

        Run exported = Run.of("export", directory.resolve("video").toString(), "--to", "webm", "--config", site());
        assertThat(exported.exitCode()).as(exported.err()).isEqualTo(ExitCode.DONE);
        assertThat(exported.out()).contains("video.webm: 128 x 64 px, 10 frames");
        Run asPicture = Run.of("export", directory.resolve("video").toString(), "--to", "png", "--config", site());
        assertThat(asPicture.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(asPicture.err()).contains("is a video", "webm");

        Path tile = directory.resolve("video/frames/000004/0_0.png");
        Files.write(tile, Files.readAllBytes(directory.resolve("video/frames/000003/0_0.png")));
        Run damaged = verify("video");
        assertThat(damaged.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(damaged.out()).contains("frames/000004/0_0.png is another tile than its tokens make");
    }

    @Test
    void aFrameThatWasDamagedIsMadeAgainAndItsSegmentToo() throws Exception {
        render("video", 2);
        JournalFile.close(directory.resolve("video"));
        Map<String, Integer> sound = files("video");
        Path segment = directory.resolve("video/video/000001.m4s");
        Files.write(directory.resolve("video/frames/000004/0_0.png"), new byte[10]);
        Files.write(segment, new byte[10]);

        Run recovered = Run.of(
                LocalFarm.opener((settings, models) -> TorchRenderers.from(settings, models)),
                "render",
                "--recover",
                directory.resolve("video").toString(),
                "--port",
                "0",
                "--config",
                site());

        assertThat(recovered.exitCode()).as(recovered.err()).isEqualTo(ExitCode.DONE);
        assertThat(recovered.err()).contains("1 damaged tile is made again", "frames/000004/0_0.png");
        assertThat(files("video")).as(recovered.err() + recovered.out()).isEqualTo(sound);
    }

    private Run verify(String name) throws Exception {
        Config config = SiteConfig.load(Optional.of(Path.of(site())), "local.conf", Map.of());
        return Run.with(
                TorchRenderers.from(config, CliSettings.from(config).models()),
                "verify",
                directory.resolve(name).toString(),
                "--sample",
                "100%",
                "--config",
                site());
    }

    private String site() throws Exception {
        return Files.writeString(
                        directory.resolve("site.conf"),
                        "handscroll.cli.models = [\"" + directory.resolve("models") + "\"]\n")
                .toString();
    }

    private Map<String, Integer> files(String name) throws Exception {
        Map<String, Integer> hashes = new java.util.TreeMap<>(
                PictureTree.hashes(directory.resolve(name).resolve("frames")));
        hashes.putAll(PictureTree.hashes(directory.resolve(name).resolve("video")));
        hashes.put("whole", java.util.Arrays.hashCode(Files.readAllBytes(directory.resolve(name + "/video.mp4"))));
        return hashes;
    }

    private Jobs.JobStatus render(String name, int slotCount) throws Exception {
        try (Farm farm = open(name, slotCount)) {
            return last(farm, submit(farm, name));
        }
    }

    private Farm open(String name, int slotCount) {
        Config config = SiteConfig.load(
                Optional.empty(),
                "local.conf",
                Map.of(
                        "handscroll.cli.models",
                        List.of(directory.resolve("models").toString()),
                        SettingNames.HTTP_PORT,
                        0));
        return LocalFarm.opener((settings, models) -> TorchRenderers.from(settings, models))
                .open(new FarmOptions(
                        config, true, slotCount, directory.resolve(name).resolve(OutputDirectory.STATE), List.of()));
    }

    private JobId submit(Farm farm, String name) throws Exception {
        String spec = "name = " + name + ", task = image-to-video, model = tiny, seed = 7,"
                + " canvas { width = 128, height = 64, frames = " + FRAMES + ", fps = 2 },"
                + " input.image = first.png, output { to = \"" + directory.resolve(name) + "\", tiles = png }";
        Jobs.Submission submission = AskPattern.<Jobs.Command, Jobs.Submission>ask(
                        farm.jobs(),
                        replyTo -> new Jobs.Submit(JobSpecReader.readText(name, spec, directory), replyTo),
                        PATIENCE,
                        farm.scheduler())
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(submission).isInstanceOf(Jobs.Accepted.class);
        return ((Jobs.Accepted) submission).job();
    }

    private static Jobs.JobStatus last(Farm farm, JobId job) throws Exception {
        return farm.follow(job, event -> {}).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
