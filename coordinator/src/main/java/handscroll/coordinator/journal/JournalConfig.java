package handscroll.coordinator.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Where the journal writes: lies over the rest of the configuration when the actor system is made. */
public final class JournalConfig {

    private static final String DATABASE = "akka-persistence-jdbc.shared-databases.slick.db.";
    private static final String URL = DATABASE + "url";

    /**
     * An H2 database in a file of its own, made with its tables on the first start.
     *
     * @param file without ending, e.g. {@code DIR/journal/jobs}; H2 adds {@code .mv.db}
     */
    public static Config h2(Path file) {
        String path = file.toAbsolutePath().normalize().toString();
        if (path.contains(";")) {
            throw new IllegalArgumentException("H2 cannot keep a journal at a path with ';' in it: " + path);
        }
        return ConfigFactory.parseMap(Map.of(URL, "jdbc:h2:file:" + path + H2_OPTIONS), "journal file")
                .withFallback(ConfigFactory.parseResources(JournalConfig.class, "journal-h2.conf"));
    }

    /**
     * Opens the database of {@link #h2} once, so that a damaged one is told before anything is started.
     *
     * @throws Refusal when it cannot be read
     */
    public static void check(Path file) {
        try {
            DriverManager.getConnection(h2(file).getString(URL), "sa", "").close();
        } catch (SQLException e) {
            throw new Refusal(
                    "The journal of jobs cannot be opened:",
                    List.of(new Problem(
                            file + ".mv.db",
                            String.valueOf(e.getMessage()),
                            "put back a copy of it; a render goes on without it with handscroll render --recover, and a"
                                    + " coordinator in another --state, where its jobs are submitted again")));
        }
    }

    /** A database that outlives the coordinator's machine; {@link JournalDatabase#prepare} made its tables. */
    public static Config postgresql(JournalDatabase database) {
        return ConfigFactory.parseMap(
                        Map.of(
                                URL,
                                database.url(),
                                DATABASE + "user",
                                database.user(),
                                DATABASE + "password",
                                database.password()),
                        "journal database")
                .withFallback(ConfigFactory.parseResources(JournalConfig.class, "journal-postgresql.conf"));
    }

    /**
     * {@code WRITE_DELAY=0}: by default H2 acknowledges half a second before it writes, and a killed process
     * loses that. {@code DATABASE_TO_UPPER=false}: the plugin quotes lower-case names. {@code INIT}: each
     * new connection makes the tables that are missing.
     */
    private static final String H2_OPTIONS = ";DATABASE_TO_UPPER=false;DB_CLOSE_DELAY=-1;WRITE_DELAY=0"
            + ";INIT=RUNSCRIPT FROM 'classpath:handscroll/coordinator/journal/journal-h2.sql'";

    private JournalConfig() {}
}
