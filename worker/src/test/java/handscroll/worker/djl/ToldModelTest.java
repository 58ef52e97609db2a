package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TokenBlock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that draw what a text says. */
class ToldModelTest {

    private static final List<String> TEXTS = List.of("snow", "a red desert at noon");

    @TempDir
    private Path directory;

    private LoadedModel loaded;
    private SlotOperators operators;

    @BeforeEach
    void load() {
        loaded = new LoadedModel(TinyModel.told(3), Device.cpu(), 1 << 20);
        operators = loaded.open();
    }

    @AfterEach
    void close() {
        operators.close();
        loaded.close();
    }

    @Test
    void whatIsDrawnDependsOnTheText() {
        List<short[]> drawn = operators.sample(settings(1), List.of(task(0), task(1), task(Task.Sample.NO_TEXT)));
        assertThat(drawn.get(0)).isNotEqualTo(drawn.get(1)).isNotEqualTo(drawn.get(2));
        assertThat(drawn.get(1)).isNotEqualTo(drawn.get(2));
    }

    @Test
    void guidanceDrawsMoreOfTheTextAndNothingElseWhereThereIsNone() {
        short[] plain = operators.sample(settings(1), List.of(task(0))).get(0);
        short[] guided = operators.sample(settings(3), List.of(task(0))).get(0);
        assertThat(guided).isNotEqualTo(plain);
        short[] without = operators
                .sample(settings(1), List.of(task(Task.Sample.NO_TEXT)))
                .get(0);
        assertThat(operators
                        .sample(settings(3), List.of(task(Task.Sample.NO_TEXT)))
                        .get(0))
                .isEqualTo(without);
        // Without any guidance nothing is left of the text.
        assertThat(operators.sample(settings(0), List.of(task(0))).get(0)).isEqualTo(without);
    }

    @Test
    void aPatchIsTheSameInAnyBatch() {
        for (double guidance : new double[] {1, 3}) {
            List<Task.Sample> tasks = List.of(task(0), task(1), task(Task.Sample.NO_TEXT), task(0), task(1));
            List<short[]> together = operators.sample(settings(guidance), tasks);
            for (int i = 0; i < tasks.size(); i++) {
                assertThat(operators
                                .sample(settings(guidance), List.of(tasks.get(i)))
                                .get(0))
                        .isEqualTo(together.get(i));
            }
        }
    }

    @Test
    void isLoadedFromItsDirectoryAsItWasWritten() throws Exception {
        ModelCard card = TinyModel.writeTold(directory, 3);
        assertThat(card.knowsTexts()).isTrue();
        assertThat(ModelDirectory.load(card).transformer())
                .isEqualTo(TinyModel.told(3).transformer());
    }

    @Test
    void statesOfAnotherEncoderAreNotTold() throws Exception {
        TinyModel.writeTold(directory, 3);
        Path file = directory.resolve(ModelCard.FILE_NAME);
        Files.writeString(file, Files.readString(file).replaceAll("encoder = \"[^\"]*\"", "encoder = \"other\""));
        assertThatThrownBy(() -> ModelDirectory.load(ModelCard.read(directory)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("other");
    }

    private static RenderSettings settings(double guidance) {
        var sampling = RenderSettings.Sampling.of(1, 32).guidedBy(guidance);
        return new RenderSettings(new JobId("test"), "tiny", "", 7, sampling, 9, 9, 4, 8, TileEncoding.PNG, 100, TEXTS);
    }

    private static Task.Sample task(int text) {
        short[] tokens = new short[64];
        for (int i = 0; i < 64; i++) {
            tokens[i] = (short) (i % 32);
        }
        return new Task.Sample(
                new PatchId(0, 5, 5, 0),
                List.of(new ContextPatch(-1, 0, 0, tokens), new ContextPatch(-2, 0, 0, tokens)),
                0.5,
                0.6,
                TokenBlock.EMPTY,
                List.of(),
                text);
    }
}
