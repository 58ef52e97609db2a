package handscroll.coordinator.journal;

import com.typesafe.config.Config;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** A PostgreSQL database that several coordinators keep their journal in. */
public record JournalDatabase(String url, String user, String password) {

    private static final String SCRIPT = "journal-postgresql.sql";

    /** Any number: keeps two coordinators that start at once from making the same tables. */
    private static final long TABLES_LOCK = 7_264_513_001L;

    private static final String LOGIN_SECONDS = "5";
    private static final String ANSWER_SECONDS = "10";

    /**
     * Empty when the journal lies in a file.
     *
     * @param config the whole configuration
     */
    public static Optional<JournalDatabase> from(Config config) {
        Config block = config.getConfig("handscroll.coordinator.journal.database");
        return block.getString("url").isEmpty()
                ? Optional.empty()
                : Optional.of(new JournalDatabase(
                        block.getString("url"), block.getString("user"), block.getString("password")));
    }

    /**
     * Makes the tables that are missing. Blocks.
     *
     * @throws Refusal when there is no such database, or nobody lets us in
     */
    public void prepare() {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw refusal("is no PostgreSQL database", "write it like jdbc:postgresql://10.0.0.9/handscroll");
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(" + TABLES_LOCK + ")");
            statement.execute(script());
            connection.commit();
        } catch (SQLException e) {
            throw refusal(
                    "cannot be used: " + e.getMessage(),
                    "start it, make the database and its user, and see that this machine may connect");
        }
    }

    Connection connect() throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("loginTimeout", LOGIN_SECONDS);
        properties.setProperty("connectTimeout", LOGIN_SECONDS);
        properties.setProperty("socketTimeout", ANSWER_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        return DriverManager.getConnection(url, properties);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return url;
    }

    private Refusal refusal(String what, String remedy) {
        return new Refusal(
                "The journal cannot be kept there:",
                List.of(new Problem("journal.database.url", url + " " + what, remedy)));
    }

    private static String script() {
        try (InputStream in = JournalDatabase.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException(SCRIPT + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
