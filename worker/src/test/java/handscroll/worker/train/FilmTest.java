package handscroll.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import handscroll.protocol.job.Problem;
import handscroll.protocol.model.ModelCard;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.ModelDirectory;
import handscroll.worker.djl.ParameterLayout;
import handscroll.worker.djl.TinyModel;
import handscroll.worker.djl.TokenizerNetwork;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a film of two shots, of 14 frames each. */
class FilmTest {

    private static final int SHOT = 14;
    private static final FilmCut CUT = new FilmCut(0, 2 * SHOT - 1, 1, 128);
    private static final Captions TABLE =
            new Captions.Written(Map.of("0-13", List.of("a red field"), "14-27", List.of("a blue field")));
    private static final TransformerShape SHAPE =
            new TransformerShape(32, 32, 2, 1, 1, false).withFrames(TransformerShape.LARGEST_FRAMES);

    @TempDir
    private Path directory;

    private Path film;

    @BeforeEach
    void paint() throws IOException {
        film = Files.createDirectory(directory.resolve("film"));
        for (int i = 0; i < 2 * SHOT; i++) {
            BufferedImage frame = new BufferedImage(260, 260, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = frame.createGraphics();
            graphics.setColor(i < SHOT ? Color.RED : Color.BLUE);
            graphics.fillRect(0, 0, 260, 260);
            graphics.setColor(Color.WHITE);
            graphics.fillOval(60 + 5 * i, 80, 70, 70);
            graphics.dispose();
            ImageIO.write(frame, "png", film.resolve("%03d.png".formatted(i)).toFile());
        }
    }

    @Test
    void aTableOfSpansCutsItIntoShotsAndNoClipCrossesACut() throws IOException {
        Film read = read(TABLE, new ArrayList<>());
        assertThat(read.shots()).hasSize(2);
        for (Shot shot : read.shots()) {
            assertThat(shot.frames()).hasSize(SHOT);
            assertThat(shot.captions()).hasSize(1);
            int[] learned = shot.clipStarts(TransformerShape.CLIP_FRAMES, 1, false);
            int[] heldOut = shot.clipStarts(TransformerShape.CLIP_FRAMES, 1, true);
            assertThat(learned).isNotEmpty().doesNotContain(heldOut);
            assertThat(heldOut).isNotEmpty();
        }
    }

    @Test
    void withoutATableItIsOneShotOfWhichNothingIsSaid() throws IOException {
        Film read = read(new Captions.None(), new ArrayList<>());
        assertThat(read.shots()).hasSize(1);
        assertThat(read.isTold()).isFalse();
    }

    @Test
    void spansThatAreNoneOrLieBesideItAreAllNamed() throws IOException {
        List<Problem> problems = new ArrayList<>();
        read(new Captions.Written(Map.of("meadow.png", List.of("a"), "20-90", List.of("b"))), problems);
        assertThat(problems)
                .extracting(Problem::what)
                .containsExactly(
                        "frames 20-90 are not among 0-27, which are learned", "\"meadow.png\" is no span of frames");
    }

    @Test
    void framesOfTheShotBeforeACutAreSeenAndNotAsked() {
        int side = 24;
        List<TokenGrid> frames = IntStream.range(0, TransformerShape.CLIP_FRAMES)
                .mapToObj(frame -> new TokenGrid(side, side, new short[side * side], 0, 1.0 / side))
                .toList();
        try (NDManager manager = LibTorch.newManager(Device.cpu())) {
            var lesson = new Lesson(new Clip(frames, 3), SHAPE, Lesson.Disturbance.NONE, new Random(1));
            long[] targets = lesson.tensors(manager)[1].toLongArray();
            for (int i = 0; i < targets.length; i++) {
                boolean isAfterTheCut = i >= targets.length / 4 * 3;
                assertThat(targets[i]).isEqualTo(isAfterTheCut ? 0 : -100);
            }
        }
    }

    @Test
    void aModelLearnsWhatItsShotsAreSaidToShow() throws IOException {
        var plan = new TrainingPlan(
                "fields",
                directory.resolve("fields"),
                new TrainingPlan.Source(List.of(film), List.of(), 0, 0.6, TABLE, Optional.of(CUT), "Apache-2.0"),
                new TrainingPlan.Budget(Duration.ofSeconds(4), TrainingPlan.Clock.WALL, 1, 1, Loss.ACCUMULATED),
                1,
                false,
                Optional.empty(),
                new TokenizerShape(32, 8, 4, 8, 8, 8),
                SHAPE.told());
        try (Training training = new Training(plan, line -> {})) {
            training.run();
        }
        ModelCard card = ModelCard.read(directory.resolve("fields"));
        assertThat(card.knowsTexts()).isTrue();
        assertThat(card.context().frames()).isEqualTo(TransformerShape.LARGEST_FRAMES);
    }

    @Test
    void framesToDecodeComeWithThoseBeforeThemAndNoneIsHeldOut() throws IOException {
        Film read = read(TABLE, new ArrayList<>());
        List<Picture> all =
                read.shots().stream().flatMap(shot -> shot.frames().stream()).toList();
        var glances = new Glances(read, 2);
        var random = new Random(4);
        int still = 0;
        int cut = 0;
        int moving = 0;
        for (int i = 0; i < 300; i++) {
            int[] frames = glances.draw(random).stream().mapToInt(all::indexOf).toArray();
            if (frames[0] < 0) {
                continue; // of another size
            }
            for (int frame : frames) {
                Shot shot = read.shots().get(frame / SHOT);
                assertThat(read.toLearn()).contains(shot.frames().get(frame % SHOT));
            }
            boolean isWithinAShot = frames[2] / SHOT == frames[0] / SHOT;
            if (frames[1] == frames[0] && frames[2] == frames[0]) {
                still++;
            } else if (!isWithinAShot) {
                cut++;
            } else if (frames[1] == frames[0] - 1) {
                assertThat(frames[2]).isEqualTo(Math.max(frames[0] / SHOT * SHOT, frames[0] - 2));
                moving++;
            }
        }
        assertThat(still).isPositive();
        assertThat(cut).isPositive();
        assertThat(moving).isGreaterThan(still + cut);
    }

    @Test
    void aDecoderLearnsToLookBackAndNothingElseMoves() throws IOException {
        ModelDirectory before = ModelDirectory.load(TinyModel.writeVideo(directory.resolve("before"), 3));
        var plan = new TrainingPlan(
                "after",
                directory.resolve("after"),
                new TrainingPlan.Source(
                        List.of(film), List.of(), 0, 0.6, new Captions.None(), Optional.of(CUT), "Apache-2.0"),
                new TrainingPlan.Budget(Duration.ofSeconds(1), TrainingPlan.Clock.WALL, 1, 1, Loss.ACCUMULATED),
                1,
                false,
                Optional.of(new TrainingPlan.Base("before", before, true, TrainingPlan.Learned.DECODER)),
                before.tokenizer().guidedBy(1),
                before.transformer());
        try (Training training = new Training(plan, line -> {})) {
            training.run();
        }
        ModelCard card = ModelCard.read(directory.resolve("after"));
        assertThat(card.tokenizer().framesBefore()).isEqualTo(1);
        ModelDirectory after = ModelDirectory.load(card);
        assertThat(after.transformerWeights()).isEqualTo(before.transformerWeights());
        assertThat(after.codebook()).isEqualTo(before.codebook());
        assertThat(after.tokenizer()).isEqualTo(before.tokenizer().guidedBy(1));
        try (TokenizerNetwork network = new TokenizerNetwork(after.tokenizer())) {
            float[] begun = before.tokenizerWeights(network.shape());
            int at = 0;
            for (ParameterLayout.Parameter parameter : network.layout().parameters()) {
                int end = at + parameter.size();
                boolean same = Arrays.equals(begun, at, end, after.tokenizerWeights(), at, end);
                assertThat(same || parameter.name().startsWith("decoder."))
                        .as(parameter.name())
                        .isTrue();
                at = end;
            }
        }
        assertThat(Files.readString(directory.resolve("after/model.conf")))
                .contains("--start-from before --learn-decoder --frames-before 1")
                .containsPattern("sharpening \\{ minutes = [0-9.]+, steps = [1-9]");
    }

    private Film read(Captions captions, List<Problem> problems) throws IOException {
        return Film.read(film, CUT, captions, TransformerShape.CLIP_FRAMES, problems);
    }
}
