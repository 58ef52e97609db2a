package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.worker.djl.TinyModel;
import handscroll.worker.djl.TorchRenderers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A text becomes a video, sentence after sentence, through the whole farm, with a small model that has learned nothing. */
class StoryFarmTest {

    private static final String STREAM = "{ frames = 2, text = \"a stream\" }";

    @TempDir
    private Path directory;

    @BeforeEach
    void makeModels() throws IOException {
        TinyModel.writeToldVideo(directory.resolve("models/told"), 3);
        TinyModel.writeVideo(directory.resolve("models/deaf"), 3);
        Files.writeString(
                directory.resolve("site.conf"),
                "handscroll.cli.models = [\"" + directory.resolve("models") + "\"]\n" + SettingNames.HTTP_PORT
                        + " = 0\n");
        Files.writeString(
                directory.resolve("job.conf"),
                "task = text-to-video, model = told, canvas { width = 128, height = 128, fps = 2 }, seed = 7,"
                        + " sampling { temperature = 1, top-k = 32 }, output.tiles = png");
    }

    @Test
    void eachSentenceHoldsForItsFramesOnAnyNumberOfWorkers() throws IOException {
        Map<String, Integer> bird = render("bird", 1, "story=[" + STREAM + ", { frames = 2, text = \"a bird\" }]");
        assertThat(render("again", 3, "story=[" + STREAM + ", { frames = 2, text = \"a bird\" }]"))
                .isEqualTo(bird);
        SortedMap<String, Integer> snow =
                render("snow", 2, "story=[" + STREAM + ", { frames = 2, text = \"snow at night\" }]");
        assertThat(snow).hasSize(4);
        assertThat(snow.headMap("000002")).isEqualTo(new TreeMap<>(bird).headMap("000002"));
        assertThat(snow.get("000002/0_0.png")).isNotEqualTo(bird.get("000002/0_0.png"));
        assertThat(directory.resolve("snow/video.mp4")).isNotEmptyFile();
    }

    @Test
    void aModelThatFollowsNoTextIsRefused() {
        Run run = Run.of(line("plan", "model=deaf", "story=[" + STREAM + "]"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("story", "the model deaf follows no text");
    }

    private SortedMap<String, Integer> render(String name, int workers, String story) throws IOException {
        String out = directory.resolve(name).toString();
        Run run = Run.of(
                LocalFarm.opener(TorchRenderers::from),
                line("render", story, "--out", out, "--workers", String.valueOf(workers), "--quiet"));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        return new TreeMap<>(PictureTree.hashes(directory.resolve(name).resolve("frames")));
    }

    private String[] line(String command, String... rest) {
        List<String> line = new ArrayList<>(List.of(
                command,
                directory.resolve("job.conf").toString(),
                "--config",
                directory.resolve("site.conf").toString()));
        line.addAll(List.of(rest));
        return line.toArray(String[]::new);
    }
}
