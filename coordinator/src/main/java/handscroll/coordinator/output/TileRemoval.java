package handscroll.coordinator.output;

import handscroll.protocol.job.JobId;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes away what a job's output holds of tiles, and everything that was made of them. Manifest and tokens stay, so that the
 * tiles can be made again. Whatever else lies in the directory is not ours and stays too; no link is ever followed.
 */
public final class TileRemoval {

    private static final List<String> MADE_OF_TILES = List.of(
            DeepZoomDescription.FILE_NAME,
            DeepZoomDescription.TILES,
            TileArchive.FILE_NAME,
            TileArchive.INDEX,
            VideoFiles.PLAYLIST,
            VideoFiles.WHOLE,
            VideoFiles.SEGMENTS,
            VideoFiles.FRAMES,
            DeepZoomOutput.WORK);

    /**
     * Blocks on the disk. What died within it can be done again.
     *
     * @return bytes that the files had
     * @throws Refusal where this is not the output of that job, or part of it is a link; nothing is deleted then
     */
    public static long remove(Path directory, JobId job, OutputSettings settings) throws IOException {
        List<Problem> problems = new ArrayList<>();
        settings.root()
                .flatMap(root -> OutputDirectory.outside(root, directory))
                .ifPresent(problems::add);
        Optional<JobId> there = Manifest.read(directory).map(Manifest::job);
        if (!there.equals(Optional.of(job))) {
            problems.add(new Problem(
                    directory.toString(),
                    there.map(other -> "holds the picture of job " + other)
                            .orElse("holds no " + Manifest.FILE_NAME + ", so it may be anything"),
                    "look at it and delete what you do not want yourself"));
        }
        for (String name : MADE_OF_TILES) {
            if (Files.isSymbolicLink(directory.resolve(name))) {
                problems.add(new Problem(
                        directory.resolve(name).toString(),
                        "is a link to " + Files.readSymbolicLink(directory.resolve(name)),
                        "delete the link, and what it leads to if you want to"));
            }
        }
        if (!problems.isEmpty()) {
            throw new Refusal("The tiles of job " + job + " are not deleted:", problems);
        }
        long bytes = 0;
        for (String name : MADE_OF_TILES) {
            Path part = directory.resolve(name);
            if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
                bytes += removeTree(part);
            }
        }
        DurableFile.forceNames(directory);
        return bytes;
    }

    private static long removeTree(Path tree) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                bytes[0] += attributes.size();
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            @SuppressWarnings("NullAway") // what Java hands over where nothing went wrong
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }

    private TileRemoval() {}
}
