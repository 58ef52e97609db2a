package handscroll.coordinator.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.marshalling.sse.EventStreamMarshalling;
import akka.http.javadsl.model.RequestEntity;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Location;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import handscroll.coordinator.http.Endpoint.Call;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.coordinator.job.Jobs.State;
import handscroll.coordinator.plan.PictureReader;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpecReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Jobs in, their standing out, and what can be done to them. */
final class JobEndpoints extends AllDirectives {

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,200}");

    /** Some job will have ended by then. */
    private static final long QUEUE_SECONDS = 30;

    private final ActorSystem<?> system;
    private final Answers answers;
    private final HttpSettings settings;
    private final Executor readers;
    private final JobEvents events;
    private final PictureReader pictures;

    JobEndpoints(ActorSystem<?> system, Answers answers, HttpSettings settings, Executor readers, JobEvents events) {
        this.system = system;
        this.pictures = PictureReader.from(system.settings().config());
        this.answers = answers;
        this.settings = settings;
        this.readers = readers;
        this.events = events;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.of(Role.VIEWER, "GET", "/api/jobs", this::list),
                Endpoint.of(Role.OPERATOR, "POST", "/api/jobs", this::submit),
                Endpoint.of(Role.VIEWER, "GET", "/api/jobs/{job}", call -> withJob(call, this::status)),
                Endpoint.of(
                        Role.VIEWER, "GET", "/api/jobs/{job}/events", call -> withJob(call, job -> follow(job, call))),
                Endpoint.of(Role.VIEWER, "GET", "/api/jobs/{job}/map", call -> withJob(call, this::map)),
                Endpoint.of(Role.VIEWER, "GET", "/api/jobs/{job}/why", call -> withJob(call, job -> why(job, call))),
                Endpoint.of(
                        Role.OPERATOR,
                        "POST",
                        "/api/jobs/{job}/pause",
                        call -> flagged(
                                call, "now", now -> verb(call, (job, replyTo) -> new Jobs.Pause(job, now, replyTo)))),
                Endpoint.of(Role.OPERATOR, "POST", "/api/jobs/{job}/resume", call -> verb(call, Jobs.Resume::new)),
                Endpoint.of(
                        Role.OPERATOR,
                        "POST",
                        "/api/jobs/{job}/cancel",
                        call -> flagged(
                                call,
                                "delete",
                                deletes -> verb(call, (job, replyTo) -> new Jobs.Cancel(job, deletes, replyTo)))),
                Endpoint.of(
                        Role.OPERATOR,
                        "POST",
                        "/api/jobs/{job}/retry",
                        call -> verb(call, (job, replyTo) -> new Jobs.Retry(job, call.query("patch"), replyTo))),
                Endpoint.of(
                        Role.OPERATOR,
                        "POST",
                        "/api/jobs/{job}/skip",
                        call -> verb(call, (job, replyTo) -> new Jobs.Skip(job, call.query("patch"), replyTo))));
    }

    private Route withJob(Call call, Function<JobStatus, Route> inner) {
        return answers.withJob(call.variable("job"), inner);
    }

    private Route list(Call call) {
        Optional<Set<State>> states =
                call.query("state").map(JobEndpoints::states).orElse(Optional.of(Set.of()));
        if (states.isEmpty()) {
            return answers.error(
                    StatusCodes.BAD_REQUEST,
                    "There is no such state; name some of planning, rendering, finishing, paused, done, failed,"
                            + " cancelled, with commas between them.");
        }
        OptionalInt limit =
                call.query("limit").map(JobEndpoints::positive).orElse(OptionalInt.of(settings.jobsInList()));
        if (limit.isEmpty()) {
            return answers.error(StatusCodes.BAD_REQUEST, "A limit is a whole number from 1.");
        }
        var filter = new JobList.Filter(states.get(), call.query("q").filter(text -> !text.isBlank()));
        return onSuccess(
                answers.jobs(),
                jobs -> JobList.page(
                                jobs, filter, call.query("cursor"), Math.min(limit.getAsInt(), settings.jobsInList()))
                        .map(page -> answers.ok(JobJson.jobs(page)))
                        .orElseGet(() -> answers.error(
                                StatusCodes.BAD_REQUEST, "This cursor was not given out here; begin without one.")));
    }

    private static Optional<Set<State>> states(String text) {
        Set<State> states = EnumSet.noneOf(State.class);
        for (String word : text.split(",")) {
            Optional<State> state = Arrays.stream(State.values())
                    .filter(known -> JobJson.word(known).equals(word.strip().toLowerCase(Locale.ROOT)))
                    .findFirst();
            if (state.isEmpty()) {
                return Optional.empty();
            }
            states.add(state.get());
        }
        return Optional.of(states);
    }

    private static OptionalInt positive(String text) {
        return text.matches("[1-9][0-9]{0,8}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }

    private Route status(JobStatus status) {
        return answers.ok(JobJson.status(status));
    }

    private Route follow(JobStatus status, Call call) {
        OptionalLong heard = call.header("Last-Event-ID")
                .filter(id -> id.matches("[0-9]{1,18}"))
                .map(id -> OptionalLong.of(Long.parseLong(id)))
                .orElse(OptionalLong.empty());
        return completeOK(
                events.of(status.job(), heard, () -> answers.statusOf(status.job())),
                EventStreamMarshalling.toEventStream());
    }

    private Route map(JobStatus status) {
        return onSuccess(
                answers.<Optional<Jobs.JobMap>>ask(replyTo -> new Jobs.AskMap(status.job(), replyTo)),
                map -> map.map(known -> answers.ok(JobJson.map(known)))
                        .orElseGet(() -> answers.error(
                                StatusCodes.NOT_FOUND,
                                "Job " + status.job() + " was not rendered since this coordinator started, so"
                                        + " nothing is known of its patches.")));
    }

    private Route why(JobStatus status, Call call) {
        return onSuccess(
                answers.<Jobs.WhyAnswer>ask(replyTo -> new Jobs.AskWhy(status.job(), call.query("patch"), replyTo)),
                answer -> answer instanceof Jobs.Explained explained
                        ? answers.ok(FarmJson.explanation(explained.explanation()))
                        : answers.error(StatusCodes.NOT_FOUND, ((Jobs.NoSuchPatch) answer).sentence()));
    }

    private Route submit(Call call) {
        Optional<String> key = call.header("Idempotency-Key");
        if (key.filter(name -> !KEY.matcher(name).matches()).isPresent()) {
            return answers.error(
                    StatusCodes.BAD_REQUEST, "An Idempotency-Key has 1 to 200 printable characters without spaces.");
        }
        return onSuccess(
                text(call.request().entity())
                        .thenApplyAsync(this::spec, readers)
                        .thenCompose(spec -> submitted(spec, key)),
                this::answer);
    }

    private Route answer(Jobs.Submission submission) {
        if (submission instanceof Jobs.Accepted accepted) {
            return respondWithHeader(
                    Location.create("/api/jobs/" + accepted.job()),
                    () -> answers.json(StatusCodes.CREATED, JobJson.accepted(accepted.job())));
        }
        if (submission instanceof Jobs.NotNow notNow) {
            return switch (notNow.obstacle()) {
                case QUEUE_FULL ->
                    answers.comeAgain(StatusCodes.TOO_MANY_REQUESTS, QUEUE_SECONDS, JobJson.error(notNow.sentence()));
                case KEY_ON_ITS_WAY -> answers.comeAgain(StatusCodes.CONFLICT, 1, JobJson.error(notNow.sentence()));
                case KEY_OF_ANOTHER -> answers.error(StatusCodes.CONFLICT, notNow.sentence());
            };
        }
        return answers.json(
                StatusCodes.UNPROCESSABLE_ENTITY, JobJson.problems(((Jobs.Rejected) submission).problems()));
    }

    /** A name is the spec's to give; pictures are looked for where the coordinator was started, also for a canvas that fits one. */
    private JobSpec spec(String text) {
        return JobSpecReader.readText("untitled", text, Path.of("").toAbsolutePath(), pictures);
    }

    private CompletionStage<Jobs.Submission> submitted(JobSpec spec, Optional<String> key) {
        return answers.ask(replyTo -> new Jobs.Submit(spec, key, replyTo));
    }

    private CompletionStage<String> text(RequestEntity entity) {
        return entity.withSizeLimit(settings.maxSpecBytes())
                .getDataBytes()
                .completionTimeout(settings.answerTimeout())
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), system)
                .thenApply(ByteString::utf8String);
    }

    /** A query that says true or false; false where it is left out. */
    private Route flagged(Call call, String name, Function<Boolean, Route> inner) {
        String value = call.query(name).orElse("false");
        return value.equals("true") || value.equals("false")
                ? inner.apply(value.equals("true"))
                : answers.error(StatusCodes.BAD_REQUEST, name + " is true or false.");
    }

    private interface Verb {
        Jobs.Command on(JobId job, ActorRef<Jobs.Answer> replyTo);
    }

    private Route verb(Call call, Verb verb) {
        return withJob(
                call,
                status -> onSuccess(
                        answers.<Jobs.Answer>ask(replyTo -> verb.on(status.job(), replyTo)),
                        answer -> answers.json(
                                answer.done() ? StatusCodes.OK : StatusCodes.CONFLICT, JobJson.answer(answer))));
    }
}
