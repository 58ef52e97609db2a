package handscroll.coordinator.job;

import handscroll.coordinator.lease.WorkerReport;
import handscroll.protocol.lease.Leasing.WorkTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a job took so far, and what it will take: times and rates, over all its pauses. */
final class JobFigures {

    private Duration elapsedBefore = Duration.ZERO;
    private Optional<Instant> since = Optional.empty();
    private Instant counted;
    private Pace pace;
    private WorkTime work = WorkTime.NONE;
    private Duration slotTime = Duration.ZERO;
    private Duration lost = Duration.ZERO;
    private Duration awaitingContext = Duration.ZERO;
    private long sampledCount;
    private long returnedCount;
    private Duration copied = Duration.ZERO;
    private long disputedCount;
    private int workerCount;

    JobFigures(Instant now) {
        this.counted = now;
        this.pace = new Pace(now);
    }

    /** Patches are rendered from now on; what was measured before a pause says nothing of the pace after it. */
    void begin(Instant now) {
        since = Optional.of(now);
        counted = now;
        pace = new Pace(now);
    }

    void pause(Instant now) {
        elapsedBefore = elapsed(now);
        since = Optional.empty();
    }

    /** A lease ended with results, {@code tokenCount} of them sampled or encoded patches. */
    void leaseEnded(WorkTime spent, int tokenCount, Instant now) {
        work = work.plus(spent);
        sampledCount += tokenCount;
        if (tokenCount > 0) {
            pace.rendered(tokenCount, spent.sampling().plus(spent.encoding()), now);
        }
    }

    /** Patches went out again; {@code held} is what their lease took from a slot. */
    void returned(int count, Duration held) {
        returnedCount += count;
        lost = lost.plus(held);
    }

    /** Patches were rendered a second time, {@code differing} of them to other tokens. */
    void compared(Duration took, int differing) {
        copied = copied.plus(took);
        disputedCount += differing;
    }

    /**
     * Who was there, since the last count.
     *
     * @param isStarved nothing is ready: a slot that is idle has to wait for others
     */
    void count(List<WorkerReport> workers, boolean isStarved, Instant now) {
        List<WorkerReport> alive =
                workers.stream().filter(worker -> !worker.silent()).toList();
        workerCount = alive.size();
        if (since.isPresent()) {
            int slotCount = alive.stream().mapToInt(WorkerReport::slotCount).sum();
            Duration passed = Duration.between(counted, now);
            slotTime = slotTime.plus(passed.multipliedBy(slotCount));
            if (isStarved) {
                int idleCount = alive.stream()
                        .mapToInt(worker -> Math.max(0, worker.slotCount() - worker.leaseCount()))
                        .sum();
                awaitingContext = awaitingContext.plus(passed.multipliedBy(idleCount));
            }
        }
        counted = now;
    }

    Duration elapsed(Instant now) {
        return since.map(start -> elapsedBefore.plus(Duration.between(start, now)))
                .orElse(elapsedBefore);
    }

    Optional<Duration> remaining(long patchCount, Instant now) {
        return since.flatMap(start -> pace.remaining(patchCount, now));
    }

    Optional<Duration> bound(double patchesInSequence) {
        return since.flatMap(start -> pace.bound(patchesInSequence));
    }

    double patchesPerSecond(Instant now) {
        return since.isPresent() ? pace.patchesPerSecond(now) : 0;
    }

    int workerCount() {
        return workerCount;
    }

    WorkTime work() {
        return work;
    }

    Duration slotTime() {
        return slotTime;
    }

    Jobs.Tally tally() {
        return new Jobs.Tally(sampledCount, returnedCount, lost, awaitingContext, copied, disputedCount);
    }

    /** What goes into the manifest of a finished picture. */
    Map<String, Double> summary(int patchCount, int placeholderCount, int criticalPath, Instant now) {
        return Map.of(
                "patches", (double) patchCount,
                "placeholders", (double) placeholderCount,
                "criticalPath", (double) criticalPath,
                "seconds", seconds(elapsed(now)),
                "samplingSeconds", seconds(work.sampling()),
                "decodingSeconds", seconds(work.decoding()),
                "encodingSeconds", seconds(work.encoding()));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
