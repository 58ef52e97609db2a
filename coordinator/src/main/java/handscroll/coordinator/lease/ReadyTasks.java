package handscroll.coordinator.lease;

import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/** The tasks of one stage of a job that nobody holds, in the order in which they should be granted. */
final class ReadyTasks {

    /** One offered task through all its attempts. */
    static final class Attempt implements Comparable<Attempt> {
        final OfferedTask offered;
        private final long sequence;
        private Set<WorkerId> failedOn = Set.of();
        private List<EndedAttempt> ended = List.of();
        private int failureCount;

        Attempt(OfferedTask offered, long sequence) {
            this.offered = offered;
            this.sequence = sequence;
        }

        /** How often it failed, this time counted. */
        int failOn(WorkerId worker, String reason, Instant at) {
            if (failedOn.isEmpty()) {
                failedOn = new HashSet<>();
            }
            failedOn.add(worker);
            remember(new EndedAttempt(worker, at, reason, true));
            return ++failureCount;
        }

        /** Taken back from its worker; no fault of the patch. */
        void takeBack(WorkerId worker, String reason, Instant at) {
            remember(new EndedAttempt(worker, at, reason, false));
        }

        private void remember(EndedAttempt attempt) {
            if (ended.isEmpty()) {
                ended = new ArrayList<>(1);
            }
            if (ended.size() == REMEMBERED_ATTEMPTS) {
                ended.remove(0);
            }
            ended.add(attempt);
        }

        /** The latest last. */
        List<EndedAttempt> ended() {
            return List.copyOf(ended);
        }

        int failureCount() {
            return failureCount;
        }

        Set<WorkerId> failedOn() {
            return failedOn;
        }

        @Override
        public int compareTo(Attempt other) {
            int byPriority = Long.compare(offered.priority(), other.offered.priority());
            return byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
        }
    }

    private static final int REMEMBERED_ATTEMPTS = 8;

    private final PriorityQueue<Attempt> fresh = new PriorityQueue<>();
    /** Failed before. Granted alone, so that the one bad task of a batch cannot bring blame on the others again. */
    private final TreeSet<Attempt> failed = new TreeSet<>();

    private int grantedCount;

    /** So many of this stage's tasks went to a slot. */
    void granted(int taskCount) {
        grantedCount += taskCount;
    }

    /** A lease over so many of them ended, however. */
    void ended(int taskCount) {
        grantedCount -= taskCount;
    }

    /** Tasks of this stage that slots hold. */
    int grantedCount() {
        return grantedCount;
    }

    void add(Attempt attempt) {
        (attempt.failureCount == 0 ? fresh : failed).add(attempt);
    }

    int count() {
        return fresh.size() + failed.size();
    }

    /** In no order. */
    Stream<Attempt> all() {
        return Stream.concat(fresh.stream(), failed.stream());
    }

    /** The lowest priority number that waits here; {@code Long.MAX_VALUE} when nothing does. */
    long headPriority() {
        Attempt first = fresh.peek();
        Attempt again = failed.isEmpty() ? null : failed.first();
        return Math.min(
                first == null ? Long.MAX_VALUE : first.offered.priority(),
                again == null ? Long.MAX_VALUE : again.offered.priority());
    }

    /**
     * Takes the next batch for a worker; empty when there is nothing it should have.
     *
     * @param mayRetry whether a task that failed before may go to this worker
     */
    List<Attempt> take(int taskCount, int byteCount, WorkerId worker, BiPredicate<Attempt, WorkerId> mayRetry) {
        for (Iterator<Attempt> retries = failed.iterator(); retries.hasNext(); ) {
            Attempt attempt = retries.next();
            if (mayRetry.test(attempt, worker)) {
                retries.remove();
                return List.of(attempt);
            }
        }
        List<Attempt> batch = new ArrayList<>(Math.min(taskCount, fresh.size()));
        int bytes = 0;
        while (batch.size() < taskCount) {
            Attempt next = fresh.peek();
            if (next == null || !batch.isEmpty() && !isSameKind(next, batch.get(0))) {
                break;
            }
            bytes += next.offered.messageBytes();
            if (bytes > byteCount && !batch.isEmpty()) {
                break;
            }
            fresh.poll();
            batch.add(next);
        }
        return batch;
    }

    /** A worker runs one operator for a batch; the given patches of a sampled grid are encoded. */
    private static boolean isSameKind(Attempt one, Attempt other) {
        return one.offered.task().getClass() == other.offered.task().getClass();
    }
}
