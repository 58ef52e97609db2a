package handscroll.coordinator.job;

import akka.actor.typed.ActorRef;
import handscroll.coordinator.lease.LeaseDesk.DrainAnswer;
import handscroll.coordinator.lease.WorkerList;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Problem;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How jobs are handed in, watched and stopped; spoken by the HTTP routes and the command line.
 *
 * <pre>
 *   user                              job desk
 *     | -- Submit ----------------------> |
 *     | &lt;- Accepted | Rejected ---------- |   accepted: it is in the journal and will not be lost
 *     | -- GetStatus, ListJobs ---------> |
 *     | &lt;- Optional&lt;JobStatus&gt;, List ---- |
 *     | -- Follow ----------------------> |   until the follower ends
 *     | &lt;- TileStored, Moved, Ended ----- |
 *     | -- Pause, Resume, Cancel -------> |
 *     | &lt;- Answer ----------------------- |
 *     | -- AskWhy ----------------------> |   of a job, or of a patch of it
 *     | &lt;- Explained | NoSuchPatch ------ |
 *     | -- ListWorkers, DrainWorker ----> |   passed on to the lease desk
 *     | &lt;- WorkerList, DrainAnswer ------ |
 * </pre>
 */
public final class Jobs {

    public interface Command {}

    /** Concerns one job; passed on to it. */
    public interface OfJob extends Command {
        JobId job();
    }

    public record Submit(JobSpec spec, ActorRef<Submission> replyTo) implements Command {}

    public sealed interface Submission {}

    public record Accepted(JobId job) implements Submission {}

    public record Rejected(List<Problem> problems) implements Submission {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }

    public record GetStatus(JobId job, ActorRef<Optional<JobStatus>> replyTo) implements Command {}

    public record ListJobs(ActorRef<List<JobStatus>> replyTo) implements Command {}

    /** The follower hears every event from now on; it is dropped when it ends. */
    public record Follow(JobId job, ActorRef<Event> follower) implements OfJob {}

    public record Pause(JobId job, ActorRef<Answer> replyTo) implements OfJob {}

    public record Resume(JobId job, ActorRef<Answer> replyTo) implements OfJob {}

    public record Cancel(JobId job, ActorRef<Answer> replyTo) implements OfJob {}

    /** @param patch as {@link PatchName} reads it; empty asks about the job as a whole */
    public record AskWhy(JobId job, Optional<String> patch, ActorRef<WhyAnswer> replyTo) implements OfJob {}

    public sealed interface WhyAnswer {}

    public record Explained(Explanation explanation) implements WhyAnswer {}

    /** @param sentence what is wrong with the name, and how one is written */
    public record NoSuchPatch(String sentence) implements WhyAnswer {}

    public record ListWorkers(ActorRef<WorkerList> replyTo) implements Command {}

    /** @param drains whether it gets nothing more, or patches again */
    public record DrainWorker(WorkerId worker, boolean drains, ActorRef<DrainAnswer> replyTo) implements Command {}

    /** Whether a verb took effect, and in a sentence what is now the case. */
    public record Answer(boolean done, String message) {}

    public enum State {
        PLANNING,
        RENDERING,
        FINISHING,
        PAUSED,
        DONE,
        FAILED,
        CANCELLED;

        public boolean isOver() {
            return this == DONE || this == FAILED || this == CANCELLED;
        }
    }

    /** How much of one stage is done. */
    public record StageProgress(String name, int cellCount, int renderedCount, int leasedCount, int readyCount) {}

    /**
     * @param directory where the tiles and the manifest lie
     * @param criticalPath patches that must be sampled one after the other, whatever the number of workers
     * @param remaining estimated; empty until there is something to estimate from
     * @param bound the time that the rest of the critical path takes even with unlimited workers
     * @param patchesPerSecond sampled over the last minute
     * @param slotTime summed over the slots that were there while it was rendered; what of it is not
     *     {@code work} was idle
     * @param cause why it is paused or failed, with what to do; empty otherwise
     */
    public record JobStatus(
            JobId job,
            String name,
            JobSpec spec,
            State state,
            List<StageProgress> stages,
            int tileColumns,
            int tileRows,
            int tilePixels,
            int criticalPath,
            Path directory,
            Instant accepted,
            Duration elapsed,
            Optional<Duration> remaining,
            Optional<Duration> bound,
            double patchesPerSecond,
            int workerCount,
            WorkTime work,
            Duration slotTime,
            Optional<String> cause) {
        public JobStatus {
            stages = List.copyOf(stages);
        }

        /** The same numbers in another state. */
        JobStatus as(State newState, Optional<String> newCause) {
            return new JobStatus(
                    job,
                    name,
                    spec,
                    newState,
                    stages,
                    tileColumns,
                    tileRows,
                    tilePixels,
                    criticalPath,
                    directory,
                    accepted,
                    elapsed,
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    workerCount,
                    work,
                    slotTime,
                    newCause);
        }
    }

    public sealed interface Event {
        JobId job();
    }

    /** A tile of the pyramid can be looked at; level 0 is the smallest, 1 x 1 pixel. */
    public record TileStored(JobId job, int level, int column, int row) implements Event {}

    /** Numbers changed; sent at most a few times a second. */
    public record Moved(JobId job, JobStatus status) implements Event {}

    /** Nothing follows: done, failed or cancelled. */
    public record Ended(JobId job, JobStatus status) implements Event {}

    private Jobs() {}
}
