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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How jobs are handed in, watched and stopped; spoken by the HTTP routes and the command line.
 *
 * <pre>
 *   user                              job desk
 *     | -- Submit ----------------------> |
 *     | &lt;- Accepted | Rejected | NotNow - |   accepted: it is in the journal and will not be lost
 *     | -- GetStatus, ListJobs ---------> |
 *     | &lt;- Optional&lt;JobStatus&gt;, List ---- |
 *     | -- Follow ----------------------> |   until the follower ends
 *     | &lt;- TileStored, CellsChanged, ----- |
 *     |    Happened, Missed, Moved, Ended  |
 *     | -- Pause, Resume, Cancel -------> |
 *     | &lt;- Answer ----------------------- |
 *     | -- AskWhy ----------------------> |   of a job, or of a patch of it
 *     | &lt;- Explained | NoSuchPatch ------ |
 *     | -- AskMap ------------------------> |   every cell of it, and how it went so far
 *     | &lt;- Optional&lt;JobMap&gt; ------------- |
 *     | -- ListWorkers, Drain-, BlockWorker> |   passed on to the lease desk
 *     | &lt;- WorkerList, DrainAnswer ------ |
 * </pre>
 */
public final class Jobs {

    public interface Command {}

    /** Concerns one job; passed on to it. */
    public interface OfJob extends Command {
        JobId job();
    }

    /** @param key that its sender chose: handed in again under the same one, it is the same job */
    public record Submit(JobSpec spec, Optional<String> key, ActorRef<Submission> replyTo) implements Command {
        public Submit(JobSpec spec, ActorRef<Submission> replyTo) {
            this(spec, Optional.empty(), replyTo);
        }
    }

    public sealed interface Submission {}

    public record Accepted(JobId job) implements Submission {}

    public record Rejected(List<Problem> problems) implements Submission {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }

    /** Nothing is wrong with the job itself. */
    public record NotNow(Obstacle obstacle, String sentence) implements Submission {}

    public enum Obstacle {
        /** As many jobs are open as may be; later there is room again. */
        QUEUE_FULL,
        /** The same key was given with another job. */
        KEY_OF_ANOTHER,
        /** The same key is being handed in at this moment. */
        KEY_ON_ITS_WAY
    }

    public record GetStatus(JobId job, ActorRef<Optional<JobStatus>> replyTo) implements Command {}

    public record ListJobs(ActorRef<List<JobStatus>> replyTo) implements Command {}

    /**
     * The follower hears every event from now on; it is dropped when it ends.
     *
     * @param heard the number of the last event that it heard before: what is remembered of those since comes first
     */
    public record Follow(JobId job, OptionalLong heard, ActorRef<Event> follower) implements OfJob {
        public Follow(JobId job, ActorRef<Event> follower) {
            this(job, OptionalLong.empty(), follower);
        }
    }

    /** The watcher hears of every job each time that its state is another one than before; it is dropped when it ends. */
    public record WatchStates(ActorRef<JobStatus> watcher) implements Command {}

    /** The answer is empty while the job's plan is not known. */
    public record AskMap(JobId job, ActorRef<Optional<JobMap>> replyTo) implements OfJob {}

    /** @param isAtOnce takes back what workers hold of it; otherwise they finish that first */
    public record Pause(JobId job, boolean isAtOnce, ActorRef<Answer> replyTo) implements OfJob {}

    public record Resume(JobId job, ActorRef<Answer> replyTo) implements OfJob {}

    /** @param deletesTiles also of a job that was cancelled or has failed; its tokens are kept */
    public record Cancel(JobId job, boolean deletesTiles, ActorRef<Answer> replyTo) implements OfJob {}

    /**
     * Tries patches again that were given up; a job that is stopped is resumed, which tries all of them.
     *
     * @param patch as {@link PatchName} reads it; empty means all
     */
    public record Retry(JobId job, Optional<String> patch, ActorRef<Answer> replyTo) implements OfJob {}

    /** @param patch as {@link PatchName} reads it; empty asks about the job as a whole */
    public record AskWhy(JobId job, Optional<String> patch, ActorRef<WhyAnswer> replyTo) implements OfJob {}

    public sealed interface WhyAnswer {}

    public record Explained(Explanation explanation) implements WhyAnswer {}

    /** @param sentence what is wrong with the name, and how one is written */
    public record NoSuchPatch(String sentence) implements WhyAnswer {}

    /**
     * All that a page draws of a job beside its picture.
     *
     * @param workers by their number in the cells, from 1
     * @param planned the width of the wavefront with unlimited workers; empty for very large plans
     * @param events the latest of what happened, oldest first
     */
    public record JobMap(
            JobId job,
            List<StageCells> stages,
            List<String> workers,
            List<WidthSample> widths,
            List<PlannedWidth> planned,
            List<Happened> events) {
        public JobMap {
            stages = List.copyOf(stages);
            workers = List.copyOf(workers);
            widths = List.copyOf(widths);
            planned = List.copyOf(planned);
            events = List.copyOf(events);
        }
    }

    /**
     * @param cellPixels the side of a cell on the canvas
     * @param cells five bytes each, row by row, as {@link CellHistory} has them
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record StageCells(String name, int columns, int rows, int cellPixels, byte[] cells) {}

    /**
     * The wavefront at one moment.
     *
     * @param renderedCount cells of all stages
     * @param leasedCount with a worker
     * @param readyCount that could be rendered if there were more workers
     */
    public record WidthSample(Duration elapsed, long renderedCount, int leasedCount, int readyCount, int workerCount) {}

    /** @param renderedCount cells that are rendered before the wavefront is as wide as this */
    public record PlannedWidth(long renderedCount, double width) {}

    public record ListWorkers(ActorRef<WorkerList> replyTo) implements Command {}

    /** @param within what the worker still holds after so long goes to others; empty lets it finish */
    public record DrainWorker(WorkerId worker, Optional<Duration> within, ActorRef<DrainAnswer> replyTo)
            implements Command {}

    public record UndrainWorker(WorkerId worker, ActorRef<DrainAnswer> replyTo) implements Command {}

    /** @param blocks whether it is given nothing and holds nothing, or gets patches again */
    public record BlockWorker(WorkerId worker, boolean blocks, ActorRef<DrainAnswer> replyTo) implements Command {}

    /** @param patch of those that were given up; all of them where it is empty */
    public record Skip(JobId job, Optional<String> patch, ActorRef<Answer> replyTo) implements OfJob {}

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

    /**
     * What was counted of a job since this coordinator started.
     *
     * @param sampledCount patches that came back with tokens
     * @param returnedCount patches that went out again
     * @param lost time of slots in leases that ended without a result
     * @param awaitingContext time of slots that were idle while nothing was ready: every patch left waited for another
     * @param copied time of slots in batches that another worker was through with sooner
     * @param disputedCount patches that two workers made different tokens of
     */
    public record Tally(
            long sampledCount,
            long returnedCount,
            Duration lost,
            Duration awaitingContext,
            Duration copied,
            long disputedCount) {
        public static final Tally NONE = new Tally(0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
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
     * @param placeholderCount patches that nobody could render and that were skipped
     * @param cause why it is paused or failed, or why none of the workers can render it, with what to do; empty
     *     otherwise
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
            int placeholderCount,
            WorkTime work,
            Duration slotTime,
            Tally tally,
            Optional<String> cause) {
        public JobStatus {
            stages = List.copyOf(stages);
        }

        /** Without a tile: those are the cells of its last stage. */
        JobStatus withoutTiles() {
            List<StageProgress> others = new ArrayList<>(stages);
            if (!others.isEmpty()) {
                StageProgress tiles = others.remove(others.size() - 1);
                others.add(new StageProgress(tiles.name(), tiles.cellCount(), 0, 0, 0));
            }
            return with(others, state, placeholderCount, cause);
        }

        /** The same numbers in another state. */
        JobStatus as(State newState, int newPlaceholderCount, Optional<String> newCause) {
            return with(stages, newState, newPlaceholderCount, newCause);
        }

        private JobStatus with(
                List<StageProgress> newStages, State newState, int newPlaceholderCount, Optional<String> newCause) {
            return new JobStatus(
                    job,
                    name,
                    spec,
                    newState,
                    newStages,
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
                    newPlaceholderCount,
                    work,
                    slotTime,
                    tally,
                    newCause);
        }
    }

    public sealed interface Event {
        JobId job();
    }

    /** Told once, in order, and told again to a viewer that lost its connection; later ones have higher numbers. */
    public sealed interface Numbered extends Event {
        long number();
    }

    /** A tile of the pyramid can be looked at; level 0 is the smallest, 1 x 1 pixel. */
    public record TileStored(JobId job, long number, int level, int column, int row) implements Numbered {}

    /** Something worth a line: the job was paused, patches went out again. */
    public record Happened(JobId job, long number, Instant at, String kind, String sentence) implements Numbered {

        /** It will be paused or fail, as the sentence says, when the journal has taken that. */
        public static final String STOPPING = "stopping";
    }

    /** So many events were forgotten before they could be told. */
    public record Missed(JobId job, long count) implements Event {}

    /**
     * Cells that stand elsewhere now; sent at most a few times a second.
     *
     * @param isTooMuch more changed than are listed, and the map has to be asked for again
     */
    public record CellsChanged(JobId job, List<CellChange> cells, boolean isTooMuch) implements Event {
        public CellsChanged {
            cells = List.copyOf(cells);
        }
    }

    /** The numbers are those of {@link StageCells}. */
    public record CellChange(int stage, int index, int state, int worker, int attempt, int time, int seam) {}

    /** Numbers changed; sent at most a few times a second. */
    public record Moved(JobId job, JobStatus status) implements Event {}

    /** Nothing follows: done, failed or cancelled. */
    public record Ended(JobId job, JobStatus status) implements Event {}

    private Jobs() {}
}
