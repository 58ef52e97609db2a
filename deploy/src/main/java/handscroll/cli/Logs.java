package handscroll.cli;

import java.nio.file.Path;

/**
 * Says where the log of this process goes. {@code config/logback.xml} reads the property when the first logger is made, so a
 * command names its directory before it touches anything that logs; the terminal stays clean.
 */
final class Logs {

    private static final String DIRECTORY = "handscroll.log.directory";
    private static final String FILE_NAME = "handscroll.log";

    static void to(Path directory) {
        System.setProperty(DIRECTORY, directory.toAbsolutePath().normalize().toString());
    }

    static Path file() {
        String directory = System.getProperty(DIRECTORY);
        return directory == null
                ? Home.userState().resolve(FILE_NAME)
                : Path.of(directory).resolve(FILE_NAME);
    }

    private Logs() {}
}
