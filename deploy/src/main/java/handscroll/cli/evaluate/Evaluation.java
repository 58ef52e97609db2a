package handscroll.cli.evaluate;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
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
     * @throws Refusal when one of them cannot be read; names all that cannot
     */
    public static EvaluationReport report(Path directory, Optional<Path> source, Optional<Path> independent) {
        var problems = new ArrayList<Problem>();
        Optional<LuminanceRows> picture = open("picture", directory, problems);
        Optional<LuminanceRows> sourceRows = source.flatMap(path -> open("source", path, problems));
        Optional<LuminanceRows> independentRows = independent.flatMap(path -> open("independent", path, problems));
        if (!problems.isEmpty() || picture.isEmpty()) {
            throw new Refusal(directory + " cannot be evaluated:", problems);
        }
        int patchPixels = patchPixels(directory);
        return new EvaluationReport(
                directory,
                patchPixels,
                score(directory, picture.get(), patchPixels),
                sourceRows.map(rows -> score(source.orElseThrow(), rows, patchPixels)),
                independentRows.map(rows -> score(independent.orElseThrow(), rows, patchPixels)));
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

    private static Discontinuity.Scored score(Path path, LuminanceRows rows, int patchPixels) {
        try {
            return Discontinuity.of(rows, wraps(path), patchPixels);
        } catch (IOException unreadable) {
            throw new Refusal(
                    path + " cannot be evaluated:",
                    List.of(new Problem(
                            "tile", String.valueOf(unreadable.getMessage()), "render it again with render --resume")));
        }
    }

    private static int patchPixels(Path directory) {
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
