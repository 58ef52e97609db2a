package handscroll.coordinator.http;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what: one line in the log {@code handscroll.audit} for every request that was meant to change
 * something, whether it was let through or not. The latest can be asked for.
 */
final class AuditLog {

    /** @param from address of the connection; behind a proxy, the proxy's */
    record Entry(Instant at, String who, String role, String from, String method, String path, int status) {}

    private static final Logger log = LoggerFactory.getLogger("handscroll.audit");

    private final Clock clock;
    private final int capacity;
    private final Deque<Entry> latest = new ArrayDeque<>();

    AuditLog(Clock clock, int capacity) {
        this.clock = clock;
        this.capacity = capacity;
    }

    synchronized void note(String who, String role, String from, String method, String path, int status) {
        var entry = new Entry(clock.instant(), who, role, from, method, path, status);
        log.info("[{}] as [{}] from [{}]: {} {} answered {}", who, role, from, method, path, status);
        if (latest.size() == capacity) {
            latest.removeFirst();
        }
        latest.addLast(entry);
    }

    /** Oldest first. */
    synchronized List<Entry> latest() {
        return List.copyOf(latest);
    }
}
