package handscroll.cli;

import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Refusal;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A whole farm in this process for one job, from submission to its end.
 *
 * <pre>
 *   open the farm ─▶ submit, or find the job that is there ─▶ follow ─▶ how it ended, and what it took
 *                                                  Ctrl-C: drain, and say how to continue (130)
 * </pre>
 */
final class LocalRender {

    /** How a job ended, and the processor time of everything but rendering since it was submitted. */
    record Ending(JobStatus status, Duration coordinatorTime) {}

    private final Farm.Opener farms;
    private final Config config;
    private final CliSettings settings;
    private final OutputPlace place;
    private final int workers;
    private final PrintWriter err;
    private final boolean quiet;

    LocalRender(Farm.Opener farms, Config config, OutputPlace place, int workers, PrintWriter err, boolean quiet) {
        this.farms = farms;
        this.config = config;
        this.settings = CliSettings.from(config);
        this.place = place;
        this.workers = workers;
        this.err = err;
        this.quiet = quiet;
    }

    /** @throws Refusal when the coordinator refuses the job; then nothing of the farm is left in the directory */
    Ending render(JobSpec job) {
        try {
            return withFarm(farm -> submit(farm, job));
        } catch (Refusal refused) {
            place.undo();
            throw refused;
        }
    }

    /** @throws Refusal when there is no job in the directory */
    Ending resume() {
        return withFarm(this::takeUp);
    }

    private interface Start {
        JobId on(Farm farm);
    }

    private Ending withFarm(Start start) {
        Logs.to(place.state());
        try (Farm farm = farms.open(new FarmOptions(config, true, workers, place.state(), List.of()));
                Interruption interruption = Interruption.calls(() -> interrupt(farm))) {
            try {
                JobId job = start.on(farm);
                var cost = new CoordinatorCost();
                if (!quiet) {
                    err.println("Watch it grow at " + farm.viewer(job));
                }
                return new Ending(follow(farm, job, cost), cost.total());
            } finally {
                interruption.gate();
            }
        }
    }

    private void interrupt(Farm farm) {
        farm.drain(settings.drainPatience());
        farm.close();
        err.println();
        err.println("interrupted; continue with: handscroll render --resume " + place.quoted());
        err.flush();
    }

    private JobId submit(Farm farm, JobSpec job) {
        Jobs.Submission submission = Waiting.on(AskPattern.<Jobs.Command, Jobs.Submission>ask(
                farm.jobs(), replyTo -> new Jobs.Submit(job, replyTo), settings.answerPatience(), farm.scheduler()));
        if (submission instanceof Jobs.Rejected rejected) {
            throw new Refusal("The job \"" + job.name() + "\" cannot be rendered:", rejected.problems());
        }
        if (submission instanceof Jobs.NotNow notNow) {
            throw new CommandFailure(ExitCode.REFUSED, notNow.sentence());
        }
        return ((Jobs.Accepted) submission).job();
    }

    /** The coordinator took up an open job by itself when it started; one that was stopped has to be told. */
    private JobId takeUp(Farm farm) {
        Duration patience = settings.answerPatience();
        List<JobStatus> there = Waiting.on(AskPattern.<Jobs.Command, List<JobStatus>>ask(
                farm.jobs(), Jobs.ListJobs::new, patience, farm.scheduler()));
        Optional<JobStatus> last = there.stream().reduce((first, second) -> second);
        if (last.isEmpty()) {
            return submit(farm, place.recordedSpec());
        }
        JobStatus status = last.get();
        place.refuseIfMovedFrom(status.directory());
        boolean waits = status.state() == Jobs.State.PAUSED
                || status.state() == Jobs.State.FAILED
                || status.state() == Jobs.State.CANCELLED;
        if (waits) {
            CompletionStage<Jobs.Answer> asked = AskPattern.ask(
                    farm.jobs(), replyTo -> new Jobs.Resume(status.job(), replyTo), patience, farm.scheduler());
            Jobs.Answer answer = Waiting.on(asked);
            if (!answer.done()) {
                throw new CommandFailure(ExitCode.FAILED, answer.message());
            }
        }
        return status.job();
    }

    /** The journal does not take why the job stops; nothing that was logged needs it. */
    private CommandFailure stopped(String cause) {
        return new CommandFailure(
                ExitCode.FAILED,
                cause + System.lineSeparator() + "The journal in " + place.state() + " did not take that within "
                        + settings.stopPatience().toSeconds() + " s; it may lie on the same disk."
                        + System.lineSeparator()
                        + "What is rendered is kept; continue with: handscroll render --resume " + place.quoted());
    }

    private JobStatus follow(Farm farm, JobId job, CoordinatorCost cost) {
        var report = new ProgressReport(err, ProgressReport.terminalColumns(), settings, System::nanoTime);
        var outcome = new CompletableFuture<JobStatus>();
        CompletionStage<JobStatus> followed = farm.follow(job, event -> {
            if (event instanceof Jobs.Happened happened && happened.kind().equals(Jobs.Happened.STOPPING)) {
                CompletableFuture.delayedExecutor(settings.stopPatience().toMillis(), TimeUnit.MILLISECONDS)
                        .execute(() -> outcome.completeExceptionally(stopped(happened.sentence())));
            }
            if (event instanceof Jobs.Moved moved) {
                cost.sample();
                if (!quiet) {
                    report.show(Progress.of(moved.status()));
                }
                // Nobody is here to resume it, so a pause is an end.
                if (moved.status().state() == Jobs.State.PAUSED) {
                    outcome.complete(moved.status());
                }
            }
        });
        followed.whenComplete((last, failure) -> {
            if (failure != null) {
                outcome.completeExceptionally(failure);
            } else {
                outcome.complete(last);
            }
        });
        farm.ended().whenComplete((nothing, failure) -> outcome.completeExceptionally(endedEarly(failure)));
        try {
            return Waiting.on(outcome);
        } finally {
            report.end();
        }
    }

    private static CommandFailure endedEarly(@Nullable Throwable failure) {
        return new CommandFailure(
                ExitCode.FAILED,
                "The farm ended before the job did"
                        + (failure == null ? "" : ": " + failure.getMessage())
                        + "; the log " + Logs.file() + " has the details");
    }
}
