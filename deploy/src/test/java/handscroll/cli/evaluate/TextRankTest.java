package handscroll.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextRankTest {

    private static final Map<String, List<float[]>> PHOTOGRAPHS = Map.of(
            "snow", List.of(new float[] {9, 1, 1}, new float[] {11, 1, 1}),
            "desert", List.of(new float[] {1, 10, 1}),
            "sea", List.of(new float[] {1, 1, 10}));

    @Test
    void picturesThatShowWhatTheirTextSaysWinAllPairs() {
        // Dull, and all with something that no photograph has: only how they differ from each other counts.
        TextRank rank = TextRank.of(
                PHOTOGRAPHS,
                List.of(
                        new TextRank.Drawn("snow", new float[] {7, 5, 5}),
                        new TextRank.Drawn("desert", new float[] {5, 7, 5}),
                        new TextRank.Drawn("sea", new float[] {5, 5, 7})));
        assertThat(rank.share()).isEqualTo(1);
        assertThat(rank.ranks())
                .allMatch(one -> one.place() == 1 && one.nearest().equals(one.kind()));
        assertThat(rank.table()).contains("100.0 %");
    }

    @Test
    void aPictureOfSomethingElseLosesToIt() {
        TextRank rank = TextRank.of(
                PHOTOGRAPHS,
                List.of(
                        new TextRank.Drawn("snow", new float[] {5, 7, 5}),
                        new TextRank.Drawn("desert", new float[] {7, 5, 5})));
        assertThat(rank.ranks().get(0).nearest()).isEqualTo("desert");
        assertThat(rank.share()).isCloseTo(0, within(0.01));
    }
}
