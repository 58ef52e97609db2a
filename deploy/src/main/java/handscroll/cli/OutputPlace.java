package handscroll.cli;

import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.OutputDirectory;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The directory that one render fills; what the farm needs to continue it lies in it, under {@code .handscroll}. */
final class OutputPlace {

    private final Path directory;

    private OutputPlace(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /** @throws Refusal when it is not empty, or cannot be made and written to */
    static OutputPlace ofNew(Path directory) {
        OutputPlace place = new OutputPlace(directory);
        if (Files.exists(place.state())) {
            throw place.refusal(
                    "already holds a picture or part of one",
                    "continue it with handscroll render --resume " + place.quoted() + ", or choose another --out");
        }
        if (Files.exists(place.directory) && !Files.isDirectory(place.directory)) {
            throw place.refusal("is a file", "choose another --out");
        }
        if (Files.isDirectory(place.directory) && !isEmpty(place.directory)) {
            throw place.refusal("is not empty", "choose another --out, or empty it");
        }
        Path there = place.directory;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            throw place.refusal("cannot be made: " + there + " may not be written to", "choose another --out");
        }
        return place;
    }

    /** @throws Refusal when no render was ever interrupted here */
    static OutputPlace ofInterrupted(Path directory) {
        OutputPlace place = new OutputPlace(directory);
        if (!Files.isDirectory(place.directory)) {
            throw place.refusal("is no directory", "name the output directory of a render");
        }
        if (!Files.isDirectory(place.state()) && !Files.isRegularFile(place.directory.resolve(Manifest.FILE_NAME))) {
            throw place.refusal("holds no render to continue", "name the output directory of a render");
        }
        return place;
    }

    Path directory() {
        return directory;
    }

    Path state() {
        return directory.resolve(OutputDirectory.STATE);
    }

    /** As it is typed into a shell. */
    String quoted() {
        String text = directory.toString();
        return text.matches("[A-Za-z0-9_./+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    Refusal refusal(String what, String remedy) {
        return new Refusal(
                "Nothing can be rendered into " + directory + ":",
                List.of(new Problem(directory.toString(), what, remedy)));
    }

    /**
     * The job that was begun here, for a journal that was lost: the tokens are still there.
     *
     * @throws Refusal when nothing says which job it was
     */
    JobSpec recordedSpec() {
        try {
            Manifest manifest = Manifest.read(directory)
                    .orElseThrow(() -> refusal("holds no job that was accepted", "render the job file again"));
            JobSpec spec = JobSpecReader.readText(manifest.job().value(), manifest.spec(), directory);
            refuseIfMovedFrom(Path.of(spec.output().directory()));
            return spec;
        } catch (IOException e) {
            throw refusal("cannot be read: " + e.getMessage(), "restore " + Manifest.FILE_NAME);
        }
    }

    /** @throws Refusal when the job would go on in another directory than this */
    void refuseIfMovedFrom(Path jobDirectory) {
        if (!jobDirectory.toAbsolutePath().normalize().equals(directory)) {
            throw refusal("was " + jobDirectory + " when the job was begun", "move it back there, and resume that");
        }
    }

    /** Takes away what a farm left that refused the job, so that the next try finds the directory empty. */
    void undo() {
        if (!Files.isDirectory(state())) {
            return;
        }
        try (Stream<Path> files = Files.walk(state())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(Path directory) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
