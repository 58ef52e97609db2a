package handscroll.coordinator.lease;

import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** The tasks of one stage of a job that nobody holds, in the order in which they should be granted. */
final class ReadyTasks {

    /** One offered task through all its attempts. */
    static final class Attempt implements Comparable<Attempt> {
        final OfferedTask offered;
        private final long sequence;
        private List<Failure> failures = List.of();
        private List<EndedAttempt> ended = List.of();
        private int passedOverCount;

        /** One that counts. */
        record Failure(Blame.FailedBatch batch, Instant at) {}

        Attempt(OfferedTask offered, long sequence) {
            this.offered = offered;
            this.sequence = sequence;
        }

        /**
         * How often it failed, this time counted.
         *
         * @param forgotten what failed before does not count any more
         */
        int failOn(Blame.FailedBatch batch, String reason, Instant at, Instant forgotten) {
            List<Failure> counted = new ArrayList<>(failures);
            counted.removeIf(failure -> failure.at().isBefore(forgotten));
            counted.add(new Failure(batch, at));
            failures = counted;
            remember(new EndedAttempt(batch.worker, at, reason, true));
            return failures.size();
        }

        /** Its failures on this worker were the worker's. */
        void pardon(WorkerId worker) {
            if (failedOn(worker)) {
                failures = failures.stream()
                        .filter(failure -> !failure.batch().worker.equals(worker))
                        .toList();
            }
        }

        /** Whatever was, it is tried as if it had never failed. */
        void forgive() {
            failures = List.of();
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

        /** Tries that came to nothing, as far as they are remembered. */
        int endedCount() {
            return ended.size();
        }

        int failureCount() {
            return failures.size();
        }

        List<Failure> failures() {
            return failures;
        }

        /** Whether its last failure is as long ago as that. */
        boolean hasWaitedSince(Instant then) {
            return failures.stream().noneMatch(failure -> failure.at().isAfter(then));
        }

        boolean failedOn(WorkerId worker) {
            for (Failure failure : failures) {
                if (failure.batch().worker.equals(worker)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int compareTo(Attempt other) {
            int byPriority = Long.compare(offered.priority(), other.offered.priority());
            return byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
        }
    }

    private static final int REMEMBERED_ATTEMPTS = 8;

    /** Who may choose looks at so many times what it takes. */
    private static final int LOOKED_AT = 4;

    private final PriorityQueue<Attempt> fresh = new PriorityQueue<>();
    /** Failed before. Granted alone, so that the one bad task of a batch cannot bring blame on the others again. */
    private final TreeSet<Attempt> failed = new TreeSet<>();

    private int grantedCount;
    private int unloggedCount;
    private boolean lastIsSampled;

    /** So many of this stage's tasks went to a slot. */
    void granted(int taskCount) {
        grantedCount += taskCount;
    }

    /** A lease over so many of them ended, however. */
    void ended(int taskCount) {
        grantedCount -= taskCount;
    }

    /** So many came back rendered, and wait for the log: what they make ready comes when it has them. */
    void rendered(int taskCount) {
        unloggedCount += taskCount;
    }

    /** The log has so many, and what they made ready was added. */
    void logged(int taskCount) {
        unloggedCount = Math.max(0, unloggedCount - taskCount);
    }

    /** Tasks of this stage that were rendered and are not in the log yet. */
    int unloggedCount() {
        return unloggedCount;
    }

    /** Tasks of this stage that slots hold. */
    int grantedCount() {
        return grantedCount;
    }

    void add(Attempt attempt) {
        (attempt.failureCount() == 0 ? fresh : failed).add(attempt);
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

    /** Whether what comes next is sampled, or what came last where nothing does. */
    boolean isSampled() {
        Attempt next = fresh.peek();
        return next == null ? lastIsSampled : next.offered.task() instanceof Task.Sample;
    }

    /**
     * A task that failed before and should go to this worker.
     *
     * @param mayRetry whether it may go there
     */
    Optional<Attempt> takeAgain(WorkerId worker, BiPredicate<Attempt, WorkerId> mayRetry) {
        for (Iterator<Attempt> retries = failed.iterator(); retries.hasNext(); ) {
            Attempt attempt = retries.next();
            if (mayRetry.test(attempt, worker)) {
                retries.remove();
                return Optional.of(attempt);
            }
        }
        return Optional.empty();
    }

    /**
     * Takes the next tasks, all of one kind; none of those that failed before.
     *
     * @param byteCount that they may take in a message
     * @param mustFit whether the first one may take no more than that either
     * @param passesOver so often a task may be passed over for a later one that is preferred; 0 keeps the order
     * @param preference the higher it is, the better the task is for whoever takes it
     */
    List<Attempt> take(int taskCount, int byteCount, boolean mustFit, int passesOver, ToIntFunction<Task> preference) {
        lastIsSampled = isSampled();
        List<Attempt> next = poll(passesOver == 0 ? taskCount : LOOKED_AT * taskCount);
        List<Attempt> best = next.size() > taskCount ? preferred(next, passesOver, preference) : next;
        List<Attempt> batch = new ArrayList<>(Math.min(taskCount, best.size()));
        int bytes = 0;
        for (Attempt attempt : best) {
            bytes += attempt.offered.messageBytes();
            if (batch.size() == taskCount || bytes > byteCount && (mustFit || !batch.isEmpty())) {
                break;
            }
            batch.add(attempt);
        }
        putBack(best.subList(batch.size(), best.size()), batch);
        batch.sort(Comparator.naturalOrder());
        return batch;
    }

    private List<Attempt> poll(int most) {
        List<Attempt> polled = new ArrayList<>(Math.min(most, fresh.size()));
        while (polled.size() < most
                && !fresh.isEmpty()
                && (polled.isEmpty() || isSameKind(fresh.peek(), polled.get(0)))) {
            polled.add(fresh.poll());
        }
        return polled;
    }

    private static List<Attempt> preferred(List<Attempt> next, int passesOver, ToIntFunction<Task> preference) {
        record Ranked(Attempt attempt, int rank) {}
        List<Ranked> ranked = new ArrayList<>(next.size());
        boolean allTheSame = true;
        for (Attempt attempt : next) {
            int rank = attempt.passedOverCount >= passesOver
                    ? Integer.MAX_VALUE
                    : preference.applyAsInt(attempt.offered.task());
            allTheSame &= ranked.isEmpty() || ranked.get(0).rank() == rank;
            ranked.add(new Ranked(attempt, rank));
        }
        if (allTheSame) {
            return next;
        }
        // Stable: among equals the order stays.
        ranked.sort(Comparator.comparingInt(Ranked::rank).reversed());
        return ranked.stream().map(Ranked::attempt).toList();
    }

    private void putBack(List<Attempt> left, List<Attempt> taken) {
        if (left.isEmpty()) {
            return;
        }
        Optional<Attempt> last = taken.stream().max(Comparator.naturalOrder());
        for (Attempt attempt : left) {
            if (last.isPresent() && attempt.compareTo(last.get()) < 0) {
                attempt.passedOverCount++;
            }
            fresh.add(attempt);
        }
    }

    /** A worker runs one operator for a batch; the given patches of a sampled grid are encoded. */
    private static boolean isSameKind(Attempt one, Attempt other) {
        return one.offered.task().getClass() == other.offered.task().getClass();
    }
}
