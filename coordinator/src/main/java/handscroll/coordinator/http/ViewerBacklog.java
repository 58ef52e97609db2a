package handscroll.coordinator.http;

import handscroll.coordinator.job.Jobs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What a viewer has still to be told. Bounded: of the tiles the oldest are dropped and counted, of
 * the numbers only the newest are kept, and the end is never lost.
 */
final class ViewerBacklog {

    private final int capacity;
    private final Deque<Jobs.TileStored> tiles = new ArrayDeque<>();
    private long missedCount;
    private Optional<Jobs.Event> newest = Optional.empty();

    ViewerBacklog(int capacity) {
        this.capacity = capacity;
    }

    ViewerBacklog add(Jobs.Event event) {
        if (event instanceof Jobs.TileStored tile) {
            if (tiles.size() == capacity) {
                tiles.removeFirst();
                missedCount++;
            }
            tiles.addLast(tile);
        } else if (newest.filter(Jobs.Ended.class::isInstance).isEmpty()) {
            newest = Optional.of(event);
        }
        return this;
    }

    /** Tiles that were dropped since the viewer was last told. */
    long missedCount() {
        return missedCount;
    }

    /** Everything kept, tiles first, so that a viewer that ends with the job has seen all of it. */
    List<Jobs.Event> events() {
        List<Jobs.Event> events = new ArrayList<>(tiles);
        newest.ifPresent(events::add);
        return events;
    }
}
