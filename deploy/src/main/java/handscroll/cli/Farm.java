package handscroll.cli;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Scheduler;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.job.JobId;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A coordinator, worker slots, or both, running in this process until it is closed. */
public interface Farm extends AutoCloseable {

    /** Opens farms; commands are given one, so that their tests need no cluster. */
    @FunctionalInterface
    interface Opener {
        /**
         * Returns when the farm can take jobs, or, without a coordinator, when the worker's process is up.
         *
         * @throws handscroll.protocol.job.Refusal when it cannot be opened as asked: a port that is
         *     taken, a state directory that another process uses, a device that is not there
         */
        Farm open(FarmOptions options);
    }

    /** The coordinator's job desk; fails with {@link IllegalStateException} in a process of workers only. */
    ActorRef<Jobs.Command> jobs();

    /** For asking the job desk. */
    Scheduler scheduler();

    /** Where the coordinator answers; its jobs and their pictures can be looked at there. */
    URI http();

    /** Where a job's picture can be panned and zoomed while it grows. */
    URI viewer(JobId job);

    /** Hands every event of the job to {@code listener}, one at a time; completes with its last status. */
    CompletionStage<Jobs.JobStatus> follow(JobId job, Consumer<Jobs.Event> listener);

    /** Completes when the farm is over for whatever reason; exceptionally, with a sentence, when it was not asked to end. */
    CompletionStage<Void> ended();

    /**
     * Grants nothing more, and waits until no slot is in the middle of a batch.
     *
     * @return false when some still are after {@code patience}
     */
    boolean drain(Duration patience);

    /** Ends the actor system and its threads; without {@link #drain} before it, leases are simply dropped. */
    @Override
    void close();
}
