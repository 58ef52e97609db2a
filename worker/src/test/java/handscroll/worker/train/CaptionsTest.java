package handscroll.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.job.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionsTest {

    @TempDir
    private Path directory;

    @Test
    void fileNamesLoseTheirNumbersAndEndings() {
        assertThat(Captions.words("snow10.jpg")).isEqualTo("snow");
        assertThat(Captions.words("old-harbour_03.jpeg")).isEqualTo("old harbour");
        assertThat(Captions.words("sea.png")).isEqualTo("sea");
    }

    @Test
    void coloursHaveTheNamesThatPeopleGiveThem() {
        assertThat(Look.colour(new double[] {0.4, 0.6, 0.9})).isEqualTo("blue");
        assertThat(Look.colour(new double[] {0.3, 0.5, 0.2})).isEqualTo("green");
        assertThat(Look.colour(new double[] {0.9, 0.55, 0.2})).isEqualTo("orange");
        assertThat(Look.colour(new double[] {0.45, 0.3, 0.2})).isEqualTo("brown");
        assertThat(Look.colour(new double[] {0.9, 0.9, 0.92})).isEqualTo("white");
        assertThat(Look.colour(new double[] {0.5, 0.5, 0.5})).isEqualTo("grey");
        assertThat(Look.colour(new double[] {0.05, 0.02, 0.03})).isEqualTo("black");
        assertThat(Look.colour(new double[] {0, 0, 0})).isEqualTo("black");
    }

    @Test
    void aPictureIsSaidInManyWaysThatNameItsColoursAndItsLight() {
        List<String> said = new Captions.FileNames().of(Path.of("desert3.jpg"), halves(230, 140, 50, 60, 30, 20));
        assertThat(said)
                .contains("desert", "desert under an orange sky", "desert at sunset")
                .doesNotHaveDuplicates()
                .allMatch(caption -> caption.contains("desert"));
        List<String> bright = new Captions.FileNames().of(Path.of("snow.jpg"), halves(150, 190, 250, 240, 240, 245));
        assertThat(bright).contains("snow under a blue sky", "white snow under a blue sky", "bright snow");
    }

    @Test
    void aTableNamesFilesAndWhatTheyShow() throws Exception {
        Path table = Files.writeString(
                directory.resolve("captions.csv"),
                "file,caption\na.jpg,\"a house, by the sea\"\na.jpg, an old house\n\nb.jpg\n");
        List<Problem> problems = new ArrayList<>();
        Captions captions = Captions.read(table, problems);
        assertThat(captions.of(Path.of("/x/a.jpg"), halves(0, 0, 0, 0, 0, 0)))
                .containsExactly("a house, by the sea", "an old house");
        assertThat(problems)
                .singleElement()
                .satisfies(problem -> assertThat(problem.where()).endsWith("captions.csv:5"));
    }

    /** A picture of one colour above and another below. */
    private static Picture halves(int... colours) {
        byte[] rgb = new byte[3 * 4 * 12];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) colours[(i < rgb.length / 2 ? 0 : 3) + i % 3];
        }
        return new Picture(4, 12, rgb);
    }
}
