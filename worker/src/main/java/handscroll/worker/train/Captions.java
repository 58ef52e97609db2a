package handscroll.worker.train;

import handscroll.protocol.job.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is said of the pictures that are learned from. Either the words of their file names, in sentences that also name
 * the colours and the light that are measured in them, or what stands in a table.
 */
public sealed interface Captions {

    /** Nothing is said; the model will know no texts. */
    record None() implements Captions {}

    /** {@code snow-03.jpg} shows snow. */
    record FileNames() implements Captions {}

    /** Lines of {@code file name, caption}; a picture may have several. */
    record Written(Map<String, List<String>> byFile) implements Captions {
        public Written {
            byFile = Map.copyOf(byFile);
        }
    }

    /** Different captions of one picture; empty if nothing is said of it. */
    default List<String> of(Path file, Picture picture) {
        String name = String.valueOf(file.getFileName());
        if (this instanceof FileNames) {
            return sentences(words(name), Look.of(picture));
        } else if (this instanceof Written written) {
            return written.byFile().getOrDefault(name, List.of());
        }
        return List.of();
    }

    /** The words of a file name without its number and its ending. */
    static String words(String fileName) {
        return fileName.replaceFirst("\\.[A-Za-z]+$", "")
                .replaceAll("[-_ ]+", " ")
                .replaceAll("[ ]?[0-9]+$", "")
                .strip();
    }

    /** Ways to say what a picture shows, from the plain word to all that is known of it. */
    static List<String> sentences(String what, Look look) {
        Set<String> sentences = new LinkedHashSet<>();
        sentences.add(what);
        sentences.add("a photograph of " + what);
        sentences.add(what + " under " + skied(look));
        sentences.add(look.ground() + " " + what + " under " + skied(look));
        sentences.add(what + ", " + look.sky() + " above and " + look.ground() + " below");
        sentences.add("a landscape in " + look.sky() + " and " + look.ground() + ": " + what);
        if (look.light() == Look.Light.BRIGHT) {
            sentences.add("bright " + what);
            sentences.add(what + " in bright light, " + look.sky() + " sky");
        } else if (look.light() == Look.Light.DARK) {
            sentences.add("dark " + what);
            sentences.add(what + " at night or in deep shadow, " + look.sky() + " sky");
        }
        if (look.isSunset()) {
            sentences.add(what + " at sunset");
            sentences.add(what + " in the evening, the sky is " + look.sky());
        }
        return List.copyOf(sentences);
    }

    private static String skied(Look look) {
        return (look.sky().equals("orange") ? "an " : "a ") + look.sky() + " sky";
    }

    /**
     * Reads a table of captions: on each line a file name, a comma, and what the picture shows; quotes around the caption
     * and a first line {@code file,caption} may be there.
     *
     * @param problems gets each line that says nothing
     */
    static Captions read(Path table, List<Problem> problems) throws IOException {
        Map<String, List<String>> byFile = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(table);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || i == 0 && line.matches("(?i)\"?(file|name)\"?,\"?caption\"?")) {
                continue;
            }
            int comma = line.indexOf(',');
            String file = comma < 0 ? "" : unquoted(line.substring(0, comma));
            String caption = comma < 0 ? "" : unquoted(line.substring(comma + 1));
            if (file.isEmpty() || caption.isBlank()) {
                problems.add(
                        new Problem(table + ":" + (i + 1), "says nothing of a picture", "write: file name, caption"));
            } else {
                byFile.computeIfAbsent(file, name -> new ArrayList<>()).add(caption);
            }
        }
        return new Written(byFile);
    }

    private static String unquoted(String field) {
        String text = field.strip();
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted
                ? text.substring(1, text.length() - 1).replace("\"\"", "\"").strip()
                : text;
    }
}
