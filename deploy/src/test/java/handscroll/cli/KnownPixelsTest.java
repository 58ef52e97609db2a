package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.javadsl.AskPattern;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.output.OutputDirectory;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import handscroll.worker.render.PatchOperators;
import handscroll.worker.render.PatchRenderer;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A picture that is extended stays as it was, to the last bit, through the whole farm. */
class KnownPixelsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TILE = 256;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "0, 0, 'right of it'",
        "64, 128, 'around it, on the patches'",
        "37, 101, 'around it, beside the patches'",
        "-19, -45, 'sticking out'",
        "301, 193, 'to the left and above'"
    })
    void everyKnownPixelIsInTheTilesAsItWas(int x, int y) throws Exception {
        BufferedImage picture = noise(299, 207);
        ImageIO.write(picture, "png", directory.resolve("source.png").toFile());
        render(x, y);

        BufferedImage rendered = new BufferedImage(600, 400, BufferedImage.TYPE_INT_RGB);
        Path tiles = directory.resolve("extended/picture_files/10");
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 3; column++) {
                BufferedImage tile =
                        ImageIO.read(tiles.resolve(column + "_" + row + ".png").toFile());
                rendered.createGraphics().drawImage(tile, TILE * column, TILE * row, null);
            }
        }
        for (int cy = 0; cy < 400; cy++) {
            for (int cx = 0; cx < 600; cx++) {
                boolean known = cx >= x && cx < x + 299 && cy >= y && cy < y + 207;
                boolean near = cx >= x - 32 && cx < x + 299 + 32 && cy >= y - 32 && cy < y + 207 + 32;
                if (known || !near) {
                    int expected = known ? picture.getRGB(cx - x, cy - y) : 0xff808080;
                    assertThat(rendered.getRGB(cx, cy)).as("%d, %d", cx, cy).isEqualTo(expected);
                }
            }
        }
    }

    private void render(int x, int y) throws Exception {
        FakeRenderers.shelve(directory.resolve("models/fake"));
        String hash = ModelCard.read(directory.resolve("models/fake")).hash();
        String spec = "name = extended, task = extension, canvas { width = 600, height = 400 }, model = fake,"
                + " input { image = source.png, at = [" + x + ", " + y + "] },"
                + " output { to = \"" + directory.resolve("extended") + "\", tiles = png }";
        var config = SiteConfig.load(
                Optional.empty(),
                "local.conf",
                Map.of(
                        "handscroll.cli.models",
                        List.of(directory.resolve("models").toString()),
                        SettingNames.HTTP_PORT,
                        0));
        var options = new FarmOptions(
                config, true, 2, directory.resolve("extended").resolve(OutputDirectory.STATE), List.of());
        try (Farm farm = LocalFarm.opener((settings, models) -> new GreyRenderers(Map.of("fake", hash)))
                .open(options)) {
            var submission = AskPattern.<Jobs.Command, Jobs.Submission>ask(
                            farm.jobs(),
                            replyTo -> new Jobs.Submit(JobSpecReader.readText("job", spec, directory), replyTo),
                            PATIENCE,
                            farm.scheduler())
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            JobId job = ((Jobs.Accepted) submission).job();
            Jobs.JobStatus last =
                    farm.follow(job, event -> {}).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(last.state()).isEqualTo(Jobs.State.DONE);
        }
    }

    private static BufferedImage noise(int width, int height) {
        Random random = new Random(1);
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                picture.setRGB(x, y, random.nextInt(1 << 24));
            }
        }
        return picture;
    }

    /** Draws nothing but grey. */
    private record GreyRenderers(Map<String, String> modelHashes) implements RendererFactory {

        @Override
        public TaskRenderer open(int slot) {
            return new PatchRenderer(new GreyOperators());
        }

        @Override
        public String deviceClass() {
            return "grey";
        }
    }

    private static final class GreyOperators implements PatchOperators {
        @Override
        public int patchPixels() {
            return 64;
        }

        @Override
        public List<short[]> sample(List<Patch> patches) {
            return patches.stream().map(patch -> new short[64]).toList();
        }

        @Override
        public List<short[]> fill(RenderSettings settings, List<Task.Fill> tasks) {
            return tasks.stream().map(task -> new short[64]).toList();
        }

        @Override
        public short[] encode(PixelBlock window) {
            return new short[64];
        }

        @Override
        public PixelBlock decode(TokenBlock window, List<TokenBlock> before) {
            byte[] grey = new byte[3 * TILE * TILE];
            Arrays.fill(grey, (byte) 128);
            return new PixelBlock(TILE, TILE, grey);
        }

        @Override
        public void release(JobId job, List<PatchId> patches) {}

        @Override
        public void close() {}
    }
}
