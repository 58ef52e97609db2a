package handscroll.coordinator.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.RenderingTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputDirectoryTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path directory;

    @Test
    void acceptsADirectoryThatIsMissingOrEmpty() {
        assertThat(check(directory)).isEmpty();
        assertThat(check(directory.resolve("a/b/c"))).isEmpty();
        assertThat(directory.resolve("a")).doesNotExist();
    }

    @Test
    void acceptsADirectoryThatAJobOfOursWasBegunIn() throws Exception {
        Files.createDirectories(directory.resolve(OutputDirectory.STATE));
        Files.createDirectories(directory.resolve("tokens"));
        assertThat(check(directory)).isEmpty();
        manifest("5eed", TileEncoding.JPEG).write(directory);
        Files.writeString(directory.resolve("notes.txt"), "mine");
        assertThat(check(directory)).isEmpty();
    }

    @Test
    void refusesADirectoryOfSomebodyElse() throws Exception {
        Files.writeString(directory.resolve("thesis.tex"), "years of work");
        assertThat(check(directory))
                .extracting(Problem::what)
                .singleElement()
                .asString()
                .contains("\"thesis.tex\"");
    }

    @Test
    void refusesAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThat(check(file)).extracting(Problem::remedy).containsExactly("name a directory");
        assertThat(check(file.resolve("below"))).hasSize(1);
    }

    @Test
    void refusesThePictureOfAnotherJobAndOtherTiles() throws Exception {
        manifest("0ther", TileEncoding.JPEG).write(directory);
        assertThat(check(directory))
                .extracting(Problem::what)
                .singleElement()
                .asString()
                .contains("another picture, job sky");
        manifest("5eed", TileEncoding.PNG).write(directory);
        assertThat(check(directory))
                .extracting(Problem::what)
                .singleElement()
                .asString()
                .contains("PNG of quality 90");
    }

    @Test
    void refusesADiskThatIsTooSmall() {
        JobSpec huge = spec(2_000_000_000, 2_000_000_000);
        assertThat(OutputDirectory.check(directory, huge, 8, "5eed", Paintings.SETTINGS))
                .extracting(Problem::what)
                .singleElement()
                .asString()
                .startsWith("the picture takes about 2666666666.7 GB, ");
    }

    @Test
    void readsTheManifestThatItWrote() throws Exception {
        Manifest begun = manifest("5eed", TileEncoding.JPEG);
        begun.write(directory);
        assertThat(Manifest.read(directory)).contains(begun);
        Manifest ended =
                begun.finished(Optional.of("cpu-bf16"), NOON.plusSeconds(3), Map.of("seconds", 3.0, "patches", 24.0));
        ended.write(directory);
        assertThat(Manifest.read(directory)).contains(ended);
        assertThat(Files.readString(directory.resolve("manifest.json")))
                .contains("\"job\" : \"sky\"", "\"width\" : 20", "\"started\" : \"2026-11-22T12:00:00Z\"");
        assertThat(Manifest.read(directory.resolve("none"))).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithAManifestThatIsNone() throws Exception {
        Files.writeString(directory.resolve("manifest.json"), "[1, 2");
        assertThatThrownBy(() -> Manifest.read(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no manifest of Handscroll");
    }

    @Test
    void keepsPicturesBelowTheConfiguredRoot() throws Exception {
        Path root = Files.createDirectories(directory.resolve("pictures"));
        Path outside = Files.createDirectories(directory.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("link"), outside);
        OutputSettings rooted =
                new OutputSettings(1, 1, 1000, true, Optional.of(root), Paintings.SETTINGS.estimatedBytesPerPixel());
        for (Path trick : List.of(outside, root.resolve("../elsewhere/sky"), root.resolve("link/sky"))) {
            assertThat(OutputDirectory.check(trick, spec(20, 13), 8, "5eed", rooted))
                    .as("%s", trick)
                    .singleElement()
                    .asString()
                    .contains("does not lie below " + root);
        }
        assertThat(OutputDirectory.check(root.resolve("new/sky"), spec(20, 13), 8, "5eed", rooted))
                .isEmpty();
    }

    @Test
    void refusesMoreFilesThanAFileSystemBearsAndNamesTheArchive() {
        JobSpec files = spec(600, 600, Paintings.format(TileEncoding.JPEG));
        assertThat(OutputDirectory.check(directory, files, 8, "5eed", Paintings.SETTINGS))
                .singleElement()
                .asString()
                .contains("tiles are more files than the 1,000", "container = zip");
    }

    private static List<Problem> check(Path where) {
        return OutputDirectory.check(where, spec(20, 13), 8, "5eed", Paintings.SETTINGS);
    }

    private static JobSpec spec(int width, int height) {
        return spec(width, height, JobSpec.Output.to("out", TileEncoding.JPEG, 90));
    }

    private static JobSpec spec(int width, int height, JobSpec.Output output) {
        return JobSpec.builder("sky", RenderingTask.UNCONDITIONAL, new Canvas(width, height, 1), "starry-night", output)
                .seed(7)
                .build();
    }

    private static Manifest manifest(String contentHash, TileEncoding encoding) {
        return new Manifest(
                "0.1.0",
                new JobId("sky"),
                "{\"canvas\":{\"height\":13,\"width\":20},\"task\":\"unconditional\"}",
                7,
                contentHash,
                new Manifest.Model("starry-night", "abc", "CC0-1.0", 64),
                Optional.empty(),
                Optional.of("cpu-bf16"),
                Optional.of("bf16"),
                new Manifest.Tiles(encoding, 90, "libjpeg-turbo", 8, 20, 13),
                NOON,
                Optional.empty(),
                Map.of());
    }

    @Test
    void keepsPicturesBelowTheRoot(@TempDir Path other) throws Exception {
        Path root = Files.createDirectories(other.resolve("root"));
        Files.createDirectories(other.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("link"), other.resolve("elsewhere"));

        assertThat(OutputDirectory.outside(root, root.resolve("a/b"))).isEmpty();
        for (Path outside : List.of(
                other.resolve("elsewhere"),
                root.resolve("../elsewhere"),
                other.resolve("root-2"),
                root.resolve("link/a"))) {
            assertThat(OutputDirectory.outside(root, outside))
                    .as("%s", outside)
                    .hasValueSatisfying(problem -> assertThat(problem.what()).contains("is not below"));
        }
    }
}
