package handscroll.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.TokenizerShape;
import handscroll.worker.djl.TransformerShape;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {

    @TempDir
    private Path directory;

    @Test
    void makesAModelDirectoryThatLoads() throws Exception {
        Path picture = paint(BufferedImage.TYPE_INT_RGB, 320, 256);
        List<String> lines = new ArrayList<>();
        try (Training training = new Training(plan(picture, false), lines::add)) {
            training.run();
        }
        ModelCard card = ModelCard.read(directory.resolve("model"));
        assertThat(ModelDirectory.load(card).tokenizer().codes()).isEqualTo(32);
        assertThat(directory.resolve("model/samples.png")).isNotEmptyFile();
        assertThat(directory.resolve("model/loss-curve.png")).isNotEmptyFile();
        assertThat(lines)
                .anyMatch(line -> line.startsWith("tokenizer"))
                .anyMatch(line -> line.startsWith("transformer"))
                .last()
                .asString()
                .contains("nats a token");

        // A finished training that is resumed has nothing left to do.
        List<String> more = new ArrayList<>();
        try (Training training = new Training(plan(picture, true), more::add)) {
            training.run();
        }
        assertThat(more).isEmpty();
    }

    @Test
    void endsWhenItIsStoppedAndMakesNoModel() throws Exception {
        List<String> lines = new ArrayList<>();
        try (Training training = new Training(plan(paint(BufferedImage.TYPE_INT_RGB, 320, 256), false), lines::add)) {
            training.stop();
            training.run();
        }
        assertThat(lines).isEmpty();
        assertThat(directory.resolve("model")).isDirectoryNotContaining("glob:**model.conf");
    }

    @Test
    void readsGreyAlphaAndSixteenBitPictures() throws Exception {
        for (int type :
                new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_USHORT_GRAY}) {
            Picture read =
                    Picture.read(paint(type, 300, 260), 2, new ArrayList<>()).orElseThrow();
            assertThat(read.width()).isEqualTo(296);
            assertThat(read.rgb()).hasSize(3 * 296 * 256);
        }
    }

    @Test
    void namesEveryPictureItCannotLearnFrom() throws IOException {
        Path small = paint(BufferedImage.TYPE_INT_RGB, 100, 300);
        Path text = Files.writeString(directory.resolve("text.png"), "no picture");
        List<Problem> problems = new ArrayList<>();
        for (Path path : List.of(small, text, directory.resolve("absent.png"))) {
            assertThat(Picture.read(path, 0, problems)).isEmpty();
        }
        assertThat(problems)
                .extracting(Problem::what)
                .containsExactly("is 100 x 300 px", "is no picture that Java reads", "is no file");
        assertThatThrownBy(() -> new Training(plan(text, false), line -> {})).isInstanceOf(Refusal.class);
    }

    private TrainingPlan plan(Path picture, boolean resume) {
        return new TrainingPlan(
                "model",
                directory.resolve("model"),
                new TrainingPlan.Source(
                        List.of(picture), List.of(), 0, 0.6, new Captions.None(), Optional.empty(), "Apache-2.0"),
                new TrainingPlan.Budget(Duration.ofSeconds(6), TrainingPlan.Clock.WALL, 2, 1, Loss.ACCUMULATED),
                1,
                resume,
                Optional.empty(),
                new TokenizerShape(32, 8, 4, 8, 8, 8),
                new TransformerShape(32, 32, 2, 1, 1, true));
    }

    private Path paint(int type, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        Graphics2D graphics = image.createGraphics();
        for (int i = 0; i < 40; i++) {
            graphics.setColor(new Color(40 + 5 * i, 200 - 4 * i, 3 * i));
            graphics.fillOval(7 * i, (37 * i) % height, 60, 40);
        }
        graphics.dispose();
        Path path = directory.resolve("picture-" + type + "-" + width + ".png");
        ImageIO.write(image, "png", path.toFile());
        return path;
    }
}
