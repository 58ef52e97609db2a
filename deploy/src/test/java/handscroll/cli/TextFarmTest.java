package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.worker.djl.TorchRenderers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures from texts, through a whole farm and the real libtorch. */
class TextFarmTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void putModelsOnTheShelf() throws IOException {
        handscroll.worker.djl.TinyModel.writeTold(directory.resolve("models/told"), 5);
        handscroll.worker.djl.TinyModel.write(directory.resolve("models/deaf"), 5);
    }

    @Test
    void aTextMakesTheSamePictureOnOneSlotAndOnThree() throws IOException {
        Map<String, Integer> one = render("one", 1, "text=snow");
        assertThat(render("three", 3, "text=snow")).isEqualTo(one);
        assertThat(render("other", 3, "text=a red desert")).isNotEqualTo(one);
        assertThat(render("weaker", 1, "text=snow", "sampling.guidance=1")).isNotEqualTo(one);
    }

    @Test
    void aRegionFollowsItsOwnText() throws IOException {
        Map<String, Integer> plain = render("plain", 2, "text=snow");
        String right = "{ at = [512, 0], size = [256, 192], text = \"a red desert\" }";
        Map<String, Integer> regional = render("regional", 2, "text=snow", "regions=[" + right + "]");
        assertThat(regional.get("10/2_0.png")).isNotEqualTo(plain.get("10/2_0.png"));
        // Drawn before the region, and out of its reach.
        assertThat(regional.get("10/0_0.png")).isEqualTo(plain.get("10/0_0.png"));
    }

    @Test
    void refusesTextsThatCannotBeFollowed() throws IOException {
        assertThat(refused("model=deaf", "text=snow")).contains("the model deaf follows no text", "learned captions");
        assertThat(refused()).contains("text", "is missing");
        assertThat(refused("text=\"  \"")).contains("text", "is no text");
        assertThat(refused("text=" + "far ".repeat(400))).contains("has 1599 characters");
        assertThat(refused("text=snow", "regions=[{ at = [800, 0], size = [64, 64], text = fog }]"))
                .contains("regions[0]", "lie beside the canvas");
        assertThat(refused("text=snow", "regions=[{ at = [40, 0], size = [20, 64], text = fog }]"))
                .contains("regions[0]", "the centre of no patch");
        assertThat(refused("text=snow", "regions=[{ at = [40, 0], text = \"\" }]"))
                .contains("regions[0].size", "is missing", "regions[0].text");
        assertThat(refused("task=unconditional", "text=snow")).contains("follows no text", "task = text-to-image");
    }

    @Test
    void whereALongTextIsCutIsSaidBeforeItIsRenderedToo() throws IOException {
        String text = "text=" + "one two three four ".repeat(9) + "end";
        Run run = Run.of(line("plan", text).toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("text has 37 words and is cut after the 32nd, \"four\"");
        Run dry = Run.of(line("submit", text, "--dry-run").toArray(String[]::new));
        assertThat(dry.err()).contains("cut after the 32nd");
    }

    private String refused(String... overrides) throws IOException {
        Run run = Run.of(line("plan", overrides).toArray(String[]::new));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        return run.err();
    }

    private Map<String, Integer> render(String name, int workers, String... overrides) throws IOException {
        List<String> line = line("render", overrides);
        line.addAll(
                List.of("--out", directory.resolve(name).toString(), "--workers", String.valueOf(workers), "--quiet"));
        Run run = Run.of(LocalFarm.opener(TorchRenderers::from), line.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        return PictureTree.hashes(directory.resolve(name + "/picture_files"));
    }

    private List<String> line(String command, String... overrides) throws IOException {
        Path job = Files.writeString(
                directory.resolve("job.conf"),
                "task = text-to-image, model = told, canvas { width = 768, height = 192 }, seed = 7, direction = omega,"
                        + " sampling { temperature = 1, top-k = 32 }, output.tiles = png");
        Path config = Files.writeString(
                directory.resolve("site.conf"),
                "handscroll.cli.models = [\"" + directory.resolve("models") + "\"]\n" + SettingNames.HTTP_PORT
                        + " = 0\n");
        List<String> line = new ArrayList<>(List.of(command, job.toString(), "--config", config.toString()));
        line.addAll(List.of(overrides));
        return line;
    }
}
