package handscroll.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Options with which a process of these tests starts in half the processor time: what a rehearsed render loads lies in an
 * archive that the JVM maps instead of reading and checking class after class. It takes jar files only, so directories
 * of classes become some.
 */
final class QuickStart {

    /** Nobody waits for the best code of a process that is killed within seconds. */
    private static final List<String> SHORT_LIVED =
            List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData");

    private static final String CANVAS = "width = 650, height = 512";

    private static final class Prepared {
        private static final List<String> OPTIONS = prepare();
    }

    /** Of a Java command, up to the name of the class. */
    static List<String> options() {
        return Prepared.OPTIONS;
    }

    private static List<String> prepare() {
        try {
            Path directory = Files.createTempDirectory("handscroll-classes");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            List<String> options = new ArrayList<>(SHORT_LIVED);
            options.addAll(List.of("-cp", jars(directory)));
            Path archive = directory.resolve("classes.jsa");
            rehearse(options, archive, directory);
            if (Files.exists(archive)) {
                options.add("-XX:SharedArchiveFile=" + archive);
            }
            return List.copyOf(options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without an archive everything works, just slower. */
    private static void rehearse(List<String> options, Path archive, Path directory) throws IOException {
        List<String> command = new ArrayList<>(List.of(java(), "-XX:ArchiveClassesAtExit=" + archive));
        command.addAll(options);
        command.addAll(List.of(QuickStart.class.getName(), directory.toString()));
        Path said = directory.resolve("rehearsal.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("the rehearsal failed: " + Files.readString(said));
        }
    }

    private static void delete(Path directory) {
        try {
            DirectoryTree.delete(directory);
        } catch (IOException e) {
            System.err.println(directory + " is left over: " + e);
        }
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String jars(Path directory) throws IOException {
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                Path jar = directory.resolve("classes-" + jars.size() + ".jar");
                pack(path, jar);
                jars.add(jar.toString());
            } else if (Files.exists(path)) {
                jars.add(entry);
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    /** The rehearsal: whatever a farm loads until its first picture is done. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        FakeRenderers.shelve(directory.resolve("models/fake"));
        InOneProcess.render(directory, "rehearsal", CANVAS);
        System.exit(0);
    }

    private QuickStart() {}
}
