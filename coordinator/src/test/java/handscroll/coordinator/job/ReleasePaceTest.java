package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReleasePaceTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final ReleasePace pace = new ReleasePace(10, Duration.ofMillis(50));

    @Test
    void waitsUntilThereAreEnoughForAMessage() {
        assertThat(pace.isDue(9, NOW)).isFalse();
        assertThat(pace.isDue(10, NOW)).isTrue();
    }

    @Test
    void tellsNoMoreOftenThanItShouldHoweverFastPatchesAreRendered() {
        assertThat(pace.isDue(10, NOW)).isTrue();
        assertThat(pace.isDue(10, NOW.plusMillis(49))).isFalse();
        assertThat(pace.isDue(10, NOW.plusMillis(50))).isTrue();
        assertThat(pace.isDue(10, NOW.plusMillis(99))).isFalse();
    }

    @Test
    void tellsAtOnceWhenVeryManyWait() {
        assertThat(pace.isDue(10, NOW)).isTrue();
        assertThat(pace.isDue(159, NOW.plusMillis(1))).isFalse();
        assertThat(pace.isDue(160, NOW.plusMillis(1))).isTrue();
    }
}
