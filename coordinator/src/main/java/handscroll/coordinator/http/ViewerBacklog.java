package handscroll.coordinator.http;

import handscroll.coordinator.job.Jobs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What a viewer has still to be told. Bounded: of tiles, cells and what happened the oldest are dropped
 * and counted, of the numbers only the newest are kept, and the end is never lost.
 */
final class ViewerBacklog {

    private final int capacity;
    private final Deque<Jobs.Event> told = new ArrayDeque<>();
    private long missedCount;
    private Optional<Jobs.Event> newest = Optional.empty();

    ViewerBacklog(int capacity) {
        this.capacity = capacity;
    }

    ViewerBacklog add(Jobs.Event event) {
        if (event instanceof Jobs.Missed missed) {
            missedCount += missed.count();
        } else if (event instanceof Jobs.Numbered || event instanceof Jobs.CellsChanged) {
            if (told.size() == capacity) {
                told.removeFirst();
                missedCount++;
            }
            told.addLast(event);
        } else if (newest.filter(Jobs.Ended.class::isInstance).isEmpty()) {
            newest = Optional.of(event);
        }
        return this;
    }

    /** Events that were dropped since the viewer was last told. */
    long missedCount() {
        return missedCount;
    }

    /** Everything kept, the numbers last, so that a viewer that ends with the job has seen all of it. */
    List<Jobs.Event> events() {
        List<Jobs.Event> events = new ArrayList<>(told);
        newest.ifPresent(events::add);
        return events;
    }
}
