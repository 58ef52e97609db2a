package handscroll.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import handscroll.protocol.job.Refusal;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {

    private static final long SEED = 7;

    @TempDir
    Path directory;

    @Test
    void aDeepZoomDirectoryAndTheSamePictureInOneFileScoreAlike() throws IOException {
        BufferedImage picture = strokes(600, 300, 0);
        Path file = directory.resolve("whole.png");
        ImageIO.write(picture, "png", file.toFile());
        var inTiles = Evaluation.report(deepZoom("tiles", picture), Optional.empty(), Optional.empty());
        var inOne = Evaluation.report(file, Optional.empty(), Optional.empty());
        assertThat(inTiles.picture()).isEqualTo(inOne.picture());
    }

    @Test
    void theControlsStandBesideThePicture() throws IOException {
        Path source = directory.resolve("source.png");
        ImageIO.write(strokes(300, 300, 0), "png", source.toFile());
        var report = Evaluation.report(
                deepZoom("picture", strokes(600, 300, 0)),
                Optional.of(source),
                Optional.of(deepZoom("independent", strokes(600, 300, 40))));
        JsonNode json = new ObjectMapper().readTree(report.json());
        double mean = json.at("/discontinuity/mean").asDouble();
        assertThat(mean).isBetween(0.9, 1.1);
        assertThat(json.at("/discontinuity/p99").asDouble()).isGreaterThan(mean);
        assertThat(json.at("/discontinuity/worst").asDouble()).isGreaterThan(mean);
        assertThat(json.at("/controls/source/mean").asDouble()).isBetween(0.9, 1.1);
        assertThat(json.at("/controls/independent/mean").asDouble()).isGreaterThan(mean + 0.3);
        assertThat(report.table())
                .contains("this picture", "source picture", "independent patches", "From left to right:");
    }

    @Test
    void aMissingTileIsToldInTheTable() throws IOException {
        Path picture = deepZoom("gap", strokes(600, 300, 0));
        Files.delete(picture.resolve("picture_files/10/1_0.png"));
        var report = Evaluation.report(picture, Optional.empty(), Optional.empty());
        assertThat(report.picture().borders().missingCount()).isPositive();
        assertThat(report.table()).contains("because tiles beside them are missing");
    }

    @Test
    void everythingThatCannotBeReadIsToldAtOnce() {
        assertThatThrownBy(() -> Evaluation.report(
                        directory.resolve("nowhere"), Optional.of(directory.resolve("nothing.png")), Optional.empty()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("nowhere")
                .hasMessageContaining("nothing.png")
                .hasMessageContaining("2 problems");
    }

    /** Tiles of 256 pixels; 600 x 300 pixels have their whole size on level 10. */
    private Path deepZoom(String name, BufferedImage whole) throws IOException {
        Path picture = directory.resolve(name);
        Path tiles = Files.createDirectories(picture.resolve("picture_files/10"));
        Files.writeString(
                picture.resolve("picture.dzi"),
                "<Image Format=\"png\" Overlap=\"0\" TileSize=\"256\"><Size Width=\"" + whole.getWidth()
                        + "\" Height=\"" + whole.getHeight() + "\"/></Image>");
        for (int top = 0; top < whole.getHeight(); top += 256) {
            for (int left = 0; left < whole.getWidth(); left += 256) {
                BufferedImage tile = whole.getSubimage(
                        left, top, Math.min(256, whole.getWidth() - left), Math.min(256, whole.getHeight() - top));
                ImageIO.write(
                        tile,
                        "png",
                        tiles.resolve(left / 256 + "_" + top / 256 + ".png").toFile());
            }
        }
        return picture;
    }

    /** Smooth noise; every second patch is lighter by so many grey levels. */
    private static BufferedImage strokes(int width, int height, int step) {
        var random = new Random(SEED);
        int[][] noise = new int[height + 4][width + 4];
        for (int[] row : noise) {
            for (int x = 0; x < row.length; x++) {
                row[x] = random.nextInt(160);
            }
        }
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int sum = 0;
                for (int dy = 0; dy < 4; dy++) {
                    for (int dx = 0; dx < 4; dx++) {
                        sum += noise[y + dy][x + dx];
                    }
                }
                int grey = sum / 16 + (x / 64 + y / 64) % 2 * step;
                picture.setRGB(x, y, grey << 16 | grey << 8 | grey);
            }
        }
        return picture;
    }
}
