package handscroll.coordinator.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.CacheControl;
import akka.http.javadsl.model.headers.CacheDirectives;
import akka.http.javadsl.model.headers.EntityTag;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import handscroll.coordinator.http.Endpoint.Call;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.coordinator.output.TileId;
import handscroll.coordinator.output.VideoFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pages for people, and the pictures on them. Pages hold no data: what they show, they ask the API for. */
final class PageEndpoints extends AllDirectives {

    static final String RESOURCES = "handscroll/coordinator/http/";

    /** A tile is named by numbers alone, so no name leads out of its directory. */
    private static final Pattern TILE_NAME = Pattern.compile("([0-9]{1,7})_([0-9]{1,7})\\.(jpg|png|webp)");

    private static final Pattern SEGMENT_NAME = Pattern.compile("start\\.mp4|[0-9]{6}\\.m4s");

    private static final ContentType MP4 = MediaTypes.VIDEO_MP4.toContentType();

    private static final ContentType PLAYLIST = MediaTypes.customBinary(
                    "application", "vnd.apple.mpegurl", MediaTypes.NOT_COMPRESSIBLE, Map.of(), false)
            .toContentType();

    private static final Pattern LEVEL = Pattern.compile("[0-9]{1,2}");
    private static final Pattern FRAME = Pattern.compile("[0-9]{1,6}");

    /** Nothing from elsewhere is ever loaded; the viewer decodes tiles in a worker made from a blob. */
    private static final String CONTENT_POLICY = "default-src 'self'; img-src 'self' blob: data:; "
            + "media-src 'self' blob:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    private final Answers answers;
    private final PictureFiles pictures;

    PageEndpoints(Answers answers, PictureFiles pictures) {
        this.answers = answers;
        this.pictures = pictures;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.open("GET", "/", call -> page("jobs.html")),
                Endpoint.open("GET", "/jobs/{job}", this::jobPage),
                Endpoint.of(
                        Role.VIEWER,
                        "GET",
                        "/jobs/{job}/picture.dzi",
                        call -> answers.withJob(call.variable("job"), this::deepZoom)),
                Endpoint.of(
                        Role.VIEWER,
                        "GET",
                        "/jobs/{job}/picture_files/{level}/{tile}",
                        call -> answers.withJob(call.variable("job"), status -> tile(status, call))),
                Endpoint.of(
                        Role.VIEWER,
                        "GET",
                        "/jobs/{job}/frames/{frame}/{tile}",
                        call -> answers.withJob(call.variable("job"), status -> frameTile(status, call))),
                Endpoint.of(
                        Role.VIEWER,
                        "GET",
                        "/jobs/{job}/video.m3u8",
                        call -> answers.withJob(
                                call.variable("job"), status -> video(status, VideoFiles.PLAYLIST, PLAYLIST))),
                Endpoint.of(
                        Role.VIEWER,
                        "GET",
                        "/jobs/{job}/video.mp4",
                        call -> answers.withJob(
                                call.variable("job"),
                                status -> wholeVideo(status.directory().resolve(VideoFiles.WHOLE)))),
                Endpoint.of(
                        Role.VIEWER,
                        "GET",
                        "/jobs/{job}/video/{segment}",
                        call -> answers.withJob(
                                call.variable("job"), status -> segment(status, call.variable("segment")))));
    }

    private Route segment(JobStatus status, String name) {
        return SEGMENT_NAME.matcher(name).matches()
                ? video(status, VideoFiles.SEGMENTS + "/" + name, MP4)
                : answers.noSuch("segment " + name);
    }

    private Route video(JobStatus status, String name, ContentType type) {
        return stored(pictures.read(status.directory().resolve(name)), type);
    }

    /** Players ask for pieces of it. */
    private Route wholeVideo(Path file) {
        return Files.isRegularFile(file) ? withRangeSupport(() -> getFromFile(file.toFile(), MP4)) : pending();
    }

    Route assets() {
        return pathPrefix(
                "assets",
                () -> get(() -> respondWithHeader(
                        CacheControl.create(CacheDirectives.NO_CACHE),
                        () -> getFromResourceDirectory(RESOURCES + "assets"))));
    }

    Route page(String name) {
        return respondWithHeaders(
                List.of(
                        RawHeader.create("Content-Security-Policy", CONTENT_POLICY),
                        RawHeader.create("Referrer-Policy", "no-referrer")),
                () -> getFromResource(RESOURCES + name, ContentTypes.TEXT_HTML_UTF8));
    }

    /** Whoever may not see the jobs learns nothing of which there are: the page itself asks who they are. */
    private Route jobPage(Call call) {
        if (call.visitor().isEmpty()) {
            return page("job.html");
        }
        Route missing = mapResponse(response -> response.withStatus(StatusCodes.NOT_FOUND), () -> page("missing.html"));
        return Answers.jobId(call.variable("job"))
                .<Route>map(job -> onSuccess(
                        answers.statusOf(job),
                        status -> status.map(PageEndpoints::pageOf)
                                .map(this::page)
                                .orElse(missing)))
                .orElse(missing);
    }

    private static String pageOf(JobStatus status) {
        return status.spec().canvas().isVideo() ? "video.html" : "job.html";
    }

    private Route deepZoom(JobStatus status) {
        Path file = status.directory().resolve("picture.dzi");
        return stored(pictures.read(file), MediaTypes.APPLICATION_XML.toContentTypeWithMissingCharset());
    }

    private Route tile(JobStatus status, Call call) {
        String level = call.variable("level");
        String name = call.variable("tile");
        Matcher tile = TILE_NAME.matcher(name);
        if (!LEVEL.matcher(level).matches() || !tile.matches()) {
            return answers.noSuch("tile " + level + "/" + name);
        }
        var id = new TileId(Integer.parseInt(level), Integer.parseInt(tile.group(1)), Integer.parseInt(tile.group(2)));
        String extension = tile.group(3);
        return stored(pictures.readTile(status.directory(), id, extension), image(extension));
    }

    /** Frames have no smaller copies. */
    private Route frameTile(JobStatus status, Call call) {
        String frame = call.variable("frame");
        String name = call.variable("tile");
        Matcher tile = TILE_NAME.matcher(name);
        if (!FRAME.matcher(frame).matches() || !tile.matches()) {
            return answers.noSuch("tile " + name + " of frame " + frame);
        }
        var files = new VideoFiles(status.directory(), tile.group(3));
        Path file =
                files.tile(Integer.parseInt(frame), Integer.parseInt(tile.group(1)), Integer.parseInt(tile.group(2)));
        return stored(pictures.read(file), image(tile.group(3)));
    }

    private static ContentType image(String extension) {
        return switch (extension) {
            case "png" -> MediaTypes.IMAGE_PNG.toContentType();
            case "webp" -> MediaTypes.IMAGE_WEBP.toContentType();
            default -> MediaTypes.IMAGE_JPEG.toContentType();
        };
    }

    /** Not there yet, or its bytes with a tag: a later look need not carry them again. */
    private Route stored(CompletionStage<Optional<PictureFiles.Stored>> read, ContentType type) {
        return onSuccess(read, found -> found.map(there -> found(there, type)).orElseGet(this::pending));
    }

    private Route found(PictureFiles.Stored stored, ContentType type) {
        return conditional(
                EntityTag.create(stored.version(), false),
                () -> respondWithHeader(
                        CacheControl.create(CacheDirectives.PRIVATE(), CacheDirectives.NO_CACHE),
                        () -> complete(StatusCodes.OK, HttpEntities.create(type, stored.bytes()))));
    }

    private Route pending() {
        return complete(HttpResponse.create()
                .withStatus(StatusCodes.NOT_FOUND)
                .addHeader(RawHeader.create("Tile-State", "pending"))
                .addHeader(CacheControl.create(CacheDirectives.NO_STORE)));
    }
}
