package handscroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Later versions of Akka are not free yet, and from 2.8.7 on an actor system without a licence key ends itself. */
class LibrariesTest {

    private static final Pattern JAR = Pattern.compile("(?<name>.+?)-(?<version>\\d[^-]*(-[^-]+)*)\\.jar");

    private static final Map<String, String> PINNED = Map.of(
            "akka-http", "10.5.3",
            "akka-http-core", "10.5.3",
            "akka-parsing", "10.5.3",
            "akka-persistence-jdbc", "5.2.1");

    private static final String AKKA = "2.8.5";

    private record Library(String name, String version) {}

    private static final List<String> CLASS_PATH =
            List.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                    .split(File.pathSeparator));

    private static final List<Library> LIBRARIES = CLASS_PATH.stream()
            .map(entry -> JAR.matcher(String.valueOf(Path.of(entry).getFileName())))
            .filter(Matcher::matches)
            .map(jar -> new Library(jar.group("name").replaceFirst("_2\\.13$", ""), jar.group("version")))
            .toList();

    @Test
    void everyAkkaArtifactHasTheVersionThatIsFree() {
        List<Library> akka = LIBRARIES.stream()
                .filter(library -> library.name().startsWith("akka-"))
                .toList();
        assertThat(akka)
                .hasSizeGreaterThan(10)
                .allSatisfy(library -> assertThat(library.version())
                        .as(library.name())
                        .isEqualTo(PINNED.getOrDefault(library.name(), AKKA)));
    }

    @Test
    void librariesThatAreReplacedOrLeftOutDoNotComeBack() {
        // org.lz4 was replaced by at.yawk.lz4 for its holes; lmdbjava cannot start on this Java, and nothing needs it.
        assertThat(CLASS_PATH).noneMatch(entry -> entry.contains("/org/lz4/") || entry.contains("/org/lmdbjava/"));
    }
}
