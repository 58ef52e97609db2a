package handscroll.coordinator.output;

import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Whether a picture may grow in a directory, found out before anything is started. */
public final class OutputDirectory {

    /** Where a farm that renders one job keeps its journal and its log. */
    public static final String STATE = ".handscroll";

    private static final String WHERE = "output";

    /** A directory with nothing else in it was begun by us, even if a process died before it wrote the manifest. */
    private static final Set<String> OURS = Set.of(
            STATE,
            "tokens",
            Manifest.FILE_NAME,
            Manifest.FILE_NAME + ".part",
            DeepZoomDescription.FILE_NAME,
            DeepZoomDescription.TILES,
            TileArchive.FILE_NAME,
            TileArchive.INDEX,
            VideoFiles.FRAMES,
            VideoFiles.SEGMENTS,
            VideoFiles.PLAYLIST,
            VideoFiles.WHOLE,
            DeepZoomOutput.WORK);

    /**
     * Everything that stands against it; nothing when it is empty, missing, or holds this very job.
     * Blocks on the disk.
     *
     * @param contentHash as in the token log and the manifest
     */
    public static List<Problem> check(
            Path directory, JobSpec spec, int tilePixels, String contentHash, OutputSettings settings) {
        try {
            if (Files.exists(directory) && !Files.isDirectory(directory)) {
                return List.of(new Problem(WHERE, directory + " is a file", "name a directory"));
            }
            Path existing = nearestExisting(directory.toAbsolutePath().normalize());
            Optional<Problem> outside = checkRoot(directory, existing, settings);
            if (outside.isPresent()) {
                return List.of(outside.get());
            }
            if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
                return List.of(new Problem(
                        WHERE, "nothing can be written to " + existing, "name another directory, or change its owner"));
            }
            Optional<Manifest> manifest = Manifest.read(directory);
            if (manifest.isPresent()) {
                return checkResumed(directory, manifest.get(), spec, contentHash);
            }
            List<Problem> problems = new ArrayList<>();
            foreignFile(directory)
                    .map(name -> new Problem(
                            WHERE,
                            directory + " holds \"" + name + "\" and no picture of Handscroll",
                            "name an empty or a new directory"))
                    .ifPresent(problems::add);
            checkFileCount(spec, tilePixels, settings).ifPresent(problems::add);
            checkRoom(existing, spec, settings).ifPresent(problems::add);
            return problems;
        } catch (IOException e) {
            return List.of(new Problem(
                    WHERE, directory + " cannot be read: " + e.getMessage(), "name another directory, or look at it"));
        }
    }

    /**
     * Why a directory may not be rendered into when pictures belong below {@code root}; links are followed. Blocks on the
     * disk.
     */
    public static Optional<Problem> outside(Path root, Path directory) {
        try {
            Path real = nearestExisting(root.toAbsolutePath().normalize()).toRealPath();
            Path asked = directory.toAbsolutePath().normalize();
            Path existing = nearestExisting(asked);
            Path there =
                    existing.toRealPath().resolve(existing.relativize(asked)).normalize();
            return there.startsWith(real)
                            && asked.startsWith(root.toAbsolutePath().normalize())
                    ? Optional.empty()
                    : Optional.of(
                            new Problem(WHERE, directory + " is not below " + root, "name a directory below " + root));
        } catch (IOException e) {
            return Optional.of(new Problem(
                    WHERE, directory + " cannot be looked at: " + e.getMessage(), "name another directory"));
        }
    }

    /** What a picture takes on the disk with all its levels, in bytes. */
    public static long estimatedBytes(JobSpec spec, OutputSettings settings) {
        double perPixel =
                settings.estimatedBytesPerPixel().getOrDefault(spec.output().tiles(), 3.0);
        long pixels = (long) spec.canvas().widthPixels()
                * spec.canvas().heightPixels()
                * spec.canvas().frameCount();
        // Each level has a quarter of the pixels of the one above.
        return (long) (pixels * perPixel * 4 / 3);
    }

    private static List<Problem> checkResumed(Path directory, Manifest there, JobSpec spec, String contentHash) {
        List<Problem> problems = new ArrayList<>();
        if (!there.contentHash().equals(contentHash)) {
            problems.add(new Problem(
                    WHERE,
                    directory + " holds another picture, job " + there.job() + ", begun " + there.started(),
                    "name another directory, or take back what was changed in the spec or the model to go on with it"));
        } else if (there.tiles().encoding() != spec.output().tiles()
                || there.tiles().quality() != spec.output().quality()) {
            problems.add(new Problem(
                    WHERE,
                    "the tiles in " + directory + " are " + there.tiles().encoding() + " of quality "
                            + there.tiles().quality(),
                    "keep to that, or name another directory"));
        }
        Container container = there.tiles().container().orElse(Container.FILES);
        if (problems.isEmpty() && spec.output().container().orElse(container) != container) {
            problems.add(new Problem(
                    WHERE,
                    "the tiles in " + directory + " are held as " + container.configName(),
                    "leave out output.container, or name another directory"));
        }
        return problems;
    }

    /** Names are resolved as far as they exist, so that neither ".." nor a symbolic link leads out. */
    private static Optional<Problem> checkRoot(Path directory, Path existing, OutputSettings settings)
            throws IOException {
        if (settings.root().isEmpty()) {
            return Optional.empty();
        }
        Path root = settings.root().get();
        Path place = existing.toRealPath()
                .resolve(existing.relativize(directory.toAbsolutePath().normalize()));
        return Files.isDirectory(root) && place.startsWith(root.toRealPath())
                ? Optional.empty()
                : Optional.of(new Problem(
                        WHERE,
                        directory + " does not lie below " + root + ", where this coordinator keeps pictures",
                        "name a directory below it"));
    }

    private static Optional<Problem> checkFileCount(JobSpec spec, int tilePixels, OutputSettings settings) {
        long count = spec.canvas().isVideo()
                ? spec.canvas().cutInto(tilePixels).cellCount()
                : Pyramid.of(spec.canvas(), tilePixels).tileCount();
        if (spec.canvas().isVideo() && count > settings.filesAtMost()) {
            return Optional.of(new Problem(
                    "canvas.frames",
                    String.format(
                            Locale.ROOT,
                            "%,d frames are %,d files, more than the %,d of handscroll.coordinator.output.files-at-most",
                            spec.canvas().frameCount(),
                            count,
                            settings.filesAtMost()),
                    "make it shorter, or raise that"));
        }
        boolean files = spec.output().container().equals(Optional.of(Container.FILES));
        return files && count > settings.filesAtMost()
                ? Optional.of(new Problem(
                        "output.container",
                        String.format(
                                Locale.ROOT,
                                "%,d tiles are more files than the %,d of handscroll.coordinator.output.files-at-most",
                                count,
                                settings.filesAtMost()),
                        "write container = zip, or leave it out"))
                : Optional.empty();
    }

    private static Optional<Problem> checkRoom(Path existing, JobSpec spec, OutputSettings settings)
            throws IOException {
        long needed = estimatedBytes(spec, settings);
        long free = Files.getFileStore(existing).getUsableSpace();
        return free >= needed
                ? Optional.empty()
                : Optional.of(new Problem(
                        WHERE,
                        "the picture takes about " + gigabytes(needed) + ", " + gigabytes(free) + " are free in "
                                + existing,
                        "make room there, or name a directory on another disk"));
    }

    private static Optional<String> foreignFile(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> String.valueOf(child.getFileName()))
                    .filter(name -> !OURS.contains(name))
                    .sorted()
                    .findFirst();
        }
    }

    private static Path nearestExisting(Path path) {
        Path at = path;
        while (!Files.exists(at)) {
            Path parent = at.getParent();
            if (parent == null) {
                return at;
            }
            at = parent;
        }
        return at;
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    private OutputDirectory() {}
}
