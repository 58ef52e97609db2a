package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RoundsTest {

    @Test
    void drawsEveryPlaceOnce() {
        assertThat(LongStream.of(Rounds.order()).sorted().toArray())
                .isEqualTo(LongStream.range(0, 64).toArray());
    }

    @Test
    void scattersThePlacesOfTheFirstRounds() {
        long[] first = Arrays.copyOf(Rounds.order(), 4);
        assertThat(LongStream.of(first)
                        .map(place -> place / 8 / 4 * 2 + place % 8 / 4)
                        .distinct()
                        .count())
                .as("quarters of the patch")
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void drawsAllTokensInSoManyRoundsAndFewInTheFirst() {
        for (int rounds = 1; rounds <= 64; rounds++) {
            long[] counts = Rounds.counts(rounds);
            assertThat(LongStream.of(counts).sum()).as("%d rounds", rounds).isEqualTo(64);
            assertThat(counts).as("%d rounds", rounds).hasSize(rounds);
            assertThat(LongStream.of(counts).min().orElseThrow()).isPositive();
        }
        assertThat(Rounds.counts(10)).startsWith(1, 2).isSorted();
        assertThat(Rounds.counts(1000)).hasSize(64);
    }

    @Test
    void coolsFromTheTemperatureOfTheJob() {
        float[] temperatures = Rounds.temperatures(0.9, 10);
        assertThat(temperatures[0]).isEqualTo(0.9f);
        assertThat(temperatures[9]).isLessThan(temperatures[4]).isPositive();
        assertThat(Rounds.temperatures(0.9, 1)).containsExactly(0.9f);
    }
}
