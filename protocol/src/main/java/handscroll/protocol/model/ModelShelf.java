package handscroll.protocol.model;

import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The directories that models may come from, looked through in order; nothing outside them is ever loaded. */
public record ModelShelf(List<Path> directories) {

    public ModelShelf {
        directories = List.copyOf(directories);
    }

    /**
     * The model of this name from the first directory that has it.
     *
     * @throws Refusal when there is none, naming those there are, or when it cannot be used
     */
    public ModelCard find(String name) {
        // A name that is no file name is in no directory.
        for (Path directory : name.indexOf('\0') < 0 ? directories : List.<Path>of()) {
            Path candidate = directory.resolve(name).normalize();
            if (candidate.startsWith(directory.normalize())
                    && Files.isRegularFile(candidate.resolve(ModelCard.FILE_NAME))) {
                return ModelCard.read(candidate);
            }
        }
        throw new Refusal(
                "There is no model \"" + name + "\":",
                List.of(new Problem(
                        "model",
                        "\"" + name + "\" is in none of " + directories,
                        "one of " + names() + ", or train it with handscroll train")));
    }

    /** Every model that is there, by name; one that cannot be used is named all the same. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Path directory : directories) {
            if (!Files.isDirectory(directory)) {
                continue;
            }
            try (Stream<Path> children = Files.list(directory)) {
                children.filter(child -> Files.isRegularFile(child.resolve(ModelCard.FILE_NAME)))
                        .map(child -> String.valueOf(child.getFileName()))
                        .sorted()
                        .filter(name -> !names.contains(name))
                        .forEach(names::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return names;
    }
}
