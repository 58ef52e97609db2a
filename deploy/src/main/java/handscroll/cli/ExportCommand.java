package handscroll.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import handscroll.coordinator.export.Export;
import handscroll.coordinator.export.ExportFormat;
import handscroll.coordinator.export.ExportSettings;
import handscroll.coordinator.export.WebmExport;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.StoredPicture;
import handscroll.coordinator.output.StoredVideo;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "export",
        description = "Turns a finished picture or video into another format.",
        footerHeading = "%nFormats:%n",
        footer = {
            "  png        one PNG file, up to a gigapixel",
            "  tiff       one BigTIFF file of any size: a tiled pyramid, JPEG tiles as they are, for QGIS, QuPath, vips",
            "  zarr       OME-Zarr 0.5: sharded, with zstd; also the tokens",
            "  iiif       IIIF Image 3, level 0: for any web server of static files; in one archive with --out FILE.zip",
            "  deep-zoom  the tiles in one zip archive",
            "  webm       of a video: VP9, encoded from its frames (its directory has an MP4 already)",
            "",
            "Example:",
            "  handscroll export out/starry-scroll --to tiff --out scroll.tif"
        })
final class ExportCommand implements Callable<Integer> {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Parameters(paramLabel = "DIR", description = "A job's output directory.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private Path directory;

    @Option(
            names = "--to",
            paramLabel = "FORMAT",
            required = true,
            description = "png, tiff, zarr, iiif, deep-zoom or webm.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private String to;

    @Option(
            names = "--out",
            paramLabel = "PATH",
            description = "Where it goes; DIR/picture.png and the like unless said.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--compression",
            paramLabel = "NAME",
            description = "Of tiff: jpeg copies JPEG tiles and is usual for them, deflate loses nothing.")
    private Optional<String> compression = Optional.empty();

    @Option(
            names = "--level",
            paramLabel = "N",
            description =
                    "How hard png, zarr and tiff with deflate are compressed: 1 is fastest and usual, 9 smallest.")
    private int level = 1;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print nothing but the result.")
    private boolean quiet;

    @Mixin
    private Printing printing = new Printing();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        ExportFormat format = ExportFormat.named(to)
                .orElseThrow(() -> wrong("--to " + to + " is unknown; one of " + ExportFormat.names()));
        if (level < 1 || level > 9) {
            throw wrong("--level is " + level + "; it must be 1 to 9");
        }
        Config config = shared.config("local.conf", Map.of());
        Path target = out.orElse(directory.resolve(format.fileName())).toAbsolutePath();
        try {
            Optional<StoredVideo> video = format == ExportFormat.WEBM ? StoredVideo.open(directory) : Optional.empty();
            return video.isPresent() ? exportVideo(video.get(), target, config) : exportPicture(format, target, config);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, directory + " cannot be exported to " + target + ": " + sentence(e, target));
        }
    }

    private int exportVideo(StoredVideo video, Path target, Config config) throws IOException {
        var export = new WebmExport(target);
        export.check(video);
        long start = System.nanoTime();
        ExportProgress progress = progress("frames", config);
        export.run(video, progress);
        progress.end();
        Canvas canvas = video.canvas();
        print(
                ExportFormat.WEBM,
                target,
                canvas.widthPixels(),
                canvas.heightPixels(),
                canvas.frameCount(),
                (System.nanoTime() - start) / 1e9);
        return ExitCode.DONE;
    }

    private int exportPicture(ExportFormat format, Path target, Config config) throws IOException {
        try (StoredPicture picture = StoredPicture.open(directory)
                .orElseThrow(() -> new Refusal(
                        directory + " cannot be exported:",
                        java.util.List.of(new Problem(
                                directory.toString(),
                                "there is no " + Manifest.FILE_NAME,
                                "name a directory that handscroll rendered"))))) {
            return export(picture, format, target, ExportSettings.from(config), config);
        }
    }

    private int export(StoredPicture picture, ExportFormat format, Path target, ExportSettings settings, Config config)
            throws IOException {
        Export plain = new Export(format, target, compression(), level, Optional.empty());
        plain.check(picture, settings);
        long start = System.nanoTime();
        ExportProgress progress = progress("tiles", config);
        if (format == ExportFormat.ZARR) {
            Optional<LoggedTokens> tokens = LoggedTokens.read(directory, picture.manifest());
            try {
                new Export(format, target, compression(), level, tokens.map(grid -> grid))
                        .run(picture, settings, progress);
            } finally {
                if (tokens.isPresent()) {
                    tokens.get().close();
                }
            }
        } else {
            plain.run(picture, settings, progress);
        }
        progress.end();
        var pyramid = picture.pyramid();
        print(format, target, pyramid.widthPixels(), pyramid.heightPixels(), 1, (System.nanoTime() - start) / 1e9);
        return ExitCode.DONE;
    }

    private ExportProgress progress(String unit, Config config) {
        return new ExportProgress(
                unit,
                spec.commandLine().getErr(),
                quiet || printing.isJson(),
                CliSettings.from(config),
                ProgressReport.terminalColumns(),
                System::nanoTime);
    }

    private void print(ExportFormat format, Path target, int width, int height, int frames, double seconds)
            throws IOException {
        long bytes = size(target);
        ObjectNode result = JsonNodeFactory.instance
                .objectNode()
                .put("format", format.configName())
                .put("path", target.toString())
                .put("bytes", bytes)
                .put("widthPixels", width)
                .put("heightPixels", height)
                .put("frames", frames)
                .put("elapsedSeconds", seconds);
        double pixels = (double) width * height * frames;
        String line = String.format(
                Locale.ROOT,
                "%s: %d x %d px%s, %.1f MB, in %.1f s (%.0f million pixels a second)",
                target,
                width,
                height,
                frames == 1 ? "" : ", " + frames + " frames",
                bytes / 1e6,
                seconds,
                pixels / seconds / 1e6);
        printing.print(result, node -> java.util.List.of(line));
    }

    private Optional<Export.Compression> compression() {
        return compression.map(name -> switch (name) {
            case "jpeg" -> Export.Compression.JPEG;
            case "deflate" -> Export.Compression.DEFLATE;
            default -> throw wrong("--compression " + name + " is unknown; jpeg or deflate");
        });
    }

    /** Files only; a directory of many is counted file by file. */
    private static long size(Path target) throws IOException {
        if (Files.isRegularFile(target)) {
            return Files.size(target);
        }
        try (Stream<Path> files = Files.walk(target)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static String sentence(IOException e, Path target) {
        String room;
        try {
            room = String.format(
                    Locale.ROOT,
                    "%.1f GB",
                    Files.getFileStore(target.resolveSibling(".")).getUsableSpace() / 1e9);
        } catch (IOException unknown) {
            return String.valueOf(e.getMessage());
        }
        return e.getMessage() + " (" + room + " are free there)";
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
