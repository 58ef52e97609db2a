package handscroll.cli;

import handscroll.coordinator.journal.JournalConfig;
import handscroll.coordinator.output.OutputDirectory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** The database file in which a farm that renders one job keeps its journal. */
final class JournalFile {

    /** H2 keeps a database open as long as its process lives, and would not look at the file again. */
    static void close(Path output) throws SQLException {
        String url = JournalConfig.h2(output.resolve(OutputDirectory.STATE).resolve("journal/jobs"))
                .getString("akka-persistence-jdbc.shared-databases.slick.db.url");
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        }
    }

    private JournalFile() {}
}
