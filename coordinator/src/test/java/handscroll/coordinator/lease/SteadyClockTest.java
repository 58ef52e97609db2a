package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final Wall wall = new Wall();
    private long nanos = -5;

    @Test
    void goesOnFromTheTimeOnTheWallAndIsNotSetWithIt() {
        Clock steady = new SteadyClock(wall, () -> nanos);
        nanos += 2_000_000_000L;
        wall.shown = NOON.minusSeconds(3600);
        assertThat(steady.instant()).isEqualTo(NOON.plusSeconds(2));
        assertThat(steady.withZone(ZoneId.of("Europe/Amsterdam")).instant()).isEqualTo(NOON.plusSeconds(2));
    }

    private static final class Wall extends Clock {
        private Instant shown = NOON;

        @Override
        public Instant instant() {
            return shown;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
