package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.plan.Widths;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WidthCurveTest {

    @Test
    void aLongRenderKeepsFewSamplesEvenlySpread() {
        var curve = new WidthCurve(8);
        for (int second = 0; second < 1000; second++) {
            curve.add(new Jobs.WidthSample(Duration.ofSeconds(second), second, 1, 1, 1));
        }
        List<Long> seconds = curve.samples().stream()
                .map(sample -> sample.elapsed().toSeconds())
                .toList();
        assertThat(seconds).hasSizeBetween(5, 8).startsWith(0L, 128L, 256L);
    }

    @Test
    void thePlannedCurveHasTheMeanOfTheStepsThatFallTogether() {
        var widths = new Widths(List.of(new int[] {1, 2, 3, 4, 5}));
        assertThat(PlannedWidths.of(widths, 3))
                .containsExactly(
                        new Jobs.PlannedWidth(0, 1.5), new Jobs.PlannedWidth(3, 3.5), new Jobs.PlannedWidth(10, 5));
    }
}
