package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Pace pace = new Pace(START);

    @Test
    void knowsNothingAtTheBeginning() {
        assertThat(pace.patchesPerSecond(START)).isZero();
        assertThat(pace.remaining(10, START)).isEmpty();
        assertThat(pace.bound(10)).isEmpty();
    }

    @Test
    void foretellsTheEndFromThePaceOfTheLastMinute() {
        Instant now = START;
        for (int second = 1; second <= 120; second++) {
            now = START.plusSeconds(second);
            pace.rendered(second <= 60 ? 1 : 4, Duration.ofMillis(500), now);
        }
        assertThat(pace.patchesPerSecond(now)).isBetween(3.8, 4.2);
        assertThat(pace.remaining(400, now).orElseThrow()).isBetween(Duration.ofSeconds(95), Duration.ofSeconds(106));
    }

    @Test
    void isBoundByLeasesThatFollowEachOther() {
        pace.rendered(8, Duration.ofMillis(400), START.plusSeconds(1));
        pace.rendered(8, Duration.ofMillis(600), START.plusSeconds(2));
        assertThat(pace.bound(100)).contains(Duration.ofSeconds(50));
    }
}
