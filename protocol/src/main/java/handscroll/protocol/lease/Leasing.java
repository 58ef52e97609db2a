package handscroll.protocol.lease;

import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.ServiceKey;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How tasks get to workers and results come back. Small messages only: pixels go as a stream.
 *
 * <pre>
 *   worker                            lease desk
 *     | -- Join ------------------------> |   here I am: slots, device, models
 *     | &lt;- Welcome | Refused ------------ |   refused: says why; it asks again later
 *     |                                   |
 *     | -- Pull ------------------------> |   a slot has room for a batch
 *     | &lt;- Granted ---------------------- |   tasks of one stage are ready
 *     | -- Renew -----------------------> |   every third of the term
 *     | -- Completed | Failed ----------> |   exactly one, and the lease is over; Completed pulls the next
 *     |    | OutOfMemory | DeviceFailed   |   both no fault of the patches
 *     | &lt;- Revoked ---------------------- |   in its stead: stop, nobody waits for it any more
 *     |                                   |
 *     | &lt;- Released --------------------- |   no patch will read these again
 *     | &lt;- Drained ---------------------- |   somebody wants it drained, or no more
 *     | -- Drained ---------------------> |   says so to the next desk, which cannot know
 *     |                                   |
 *     | -- Leave -----------------------> |   nothing is held any more
 * </pre>
 */
public final class Leasing {

    /** Where workers find the desk, whichever coordinator it runs on. */
    public static final ServiceKey<ToDesk> DESK = ServiceKey.create(ToDesk.class, "lease-desk");

    /** Everything in this conversation crosses processes. */
    public interface Message {}

    public interface ToDesk extends Message {}

    public interface ToWorker extends Message {}

    /** One worker process as the farm knows it; the name is its own for as long as it runs. */
    public record WorkerId(String value) {
        @Override
        public String toString() {
            return value;
        }
    }

    /**
     * @param deviceClass workers of one class make the same bits, e.g. {@code cpu-bf16}
     * @param modelHashes by model name
     */
    public record Join(
            WorkerId worker,
            int slotCount,
            String deviceClass,
            Map<String, String> modelHashes,
            ActorRef<ToWorker> replyTo)
            implements ToDesk {
        public Join {
            modelHashes = Map.copyOf(modelHashes);
        }
    }

    /**
     * @param tileHost where the stream of tiles is taken, with {@code tilePort}
     * @param tileKey opens that stream; known to workers that were welcomed only
     */
    public record Welcome(String tileHost, int tilePort, String tileKey, Duration term) implements ToWorker {}

    public record Refused(String reason) implements ToWorker {}

    /** The worker's slot {@code slot} has room for one more batch of at most {@code batchSize} tasks. */
    public record Pull(WorkerId worker, int slot, int batchSize) implements ToDesk {}

    /**
     * @param epoch names the lease; no two leases of a farm ever have the same
     * @param parts of one batch; more than one only where all are sampled and of equal
     *     {@link RenderSettings#shape shape}
     */
    public record Granted(long epoch, int slot, List<JobTasks> parts) implements ToWorker {
        public Granted {
            parts = List.copyOf(parts);
        }

        /** A batch of one job. */
        public Granted(long epoch, int slot, RenderSettings settings, List<Task> tasks) {
            this(epoch, slot, List.of(new JobTasks(settings, tasks)));
        }

        /** Of all jobs, in the order of their results. */
        public List<Task> tasks() {
            return parts.stream().flatMap(part -> part.tasks().stream()).toList();
        }
    }

    public record Renew(WorkerId worker, List<Long> epochs) implements ToDesk {
        public Renew {
            epochs = List.copyOf(epochs);
        }
    }

    /**
     * Also pulls, because a message of its own for that would be one of three that a lease takes.
     *
     * @param results one for each task of the lease
     * @param work what it took, for the shares that a render prints at its end
     * @param slot that rendered it
     * @param roomFor the most tasks of one more batch that the slot has room for now; 0 when it wants none
     */
    public record Completed(WorkerId worker, long epoch, List<TaskResult> results, WorkTime work, int slot, int roomFor)
            implements ToDesk {
        public Completed {
            results = List.copyOf(results);
        }

        /** One that asks for nothing more. */
        public Completed(WorkerId worker, long epoch, List<TaskResult> results, WorkTime work) {
            this(worker, epoch, results, work, 0, 0);
        }
    }

    /**
     * Time a slot spent on a lease, by kind of work, and how the nearby context pool served it.
     *
     * @param statesFound states of context patches that the pool had
     * @param statesMade those that had to be made first
     */
    public record WorkTime(Duration sampling, Duration decoding, Duration encoding, long statesFound, long statesMade) {
        public static final WorkTime NONE = new WorkTime(Duration.ZERO, Duration.ZERO, Duration.ZERO);

        /** Work that asked for no states. */
        public WorkTime(Duration sampling, Duration decoding, Duration encoding) {
            this(sampling, decoding, encoding, 0, 0);
        }

        /** What some of the tasks took, all alike. */
        public WorkTime part(int taskCount, int ofCount) {
            return taskCount == ofCount
                    ? this
                    : new WorkTime(
                            sampling.multipliedBy(taskCount).dividedBy(ofCount),
                            decoding.multipliedBy(taskCount).dividedBy(ofCount),
                            encoding.multipliedBy(taskCount).dividedBy(ofCount),
                            statesFound * taskCount / ofCount,
                            statesMade * taskCount / ofCount);
        }

        public WorkTime plus(WorkTime other) {
            return new WorkTime(
                    sampling.plus(other.sampling),
                    decoding.plus(other.decoding),
                    encoding.plus(other.encoding),
                    statesFound + other.statesFound,
                    statesMade + other.statesMade);
        }
    }

    /** One sentence for the job's report; the stack trace is in the worker's log. */
    public record Failed(WorkerId worker, long epoch, String reason) implements ToDesk {}

    /** The batch was too large for the device. */
    public record OutOfMemory(WorkerId worker, long epoch, String reason) implements ToDesk {}

    /** The device, or what the worker needs beside it, failed. */
    public record DeviceFailed(WorkerId worker, long epoch, String reason) implements ToDesk {}

    public record Revoked(long epoch, String reason) implements ToWorker {}

    public record Released(JobId job, List<PatchId> patches) implements ToWorker {
        public Released {
            patches = List.copyOf(patches);
        }
    }

    /**
     * Whether a worker gets nothing more. The desk decides; the worker keeps it for the next desk.
     *
     * @param left until what it still holds goes to others; where {@code hasDeadline} is false it may finish
     */
    public record Drained(WorkerId worker, boolean isOn, boolean hasDeadline, Duration left)
            implements ToWorker, ToDesk {

        public static Drained within(WorkerId worker, Optional<Duration> left) {
            return new Drained(worker, true, left.isPresent(), left.orElse(Duration.ZERO));
        }

        public static Drained noMore(WorkerId worker) {
            return new Drained(worker, false, false, Duration.ZERO);
        }

        public Optional<Duration> within() {
            return hasDeadline ? Optional.of(left) : Optional.empty();
        }
    }

    public record Leave(WorkerId worker) implements ToDesk {}

    private Leasing() {}
}
