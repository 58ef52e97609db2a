package handscroll.coordinator.farmsim;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What happens when, in one thread. Of two events at the same time the one that was planned first comes first. */
final class VirtualTime {

    private static final Instant BEGINNING = Instant.parse("2026-11-22T00:00:00Z");

    private record Event(long micros, long sequence, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::micros).thenComparingLong(Event::sequence));
    private long micros;
    private long sequence;

    /** Since the beginning; never goes back. */
    long micros() {
        return micros;
    }

    /** As a clock shows it that nobody ever sets. */
    Instant instant() {
        return BEGINNING.plusNanos(1000 * micros);
    }

    void at(long whenMicros, Runnable action) {
        events.add(new Event(Math.max(micros, whenMicros), sequence++, action));
    }

    void after(long delayMicros, Runnable action) {
        at(micros + delayMicros, action);
    }

    /** @return whether there was anything to be done */
    boolean step() {
        Event next = events.poll();
        if (next == null) {
            return false;
        }
        micros = next.micros();
        next.action().run();
        return true;
    }

    @Override
    public String toString() {
        return Duration.ofMillis(micros / 1000).toString();
    }
}
