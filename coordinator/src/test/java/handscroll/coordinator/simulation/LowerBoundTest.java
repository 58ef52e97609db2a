package handscroll.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseSettings;
import handscroll.coordinator.plan.Graphs;
import handscroll.coordinator.plan.Widths;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LowerBoundTest {

    @Test
    void theLongestChainBeginsInTheLayoutAndEndsInATile() {
        var costs = new Costs(
                BatchTimes.even(Duration.ofMillis(100)),
                Duration.ofMillis(1),
                Duration.ZERO,
                0,
                Duration.ZERO,
                Duration.ZERO);
        var settings =
                new SimulationSettings(costs, new LeaseSettings(Duration.ofSeconds(30), 3, 1 << 20), 1024, 16, 7);
        LowerBound bound = LowerBound.of(Graphs.overLayout(), 64, settings);
        assertThat(bound.longestChain())
                .isEqualTo(
                        Duration.ofMillis(100L * (Widths.of(Graphs.overLayout()).stepCount() - 1) + 16));
        assertThat(bound.work()).isEqualTo(Duration.ofMillis(100L * (38 * 2 + 152 * 8) + 16 * 38 * 2));
        assertThat(bound.of(1)).isEqualTo(bound.work());
        assertThat(bound.of(1000)).isEqualTo(bound.longestChain());
    }
}
