package handscroll.coordinator.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/**
 * The last events of a job, by number, for a viewer that lost its connection and says what it heard last.
 * Bounded: of what is forgotten, it is told how much it was.
 */
final class EventHistory {

    /** @param missedCount events after the asked one that are forgotten */
    record Replay(long missedCount, List<Jobs.Numbered> events) {}

    /** A coordinator that starts anew counts from where none before it can have come. */
    private static final int NUMBER_BITS = 32;

    private final int capacity;
    private final long first;
    private final Deque<Jobs.Numbered> events = new ArrayDeque<>();
    /** Kept apart, too: many tiles must not push out the few things that happened. */
    private final Deque<Jobs.Happened> happened = new ArrayDeque<>();

    private long last;

    /** @param incarnation of the coordinator, whose numbers are higher than all before */
    EventHistory(long incarnation, int capacity) {
        this.capacity = capacity;
        this.first = incarnation << NUMBER_BITS;
        this.last = first;
    }

    /** For the next event that is added. */
    long nextNumber() {
        return last + 1;
    }

    void add(Jobs.Numbered event) {
        last = event.number();
        addTo(events, event);
        if (event instanceof Jobs.Happened news) {
            addTo(happened, news);
        }
    }

    private <T> void addTo(Deque<T> kept, T event) {
        if (kept.size() == capacity) {
            kept.removeFirst();
        }
        kept.addLast(event);
    }

    /** Whoever asks for what was is told how much it was. */
    void forget() {
        events.clear();
        happened.clear();
    }

    /** The latest of what happened, without the tiles, oldest first. */
    List<Jobs.Happened> happened() {
        return List.copyOf(happened);
    }

    /** What a viewer has to be told that heard everything up to {@code heard}; nothing for one that is new. */
    Replay after(OptionalLong heard) {
        if (heard.isEmpty() || heard.getAsLong() >= last) {
            return new Replay(0, List.of());
        }
        // A number from an earlier coordinator says nothing of how much that one still told.
        long from = Math.max(first, heard.getAsLong());
        List<Jobs.Numbered> later =
                events.stream().filter(event -> event.number() > from).toList();
        return new Replay(last - from - later.size(), later);
    }
}
