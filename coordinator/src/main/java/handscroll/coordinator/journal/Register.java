package handscroll.coordinator.journal;

import handscroll.protocol.job.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All jobs as the journal tells them, oldest first; never changes, {@link #after} makes the next one.
 *
 * @param lastIncarnation of the coordinator; 0 before the first
 */
public record Register(long lastIncarnation, List<RegisteredJob> jobs) implements Persisted {

    public static final Register EMPTY = new Register(0, List.of());

    public Register {
        jobs = List.copyOf(jobs);
    }

    public Optional<RegisteredJob> job(JobId id) {
        return jobs.stream().filter(job -> job.job().equals(id)).findFirst();
    }

    /**
     * Whether this coordinator may still write. A number that is there already is another coordinator's, so the one that
     * wants it has to take a later one.
     */
    boolean mayWrite(long incarnation, JobEvent event) {
        return event instanceof JobEvent.CoordinatorStarted started
                ? started.incarnation() > lastIncarnation
                : incarnation >= lastIncarnation;
    }

    /**
     * The register with this event in it; the same one if it changes nothing: a job accepted twice, a
     * change of a job that is not here, an incarnation that is not later.
     */
    public Register after(JobEvent event) {
        if (event instanceof JobEvent.CoordinatorStarted started) {
            return new Register(Math.max(lastIncarnation, started.incarnation()), jobs);
        }
        if (event instanceof JobEvent.JobAccepted accepted) {
            return job(accepted.job()).isPresent() ? this : with(RegisteredJob.accepted(accepted));
        }
        JobEvent.Change change = (JobEvent.Change) event;
        return new Register(
                lastIncarnation,
                jobs.stream()
                        .map(job -> job.job().equals(change.job()) ? change.applyTo(job) : job)
                        .toList());
    }

    private Register with(RegisteredJob job) {
        List<RegisteredJob> more = new ArrayList<>(jobs);
        more.add(job);
        return new Register(lastIncarnation, more);
    }
}
