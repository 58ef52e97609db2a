package handscroll.coordinator.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.CacheControl;
import akka.http.javadsl.model.headers.CacheDirectives;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.ExceptionHandler;
import akka.http.javadsl.server.Route;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.japi.function.Function;
import akka.stream.StreamTcpException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all endpoints share: they ask the job desk, and answer in JSON, also when something is wrong. */
final class Answers extends AllDirectives {

    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    private final ActorSystem<?> system;
    private final ActorRef<Jobs.Command> desk;
    private final HttpSettings settings;

    Answers(ActorSystem<?> system, ActorRef<Jobs.Command> desk, HttpSettings settings) {
        this.system = system;
        this.desk = desk;
        this.settings = settings;
    }

    <T> CompletionStage<T> ask(Function<ActorRef<T>, Jobs.Command> question) {
        return AskPattern.ask(desk, question, settings.answerTimeout(), system.scheduler());
    }

    CompletionStage<List<JobStatus>> jobs() {
        return ask(Jobs.ListJobs::new);
    }

    CompletionStage<Optional<JobStatus>> statusOf(JobId job) {
        return ask(replyTo -> new Jobs.GetStatus(job, replyTo));
    }

    Route withJob(String id, java.util.function.Function<JobStatus, Route> inner) {
        Optional<JobId> job = jobId(id);
        if (job.isEmpty()) {
            return noSuch("job " + id);
        }
        return onSuccess(statusOf(job.get()), status -> status.map(inner).orElseGet(() -> noSuch("job " + id)));
    }

    static Optional<JobId> jobId(String id) {
        try {
            return Optional.of(new JobId(id));
        } catch (IllegalArgumentException neverGivenOut) {
            return Optional.empty();
        }
    }

    Route ok(ObjectNode json) {
        return json(StatusCodes.OK, json);
    }

    Route json(StatusCode status, ObjectNode json) {
        return complete(response(status, json));
    }

    Route error(StatusCode status, String sentence) {
        return json(status, JobJson.error(sentence));
    }

    Route noSuch(String what) {
        return error(StatusCodes.NOT_FOUND, "There is no " + what + ".");
    }

    /** What changes with time is kept by nobody. */
    static HttpResponse response(StatusCode status, ObjectNode json) {
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, JobJson.text(json)))
                .addHeader(CacheControl.create(CacheDirectives.NO_STORE));
    }

    Route comeAgain(StatusCode status, long seconds, ObjectNode json) {
        return complete(response(status, json).addHeader(RawHeader.create("Retry-After", Long.toString(seconds))));
    }

    ExceptionHandler sentences() {
        return ExceptionHandler.newBuilder().matchAny(this::sentence).build();
    }

    private Route sentence(Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof Refusal refusal) {
            return json(StatusCodes.UNPROCESSABLE_ENTITY, JobJson.problems(refusal.problems()));
        }
        if (failure instanceof EntityStreamSizeException) {
            return error(
                    StatusCodes.PAYLOAD_TOO_LARGE,
                    "What is sent may have " + settings.maxSpecBytes()
                            + " bytes (handscroll.coordinator.http.max-spec-bytes); this is longer.");
        }
        if (failure instanceof TimeoutException) {
            return comeAgain(
                    StatusCodes.SERVICE_UNAVAILABLE,
                    settings.answerTimeout().toSeconds() + 1,
                    JobJson.error("The coordinator did not answer within "
                            + settings.answerTimeout().toSeconds() + " s; try again, or look into its log."));
        }
        if (failure instanceof StreamTcpException) {
            return error(StatusCodes.BAD_REQUEST, "The request ended too early.");
        }
        log.error("A request failed", failure);
        return error(
                StatusCodes.INTERNAL_SERVER_ERROR,
                "That failed here, and it is not your fault; the coordinator's log says why.");
    }
}
