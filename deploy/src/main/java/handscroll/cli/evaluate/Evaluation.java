package handscroll.cli.evaluate;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.plan.PictureReader;
import handscroll.coordinator.plan.PictureSize;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.awt.Rectangle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says in figures whether the patches of a finished picture can be told from its whole. */
public final class Evaluation {

    /** Patches are of this size unless the picture's manifest says otherwise. */
    static final int PATCH_PIXELS = 64;

    private static final String MANIFEST = "manifest.json";

    /**
     * @param directory a job's output, or any picture file
     * @param source the picture it grew from, cut at the same grid: what no seam at all looks like
     * @param independent the same job rendered with {@code context = none}: what a seam everywhere looks like
     * @param network that says what is in a block; what takes one is left out without it
     * @param blockCount how many blocks are compared with the source
     * @param seed of their places
     * @param pictures reads the source
     */
    public record Request(
            Path directory,
            Optional<Path> source,
            Optional<Path> independent,
            Optional<BlockFeatures> network,
            int blockCount,
            long seed,
            PictureReader pictures) {}

    /** Of seams alone. */
    static EvaluationReport report(Path directory, Optional<Path> source, Optional<Path> independent) {
        return report(new Request(
                directory, source, independent, Optional.empty(), 0, 0, new PictureReader(Integer.MAX_VALUE)));
    }

    /** @throws Refusal when one of the pictures cannot be read; names all that cannot */
    public static EvaluationReport report(Request request) {
        Path directory = request.directory();
        Optional<Path> source = request.source();
        Optional<Path> independent = request.independent();
        var problems = new ArrayList<Problem>();
        Optional<LuminanceRows> picture = open("picture", directory, problems);
        Optional<LuminanceRows> sourceRows = source.flatMap(path -> open("source", path, problems));
        Optional<LuminanceRows> independentRows = independent.flatMap(path -> open("independent", path, problems));
        if (!problems.isEmpty() || picture.isEmpty()) {
            throw new Refusal(directory + " cannot be evaluated:", problems);
        }
        int patchPixels = patchPixels(directory);
        Optional<Rectangle> known = known(directory, request.pictures());
        return new EvaluationReport(
                directory,
                patchPixels,
                score(directory, picture.get(), patchPixels, known),
                sourceRows.map(rows -> score(source.orElseThrow(), rows, patchPixels, Optional.empty())),
                independentRows.map(rows -> score(independent.orElseThrow(), rows, patchPixels, known)),
                source.flatMap(path -> content(request, path, known, patchPixels)));
    }

    private static Optional<Content> content(Request request, Path source, Optional<Rectangle> known, int patchPixels) {
        if (request.blockCount() < Content.FEWEST_BLOCKS) {
            return Optional.empty();
        }
        try {
            Optional<PictureBlocks> independent = Optional.empty();
            if (request.independent().isPresent()) {
                independent =
                        Optional.of(PictureBlocks.open(request.independent().get(), request.pictures()));
            }
            return Content.of(
                    PictureBlocks.open(request.directory(), request.pictures()),
                    PictureBlocks.open(source, request.pictures()),
                    independent,
                    known,
                    request.network(),
                    patchPixels,
                    request.blockCount(),
                    request.seed());
        } catch (IOException unreadable) {
            throw unreadable(request.directory(), unreadable);
        }
    }

    /** Where the picture that the job began with lies; empty when there was none, or it is not there any more. */
    private static Optional<Rectangle> known(Path directory, PictureReader pictures) {
        return manifest(directory)
                .filter(manifest -> manifest.hasPath("spec.input.at"))
                .flatMap(manifest -> {
                    try {
                        PictureSize size = pictures.size(Path.of(manifest.getString("spec.input.image")));
                        List<Integer> at = manifest.getIntList("spec.input.at");
                        return Optional.of(
                                new Rectangle(at.get(0), at.get(1), size.widthPixels(), size.heightPixels()));
                    } catch (Refusal gone) {
                        return Optional.empty();
                    }
                });
    }

    private static Optional<LuminanceRows> open(String where, Path path, List<Problem> problems) {
        try {
            if (DeepZoomRows.isOne(path)) {
                return Optional.of(new DeepZoomRows(path));
            }
            if (Files.isRegularFile(path)) {
                return Optional.of(new ImageFileRows(path));
            }
            problems.add(new Problem(
                    where,
                    path + " is neither a picture file nor a directory with a picture.dzi",
                    "name the output directory of a job"));
        } catch (IOException unreadable) {
            problems.add(new Problem(
                    where, String.valueOf(unreadable.getMessage()), "check that the job was rendered to its end"));
        }
        return Optional.empty();
    }

    private static Discontinuity.Scored score(
            Path path, LuminanceRows rows, int patchPixels, Optional<Rectangle> known) {
        try {
            return Discontinuity.of(rows, wraps(path), patchPixels, known);
        } catch (IOException unreadable) {
            throw unreadable(path, unreadable);
        }
    }

    private static Refusal unreadable(Path path, IOException cause) {
        return new Refusal(
                path + " cannot be evaluated:",
                List.of(new Problem(
                        "tile", String.valueOf(cause.getMessage()), "render it again with render --resume")));
    }

    static int patchPixels(Path directory) {
        return manifest(directory)
                .filter(manifest -> manifest.hasPath("model.patchPixels"))
                .map(manifest -> manifest.getInt("model.patchPixels"))
                .orElse(PATCH_PIXELS);
    }

    /** Whether the picture was rendered 360 degrees round. */
    private static boolean wraps(Path directory) {
        return manifest(directory)
                .filter(manifest -> manifest.hasPath("spec.canvas.wrap"))
                .map(manifest -> manifest.getString("spec.canvas.wrap").equals("x"))
                .orElse(false);
    }

    /** What the job wrote beside its picture; none for a picture from elsewhere. */
    private static Optional<Config> manifest(Path directory) {
        Path manifest = directory.resolve(MANIFEST);
        if (!Files.isRegularFile(manifest)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ConfigFactory.parseFile(manifest.toFile()));
        } catch (ConfigException broken) {
            throw new Refusal(
                    directory + " cannot be evaluated:",
                    List.of(new Problem(
                            MANIFEST, "it is no manifest: " + broken.getMessage(), "restore it, or remove it")));
        }
    }

    private Evaluation() {}
}
