package handscroll.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All files of a picture, for comparing two. */
final class PictureTree {

    static Map<String, Integer> hashes(Path pyramid) throws IOException {
        Map<String, Integer> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(pyramid)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                hashes.put(pyramid.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return hashes;
    }

    private PictureTree() {}
}
