package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import handscroll.coordinator.output.OutputDirectory;
import handscroll.protocol.model.ModelCard;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user calls it, with a real farm and renderers that hash instead of a model. */
class RenderCommandTest {

    @TempDir
    private Path directory;

    private Path job;
    private Path config;

    @BeforeEach
    void writeJobAndModel() throws IOException {
        FakeRenderers.shelve(directory.resolve("models/fake"));
        job = Files.writeString(
                directory.resolve("sky.conf"),
                "task = unconditional, model = fake, canvas { width = 300, height = 256 }, seed = 7");
        config = Files.writeString(
                directory.resolve("site.conf"),
                "handscroll.cli.models = [\"" + directory.resolve("models") + "\"]\n" + SettingNames.HTTP_PORT
                        + " = 0\n");
    }

    @Test
    void rendersAJobSaysWhereItLiesAndWritesOneFile() throws IOException {
        Path png = directory.resolve("sky.png");
        Run run = render(job.toString(), "--out", out().toString(), "--png", png.toString());

        assertThat(run.err()).contains("Watch it grow at http://127.0.0.1:");
        assertThat(run.out()).contains("sky: 20 patches in ", "picture      " + out(), "coordinator", "ms a patch");
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        BufferedImage picture = ImageIO.read(png.toFile());
        assertThat(picture.getWidth()).isEqualTo(300);
        assertThat(picture.getHeight()).isEqualTo(256);
    }

    @Test
    void printsOneJsonObjectAndNothingElseWhenAskedTo() throws IOException {
        Run run = render(job.toString(), "--out", out().toString(), "--json", "--quiet");

        assertThat(run.err()).isEmpty();
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.path("state").asText()).isEqualTo("done");
        assertThat(json.path("patches").asInt()).isEqualTo(20);
        assertThat(json.path("directory").asText()).isEqualTo(out().toString());
    }

    @Test
    void anotherSeedMakesAnotherPictureAndTheSameSeedTheSame() throws IOException {
        render(job.toString(), "--out", directory.resolve("a").toString(), "--workers", "1");
        render(job.toString(), "--out", directory.resolve("b").toString(), "--workers", "3");
        render(job.toString(), "seed=8", "--out", directory.resolve("c").toString());

        assertThat(largestTile("b")).isEqualTo(largestTile("a"));
        assertThat(largestTile("c")).isNotEqualTo(largestTile("a"));
    }

    @Test
    void resumingAWholePictureRendersNothing() {
        render(job.toString(), "--out", out().toString());
        Run run = render("--resume", out().toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("sky was whole already");
    }

    @Test
    void aPictureWhoseJournalIsLostGoesOnFromItsManifestAndTokens() throws IOException {
        render(job.toString(), "--out", out().toString());
        byte[] tile = largestTile("out");
        delete(out().resolve(OutputDirectory.STATE));
        FakeRenderers renderers = renderers();
        Run run = render(renderers, "--resume", out().toString());

        assertThat(run.err()).doesNotContain("cannot");
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(largestTile("out")).isEqualTo(tile);
        assertThat(renderers.sampledCount).hasValue(0);
    }

    @Test
    void aPictureThatWasMovedIsNotContinuedInItsOldPlace() throws IOException {
        render(job.toString(), "--out", out().toString());
        // Copied: H2 keeps a journal open for as long as the process of this test runs.
        Path moved = copy(out(), directory.resolve("moved"));
        Run run = render("--resume", moved.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("was " + out() + " when the job was begun", "move it back");
    }

    private Path out() {
        return directory.resolve("out");
    }

    private Run render(String... arguments) {
        return render(renderers(), arguments);
    }

    private Run render(FakeRenderers renderers, String... arguments) {
        String[] all = Stream.concat(Stream.of("render", "--config", config.toString()), Stream.of(arguments))
                .toArray(String[]::new);
        return Run.of(LocalFarm.opener((settings, models) -> renderers), all);
    }

    private FakeRenderers renderers() {
        return new FakeRenderers(
                Map.of("fake", ModelCard.read(directory.resolve("models/fake")).hash()), 512);
    }

    private byte[] largestTile(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name).resolve("picture_files/9/0_0.jpg"));
    }

    private static Path copy(Path tree, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted().toList()) {
                Files.copy(file, target.resolve(tree.relativize(file)));
            }
        }
        return target;
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
