package handscroll.coordinator.lease;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * Goes on from the time at which it was made, whatever is done to the clock on the wall: setting that one
 * back must not keep the leases of lost workers alive for hours, and setting it forward must not end all leases.
 */
public final class SteadyClock extends Clock {

    private final ZoneId zone;
    private final Instant start;
    private final LongSupplier nanos;
    private final long startNanos;

    /** @param nanos that only ever grow, as {@code System::nanoTime} */
    public SteadyClock(Clock wall, LongSupplier nanos) {
        this(wall.getZone(), wall.instant(), nanos, nanos.getAsLong());
    }

    private SteadyClock(ZoneId zone, Instant start, LongSupplier nanos, long startNanos) {
        this.zone = zone;
        this.start = start;
        this.nanos = nanos;
        this.startNanos = startNanos;
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos.getAsLong() - startNanos);
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new SteadyClock(other, start, nanos, startNanos);
    }
}
