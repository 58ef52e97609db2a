package handscroll.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BatchTimesTest {

    private static final BatchTimes TIMES =
            BatchTimes.ofPatches(new TreeMap<>(Map.of(1, Duration.ofMillis(100), 4, Duration.ofMillis(40))));

    @Test
    void aBatchOfAKnownSizeTakesItsPatchesTogether() {
        assertThat(TIMES.ofBatch(1)).isEqualTo(Duration.ofMillis(100));
        assertThat(TIMES.ofBatch(4)).isEqualTo(Duration.ofMillis(160));
    }

    @Test
    void betweenKnownSizesABatchGrowsEvenly() {
        assertThat(TIMES.ofBatch(2)).isEqualTo(Duration.ofMillis(120));
        assertThat(TIMES.ofBatch(3)).isEqualTo(Duration.ofMillis(140));
    }

    @Test
    void beyondTheLargestSizeAPatchTakesAsLongAsThere() {
        assertThat(TIMES.ofPatch(10)).isEqualTo(Duration.ofMillis(40));
    }

    @Test
    void aGuidedPatchTakesAsLongAsTwo() {
        assertThat(TIMES.guided().ofBatch(1)).isEqualTo(TIMES.ofBatch(2));
        assertThat(TIMES.guided().ofBatch(4)).isEqualTo(TIMES.ofBatch(8));
    }

    @Test
    void withoutTheTimeOfAPatchAloneNothingIsKnownOfSmallBatches() {
        assertThatThrownBy(() -> BatchTimes.ofPatches(new TreeMap<>(Map.of(4, Duration.ofMillis(40)))))
                .hasMessageContaining("alone");
    }
}
