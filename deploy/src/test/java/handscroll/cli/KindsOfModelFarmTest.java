package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import handscroll.protocol.model.ContextStates;
import handscroll.protocol.model.Decoding;
import handscroll.worker.djl.TorchRenderers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kinds of models other than the shipped one, through a whole farm and the real libtorch. */
class KindsOfModelFarmTest {

    /** Eight columns, so that there is a block to the right of another one. */
    private static final int PATCHES = 8 * 3;

    @TempDir
    private Path directory;

    @Test
    void recurrentStatesAreMadeAnewWithTheSameBitsWhereTheyWereLost() throws IOException {
        handscroll.worker.djl.TinyModel.write(
                directory.resolve("models/kind"), 5, 2, ContextStates.RECURRENT, Decoding.AUTOREGRESSIVE);
        JsonNode kept = render("kept", 1, "64 MiB");
        JsonNode lost = render("lost", 3, "1 B");

        assertThat(PictureTree.hashes(directory.resolve("lost/picture_files")))
                .isEqualTo(PictureTree.hashes(directory.resolve("kept/picture_files")));
        assertThat(kept.path("states").path("made").asInt()).isZero();
        assertThat(kept.path("states").path("found").asInt()).isPositive();
        assertThat(lost.path("states").path("made").asInt()).isGreaterThan(PATCHES);
    }

    @Test
    void patchesInRoundsAreTheSameFromOneSlotAndFromThree() throws IOException {
        handscroll.worker.djl.TinyModel.write(
                directory.resolve("models/kind"), 5, 2, ContextStates.ENCODED, Decoding.PARALLEL);
        render("one", 1, "64 MiB", "sampling.rounds=6");
        render("three", 3, "64 MiB", "sampling.rounds=6");
        render("other", 3, "64 MiB");

        var one = PictureTree.hashes(directory.resolve("one/picture_files"));
        assertThat(PictureTree.hashes(directory.resolve("three/picture_files"))).isEqualTo(one);
        assertThat(PictureTree.hashes(directory.resolve("other/picture_files"))).isNotEqualTo(one);
    }

    private JsonNode render(String name, int workers, String pool, String... overrides) throws IOException {
        Path job = Files.writeString(
                directory.resolve("sky.conf"),
                "task = unconditional, model = kind, canvas { width = 512, height = 192 }, seed = 7, direction = omega,"
                        + " sampling.temperature = 1, sampling.top-k = 32");
        Path config = Files.writeString(
                directory.resolve("site.conf"),
                "handscroll.cli.models = [\"" + directory.resolve("models") + "\"]\nhandscroll.worker.djl.pool = "
                        + pool + "\n" + SettingNames.HTTP_PORT + " = 0\n");
        List<String> line = new ArrayList<>(List.of(
                "render",
                job.toString(),
                "--config",
                config.toString(),
                "--out",
                directory.resolve(name).toString(),
                "--workers",
                String.valueOf(workers),
                "--json",
                "--quiet"));
        line.addAll(List.of(overrides));
        Run run = Run.of(LocalFarm.opener(TorchRenderers::from), line.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        return new ObjectMapper().readTree(run.out());
    }
}
