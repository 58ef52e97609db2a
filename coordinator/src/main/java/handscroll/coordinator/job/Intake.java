package handscroll.coordinator.job;

import handscroll.protocol.job.JobId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which jobs are let in: each once, however often its sender hands it in under the same key, and not more
 * than may be open at a time. Decides only; keys are as lasting as the jobs, which the journal keeps.
 */
final class Intake {

    /** @param job empty while it is on its way into the journal */
    private record Entry(String spec, Optional<JobId> job) {}

    private final int openJobs;
    private final Map<String, Entry> byKey = new HashMap<>();
    private int arrivingCount;

    Intake(int openJobs) {
        this.openJobs = openJobs;
    }

    /** A job that was let in before, in this life of the coordinator or in an earlier one. */
    void know(String key, String spec, JobId job) {
        byKey.put(key, new Entry(spec, Optional.of(job)));
    }

    /**
     * Lets a job in, or says what is answered instead. One that is let in ends in {@link #accepted} or
     * {@link #turnedAway}.
     */
    Optional<Jobs.Submission> enter(Optional<String> key, String spec, int openCount) {
        Entry known = key.map(byKey::get).orElse(null);
        if (known != null) {
            return Optional.of(answer(known, spec));
        }
        if (openCount + arrivingCount >= openJobs) {
            return Optional.of(new Jobs.NotNow(
                    Jobs.Obstacle.QUEUE_FULL,
                    openCount + arrivingCount + " jobs are open, and no more than " + openJobs
                            + " may be (handscroll.coordinator.job.intake.open-jobs); hand it in again when one has"
                            + " ended, or cancel one."));
        }
        arrivingCount++;
        key.ifPresent(name -> byKey.put(name, new Entry(spec, Optional.empty())));
        return Optional.empty();
    }

    private static Jobs.Submission answer(Entry known, String spec) {
        if (!known.spec().equals(spec)) {
            return new Jobs.NotNow(
                    Jobs.Obstacle.KEY_OF_ANOTHER,
                    "Another job was handed in under this key; choose a new key for a new job.");
        }
        return known.job()
                .<Jobs.Submission>map(Jobs.Accepted::new)
                .orElseGet(() -> new Jobs.NotNow(
                        Jobs.Obstacle.KEY_ON_ITS_WAY,
                        "A job is being handed in under this key at this moment; ask again."));
    }

    void accepted(Optional<String> key, String spec, JobId job) {
        arrivingCount--;
        key.ifPresent(name -> know(name, spec, job));
    }

    void turnedAway(Optional<String> key) {
        arrivingCount--;
        key.ifPresent(byKey::remove);
    }
}
