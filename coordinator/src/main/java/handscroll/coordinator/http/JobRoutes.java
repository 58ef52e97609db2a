package handscroll.coordinator.http;

import static akka.http.javadsl.server.PathMatchers.integerSegment;
import static akka.http.javadsl.server.PathMatchers.segment;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AskPattern;
import akka.http.javadsl.marshalling.sse.EventStreamMarshalling;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.RequestEntity;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.CacheControl;
import akka.http.javadsl.model.headers.CacheDirectives;
import akka.http.javadsl.model.headers.EntityTag;
import akka.http.javadsl.model.headers.Location;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.ExceptionHandler;
import akka.http.javadsl.server.Route;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.japi.function.Function;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.coordinator.lease.LeaseDesk.DrainAnswer;
import handscroll.coordinator.lease.WorkerList;
import handscroll.coordinator.output.TileId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages, the pictures and the API.
 *
 * <pre>
 *   GET  /                                      all jobs
 *   GET  /jobs/ID                               one job, its picture growing
 *   GET  /jobs/ID/picture.dzi                   Deep Zoom, from the job's output directory
 *   GET  /jobs/ID/picture_files/LEVEL/X_Y.EXT   a tile; 404 with Tile-State: pending until it is born
 *   GET  /api/jobs, /api/jobs/ID                status
 *   GET  /api/jobs/ID/events                    server-sent: status, tile, missed, ended
 *   POST /api/jobs                              a job spec; 201, or 422 with all problems
 *   POST /api/jobs/ID/pause, resume, cancel     200, or 409 when it has no effect
 *   GET  /api/jobs/ID/why[?patch=COLUMN,ROW]    why the job, or the patch, does not go on
 *   GET  /api/workers                           who renders, and who was refused
 *   POST /api/workers/ID/drain, undrain         gets nothing more; gets patches again
 *   GET  /healthz                               whether the job desk answers
 * </pre>
 */
final class JobRoutes extends AllDirectives {

    private static final Logger log = LoggerFactory.getLogger(JobRoutes.class);

    private static final String RESOURCES = "handscroll/coordinator/http/";

    /** A tile is named by numbers alone, so no name leads out of its directory. */
    private static final Pattern TILE_NAME = Pattern.compile("([0-9]{1,7})_([0-9]{1,7})\\.(jpg|png|webp)");

    /** Nothing from elsewhere is ever loaded; the viewer decodes tiles in a worker made from a blob. */
    private static final String CONTENT_POLICY = "default-src 'self'; img-src 'self' blob: data:; "
            + "worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    private final ActorSystem<?> system;
    private final ActorRef<Jobs.Command> desk;
    private final FrontDoor door;
    private final HttpSettings settings;
    private final Executor readers;
    private final PictureFiles pictures;
    private final JobEvents events;

    JobRoutes(ActorSystem<?> system, ActorRef<Jobs.Command> desk, FrontDoor door, HttpSettings settings) {
        this.system = system;
        this.desk = desk;
        this.door = door;
        this.settings = settings;
        this.readers = system.dispatchers().lookup(DispatcherSelector.fromConfig(HttpSettings.FILE_DISPATCHER));
        this.pictures = new PictureFiles(readers);
        this.events = new JobEvents(desk, settings);
    }

    Route all() {
        Route routes = concat(pages(), pathPrefix("api", this::api), path("healthz", () -> get(this::health)));
        return handleExceptions(
                sentences(),
                () -> respondWithHeader(RawHeader.create("X-Content-Type-Options", "nosniff"), () -> guarded(routes)));
    }

    private Route guarded(Route routes) {
        return extractRequest(
                request -> door.objection(header(request, "Host"), header(request, "Origin"), changesSomething(request))
                        .map(objection -> completeJson(StatusCodes.FORBIDDEN, JobJson.error(objection)))
                        .orElse(routes));
    }

    // Pages and pictures

    private Route pages() {
        return concat(
                pathSingleSlash(() -> get(() -> page("jobs.html"))),
                pathPrefix("assets", () -> get(() -> getFromResourceDirectory(RESOURCES + "assets"))),
                pathPrefix(
                        segment("jobs").slash(segment()),
                        id -> get(() -> concat(
                                pathEnd(() -> jobPage(id)),
                                path("picture.dzi", () -> withJob(id, this::deepZoom)),
                                pathPrefix(
                                        "picture_files",
                                        () -> path(
                                                integerSegment().slash(segment()),
                                                (level, name) -> withJob(id, status -> tile(status, level, name))))))));
    }

    private Route page(String name) {
        return respondWithHeaders(
                List.of(
                        RawHeader.create("Content-Security-Policy", CONTENT_POLICY),
                        RawHeader.create("Referrer-Policy", "no-referrer")),
                () -> getFromResource(RESOURCES + name, ContentTypes.TEXT_HTML_UTF8));
    }

    private Route jobPage(String id) {
        Route missing = mapResponse(response -> response.withStatus(StatusCodes.NOT_FOUND), () -> page("missing.html"));
        Optional<JobId> job = jobId(id);
        if (job.isEmpty()) {
            return missing;
        }
        return onSuccess(statusOf(job.get()), status -> status.isPresent() ? page("job.html") : missing);
    }

    private Route deepZoom(JobStatus status) {
        Path file = status.directory().resolve("picture.dzi");
        return stored(pictures.read(file), MediaTypes.APPLICATION_XML.toContentTypeWithMissingCharset());
    }

    private Route tile(JobStatus status, int level, String name) {
        Matcher tile = TILE_NAME.matcher(name);
        if (!tile.matches()) {
            return noSuch("tile " + name);
        }
        var id = new TileId(level, Integer.parseInt(tile.group(1)), Integer.parseInt(tile.group(2)));
        String extension = tile.group(3);
        ContentType type = switch (extension) {
            case "png" -> MediaTypes.IMAGE_PNG.toContentType();
            case "webp" -> MediaTypes.IMAGE_WEBP.toContentType();
            default -> MediaTypes.IMAGE_JPEG.toContentType();
        };
        return stored(pictures.readTile(status.directory(), id, extension), type);
    }

    /**
     * What is pending may be there the next moment and must not be remembered as missing; what is
     * there is asked for again with its tag and costs a line.
     */
    private Route stored(CompletionStage<Optional<PictureFiles.Stored>> read, ContentType type) {
        return onSuccess(
                read,
                found -> found.map(stored -> respondWithHeader(
                                CacheControl.create(CacheDirectives.NO_CACHE),
                                () -> conditional(
                                        EntityTag.create(stored.version(), false),
                                        () -> complete(StatusCodes.OK, HttpEntities.create(type, stored.bytes())))))
                        .orElseGet(() -> complete(HttpResponse.create()
                                .withStatus(StatusCodes.NOT_FOUND)
                                .addHeader(RawHeader.create("Tile-State", "pending"))
                                .addHeader(CacheControl.create(CacheDirectives.NO_STORE)))));
    }

    // The API

    private Route api() {
        return respondWithHeader(
                CacheControl.create(CacheDirectives.NO_STORE),
                () -> concat(
                        path("jobs", () -> concat(get(this::list), post(this::submit))),
                        pathPrefix(
                                segment("jobs").slash(segment()),
                                id -> concat(
                                        pathEnd(() -> get(() -> withJob(
                                                id, status -> completeJson(StatusCodes.OK, JobJson.status(status))))),
                                        path("events", () -> get(() -> withJob(id, this::follow))),
                                        path(
                                                "why",
                                                () -> get(() -> parameterOptional("patch", patch -> why(id, patch)))),
                                        path("pause", () -> post(() -> verb(id, Jobs.Pause::new))),
                                        path("resume", () -> post(() -> verb(id, Jobs.Resume::new))),
                                        path("cancel", () -> post(() -> verb(id, Jobs.Cancel::new))))),
                        path("workers", () -> get(this::listWorkers)),
                        pathPrefix(
                                segment("workers").slash(segment()),
                                id -> concat(
                                        path("drain", () -> post(() -> drain(id, true))),
                                        path("undrain", () -> post(() -> drain(id, false)))))));
    }

    private Route list() {
        return onSuccess(
                this.<List<JobStatus>>ask(Jobs.ListJobs::new),
                statuses -> completeJson(StatusCodes.OK, JobJson.jobs(statuses)));
    }

    private Route follow(JobStatus status) {
        return completeOK(
                events.of(status.job(), () -> statusOf(status.job())), EventStreamMarshalling.toEventStream());
    }

    private Route submit() {
        return extractRequestEntity(entity -> onSuccess(
                text(entity).thenApplyAsync(JobRoutes::spec, readers).thenCompose(this::submitted),
                submission -> submission instanceof Jobs.Accepted accepted
                        ? respondWithHeader(
                                Location.create("/api/jobs/" + accepted.job()),
                                () -> completeJson(StatusCodes.CREATED, JobJson.accepted(accepted.job())))
                        : problems(((Jobs.Rejected) submission))));
    }

    /** A name is the spec's to give; pictures are looked for where the coordinator was started. */
    private static JobSpec spec(String text) {
        return JobSpecReader.readText("untitled", text, Path.of("").toAbsolutePath());
    }

    private CompletionStage<Jobs.Submission> submitted(JobSpec spec) {
        return ask(replyTo -> new Jobs.Submit(spec, replyTo));
    }

    private Route problems(Jobs.Rejected rejected) {
        return completeJson(StatusCodes.UNPROCESSABLE_ENTITY, JobJson.problems(rejected.problems()));
    }

    private CompletionStage<String> text(RequestEntity entity) {
        return entity.withSizeLimit(settings.maxSpecBytes())
                .getDataBytes()
                .completionTimeout(settings.answerTimeout())
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), system)
                .thenApply(ByteString::utf8String);
    }

    private interface Verb {
        Jobs.Command on(JobId job, ActorRef<Jobs.Answer> replyTo);
    }

    private Route verb(String id, Verb verb) {
        return withJob(
                id,
                status -> onSuccess(
                        this.<Jobs.Answer>ask(replyTo -> verb.on(status.job(), replyTo)),
                        answer -> completeJson(
                                answer.done() ? StatusCodes.OK : StatusCodes.CONFLICT, JobJson.answer(answer))));
    }

    private Route why(String id, Optional<String> patch) {
        return withJob(
                id,
                status -> onSuccess(
                        this.<Jobs.WhyAnswer>ask(replyTo -> new Jobs.AskWhy(status.job(), patch, replyTo)),
                        answer -> answer instanceof Jobs.Explained explained
                                ? completeJson(StatusCodes.OK, FarmJson.explanation(explained.explanation()))
                                : completeJson(
                                        StatusCodes.NOT_FOUND, JobJson.error(((Jobs.NoSuchPatch) answer).sentence()))));
    }

    private Route listWorkers() {
        return onSuccess(
                this.<WorkerList>ask(Jobs.ListWorkers::new),
                workers -> completeJson(StatusCodes.OK, FarmJson.workers(workers)));
    }

    /** Asking for what is so already is no conflict: a script may say it again. */
    private Route drain(String id, boolean drains) {
        return onSuccess(
                this.<DrainAnswer>ask(replyTo -> new Jobs.DrainWorker(new WorkerId(id), drains, replyTo)),
                answer -> answer.message()
                        .map(message -> completeJson(StatusCodes.OK, FarmJson.drained(answer.worker(), message)))
                        .orElseGet(() -> noSuch("worker " + id + " on the list of handscroll workers")));
    }

    private Route health() {
        return onSuccess(
                this.<List<JobStatus>>ask(Jobs.ListJobs::new),
                statuses -> completeJson(
                        StatusCodes.OK, JobJson.object().put("status", "ok").put("jobCount", statuses.size())));
    }

    // What they share

    private Route withJob(String id, java.util.function.Function<JobStatus, Route> inner) {
        Optional<JobId> job = jobId(id);
        if (job.isEmpty()) {
            return noSuch("job " + id);
        }
        return onSuccess(statusOf(job.get()), status -> status.map(inner).orElseGet(() -> noSuch("job " + id)));
    }

    private static Optional<JobId> jobId(String id) {
        try {
            return Optional.of(new JobId(id));
        } catch (IllegalArgumentException neverGivenOut) {
            return Optional.empty();
        }
    }

    private CompletionStage<Optional<JobStatus>> statusOf(JobId job) {
        return ask(replyTo -> new Jobs.GetStatus(job, replyTo));
    }

    private <T> CompletionStage<T> ask(Function<ActorRef<T>, Jobs.Command> question) {
        return AskPattern.ask(desk, question, settings.answerTimeout(), system.scheduler());
    }

    private Route noSuch(String what) {
        return completeJson(StatusCodes.NOT_FOUND, JobJson.error("There is no " + what + "."));
    }

    private Route completeJson(StatusCode status, ObjectNode json) {
        return complete(status, HttpEntities.create(ContentTypes.APPLICATION_JSON, JobJson.text(json)));
    }

    private ExceptionHandler sentences() {
        return ExceptionHandler.newBuilder().matchAny(this::sentence).build();
    }

    private Route sentence(Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof Refusal refusal) {
            return completeJson(StatusCodes.UNPROCESSABLE_ENTITY, JobJson.problems(refusal.problems()));
        }
        if (failure instanceof EntityStreamSizeException) {
            return completeJson(
                    StatusCodes.PAYLOAD_TOO_LARGE,
                    JobJson.error("A job spec may have " + settings.maxSpecBytes()
                            + " bytes (handscroll.coordinator.http.max-spec-bytes); this one is longer."));
        }
        if (failure instanceof TimeoutException) {
            return completeJson(
                    StatusCodes.SERVICE_UNAVAILABLE,
                    JobJson.error("The coordinator did not answer within "
                            + settings.answerTimeout().toSeconds() + " s; try again, or look into its log."));
        }
        log.error("A request failed", failure);
        return completeJson(
                StatusCodes.INTERNAL_SERVER_ERROR,
                JobJson.error("That failed here, and it is not your fault; the coordinator's log says why."));
    }

    private static boolean changesSomething(HttpRequest request) {
        return !request.method().equals(HttpMethods.GET) && !request.method().equals(HttpMethods.HEAD);
    }

    private static Optional<String> header(HttpRequest request, String name) {
        return request.getHeader(name).map(header -> header.value());
    }
}
