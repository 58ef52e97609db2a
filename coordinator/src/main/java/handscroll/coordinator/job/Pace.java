package handscroll.coordinator.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How fast patches come, and from that when the last one will. Looks back a minute: a wavefront is
 * narrow at its beginning and its end, and workers come and go.
 */
final class Pace {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Duration RESOLUTION = Duration.ofMillis(500);

    private record Mark(Instant at, long renderedCount) {}

    private final Deque<Mark> marks = new ArrayDeque<>();
    private long renderedCount;
    private long leaseCount;
    private Duration leased = Duration.ZERO;

    Pace(Instant start) {
        marks.add(new Mark(start, 0));
    }

    /** {@code count} more patches were sampled, in a lease that was held for this long. */
    void rendered(int count, Duration held, Instant now) {
        renderedCount += count;
        leaseCount++;
        leased = leased.plus(held);
        if (Duration.between(marks.getLast().at(), now).compareTo(RESOLUTION) >= 0) {
            marks.add(new Mark(now, renderedCount));
        }
        while (marks.size() > 2 && marks.getFirst().at().isBefore(now.minus(WINDOW))) {
            marks.removeFirst();
        }
    }

    double patchesPerSecond(Instant now) {
        Mark first = marks.getFirst();
        double seconds = Duration.between(first.at(), now).toMillis() / 1000.0;
        return seconds <= 0 ? 0 : (renderedCount - first.renderedCount()) / seconds;
    }

    /** At the present pace; empty while there is none. */
    Optional<Duration> remaining(long patchCount, Instant now) {
        double rate = patchesPerSecond(now);
        return rate <= 0 ? Optional.empty() : Optional.of(Duration.ofMillis((long) (1000 * patchCount / rate)));
    }

    /**
     * What no number of workers can undercut: so many patches one after the other, each at the mean
     * time that a lease took.
     */
    Optional<Duration> bound(double patchesInSequence) {
        return leaseCount == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((long) (patchesInSequence * leased.toMillis() / leaseCount)));
    }
}
