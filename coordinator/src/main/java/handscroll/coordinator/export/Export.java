package handscroll.coordinator.export;

import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.StoredPicture;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes one format of a finished picture.
 *
 * @param target appears when it is whole; a file that was there is replaced, a directory is not
 * @param compression of pixels that are compressed anew; empty for what suits the tiles best
 * @param level 1 (fastest) to 9 (smallest) of deflate and zstd
 * @param tokens the picture's source, for formats that hold it too
 */
public record Export(
        ExportFormat format, Path target, Optional<Compression> compression, int level, Optional<TokenGrid> tokens) {

    /** How a TIFF holds its pixels. */
    public enum Compression {
        /** JPEG tiles as they are, not encoded again. */
        JPEG,
        DEFLATE
    }

    /** Hears how far an export is, on its thread. */
    @FunctionalInterface
    public interface Listener {
        void onProgress(long doneCount, long allCount);
    }

    private static final int PNG_MAX_SIDE = Integer.MAX_VALUE;

    /**
     * Everything that stands against it, before anything is written. Blocks on the disk.
     *
     * @throws Refusal if there is anything
     */
    public void check(StoredPicture picture, ExportSettings settings) throws IOException {
        List<Problem> problems = new ArrayList<>();
        Pyramid pyramid = picture.pyramid();
        long missing = picture.missingCount();
        if (missing > 0) {
            problems.add(new Problem(
                    "picture",
                    missing + " of " + pyramid.tileCount() + " tiles are not there yet",
                    "let the job finish, or resume it"));
        }
        if (format == ExportFormat.WEBM) {
            problems.add(new Problem("--to", "webm is for videos, and this is a picture", "use png or tiff"));
        }
        limit(format, isTree(), pyramid, settings).ifPresent(problems::add);
        if (compression.isPresent() && format != ExportFormat.TIFF) {
            problems.add(new Problem("--compression", "is for tiff only", "leave it out"));
        } else if (compression.equals(Optional.of(Compression.JPEG))
                && picture.manifest().tiles().encoding() != TileEncoding.JPEG) {
            problems.add(new Problem(
                    "--compression",
                    "jpeg copies tiles that are JPEG, these are "
                            + picture.manifest().tiles().encoding().configName(),
                    "use deflate"));
        }
        targetProblem(target, isTree() || format == ExportFormat.ZARR).ifPresent(problems::add);
        if (!problems.isEmpty()) {
            throw new Refusal("The picture cannot be exported to " + format.configName() + ":", problems);
        }
    }

    /**
     * Whether a picture of that size can be held by a format, to be known before it is rendered.
     *
     * @param tree as files in a directory, where it could be an archive
     */
    public static Optional<Problem> limit(ExportFormat format, boolean tree, Pyramid pyramid, ExportSettings settings) {
        long pixels = (long) pyramid.widthPixels() * pyramid.heightPixels();
        if (format == ExportFormat.PNG && pixels > settings.pngMaxPixels()) {
            return Optional.of(new Problem(
                    "png",
                    String.format(
                            "%,d pixels are more than the %,d that one PNG file may have",
                            pixels, settings.pngMaxPixels()),
                    "export it to tiff, which any size fits into, or raise"
                            + " handscroll.coordinator.export.png-max-pixels if your viewer can open such a file"));
        }
        long stripBytes = 3L * pyramid.widthPixels() * pyramid.tilePixels();
        if (format == ExportFormat.PNG && (stripBytes > settings.memoryBytes() || stripBytes > PNG_MAX_SIDE)) {
            return Optional.of(new Problem(
                    "png",
                    "a row of tiles of " + String.format("%,d", pyramid.widthPixels())
                            + " pixels is more than handscroll.coordinator.export.memory",
                    "export it to tiff, which is written tile by tile, or raise that bound"));
        }
        if (tree && pyramid.tileCount() > settings.filesAtMost()) {
            return Optional.of(new Problem(
                    format.configName(),
                    String.format(
                            "%,d tiles are more files than the %,d of handscroll.coordinator.export.files-at-most",
                            pyramid.tileCount(), settings.filesAtMost()),
                    "name an archive with --out FILE.zip, or export it to tiff"));
        }
        return Optional.empty();
    }

    /** Blocks until it is whole. Checked before. */
    public void run(StoredPicture picture, ExportSettings settings, Listener listener) throws IOException {
        var tiles = new TileSource(picture, listener);
        switch (format) {
            case DEEP_ZOOM -> {
                try (FileTree tree = tree()) {
                    TileTrees.writeDeepZoom(tiles, tree);
                }
            }
            case IIIF -> {
                try (FileTree tree = tree()) {
                    TileTrees.writeIiif(tiles, tree);
                }
            }
            case TIFF -> TiffExport.write(tiles, target, compression(picture), level, settings);
            case PNG -> PngExport.write(tiles, target, level, settings);
            case ZARR -> ZarrExport.write(tiles, target, level, tokens, settings);
            case WEBM -> throw new IllegalArgumentException("a picture does not move");
        }
    }

    private Compression compression(StoredPicture picture) {
        return compression.orElse(
                picture.manifest().tiles().encoding() == TileEncoding.JPEG ? Compression.JPEG : Compression.DEFLATE);
    }

    private boolean isTree() {
        return (format == ExportFormat.DEEP_ZOOM || format == ExportFormat.IIIF) && !isArchive();
    }

    private boolean isArchive() {
        return target.toString().endsWith(".zip");
    }

    private FileTree tree() throws IOException {
        return isArchive() ? new ZipTree(target) : new DirectoryTree(target);
    }

    static Optional<Problem> targetProblem(Path target, boolean makesDirectory) {
        Path folder = target.toAbsolutePath().normalize().getParent();
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            return Optional.of(new Problem(
                    "--out", target + " cannot be written", "name a path in a directory that is there and yours"));
        }
        if (Files.exists(target) && (makesDirectory || Files.isDirectory(target))) {
            return Optional.of(new Problem("--out", target + " is there already", "remove it, or name another path"));
        }
        return Optional.empty();
    }
}
