package handscroll.coordinator.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.coordination.lease.LeaseSettings;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.Refusal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two coordinators do to each other that share one database, a real PostgreSQL. */
class SharedJournalTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final long PATIENCE_SECONDS = 60;

    private static EmbeddedPostgres postgres;

    private final List<ActorSystem<?>> systems = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void emptyTheTables() throws Exception {
        database().prepare();
        execute("TRUNCATE event_journal, event_tag, snapshot, handscroll_leadership");
    }

    @AfterEach
    void endAll() {
        systems.forEach(ActorSystem::terminate);
    }

    @Test
    void theTablesMayBeMadeAgainAndAgain() {
        database().prepare();
        database().prepare();
    }

    @Test
    void aDatabaseThatIsNotThereIsRefusedInASentence() {
        assertThatThrownBy(() -> new JournalDatabase("jdbc:postgresql://127.0.0.1:1/none", "me", "").prepare())
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("cannot be used")
                .hasMessageContaining("start it");
    }

    @Test
    void aCoordinatorThatWasOvertakenCannotWrite() throws Exception {
        ActorSystem<JobJournal.Command> first = journal();
        assertThat(record(first, 1, new JobEvent.CoordinatorStarted(1, NOON))).isInstanceOf(JobJournal.Recorded.class);

        ActorSystem<JobJournal.Command> second = journal();
        assertThat(record(second, 2, new JobEvent.CoordinatorStarted(2, NOON))).isInstanceOf(JobJournal.Recorded.class);

        var late = new JobEvent.JobAccepted(new JobId("late"), "a = 1", "abc", NOON);
        assertThat(recordUntilAnswered(first, 1, late)).isEqualTo(new JobJournal.Overtaken(2));
        var accepted = new JobEvent.JobAccepted(new JobId("sky"), "a = 1", "abc", NOON);
        JobJournal.Recorded recorded = (JobJournal.Recorded) record(second, 2, accepted);
        assertThat(recorded.register().jobs()).extracting(RegisteredJob::job).containsExactly(new JobId("sky"));
    }

    @Test
    void aNumberThatAnotherCoordinatorHasIsNotGivenTwice() throws Exception {
        ActorSystem<JobJournal.Command> journal = journal();
        record(journal, 4, new JobEvent.CoordinatorStarted(4, NOON));

        assertThat(record(journal, 4, new JobEvent.CoordinatorStarted(4, NOON))).isEqualTo(new JobJournal.Overtaken(4));
    }

    @Test
    void theJournalWritesAgainWhenItsConnectionsWereCut() throws Exception {
        ActorSystem<JobJournal.Command> journal = journal();
        record(journal, 1, new JobEvent.CoordinatorStarted(1, NOON));
        cutAllConnections();

        var accepted = new JobEvent.JobAccepted(new JobId("sky"), "a = 1", "abc", NOON);
        assertThat(recordUntilAnswered(journal, 1, accepted)).isInstanceOf(JobJournal.Recorded.class);
    }

    @Test
    void onlyOneHoldsTheLeadershipUntilItGivesItBack() throws Exception {
        DatabaseLease one = lease("one", "10 s");
        DatabaseLease other = lease("other", "10 s");

        assertThat(one.acquire().toCompletableFuture().get()).isTrue();
        assertThat(other.acquire().toCompletableFuture().get()).isFalse();
        assertThat(one.checkLease()).isTrue();
        one.release().toCompletableFuture().get();
        assertThat(other.acquire().toCompletableFuture().get()).isTrue();
        assertThat(one.checkLease()).isFalse();
    }

    @Test
    void aLeaderWhoseRowWasTakenHearsOfIt() throws Exception {
        DatabaseLease one = lease("one", "10 s");
        var lost = new CompletableFuture<Boolean>();
        assertThat(one.acquire(cause -> lost.complete(true))
                        .toCompletableFuture()
                        .get())
                .isTrue();

        execute("UPDATE handscroll_leadership SET owner = 'other'");

        assertThat(lost.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(one.checkLease()).isFalse();
    }

    @Test
    void aLeadershipThatNobodyRenewedMayBeTaken() throws Exception {
        execute("INSERT INTO handscroll_leadership VALUES ('leads', 'dead', clock_timestamp() - INTERVAL '11"
                + " seconds')");

        assertThat(lease("one", "10 s").acquire().toCompletableFuture().get()).isTrue();
    }

    @Test
    void aLeadershipSurvivesACutConnection() throws Exception {
        DatabaseLease one = lease("one", "60 s");
        assertThat(one.acquire().toCompletableFuture().get()).isTrue();
        execute("UPDATE handscroll_leadership SET renewed_at = '2026-01-01'");
        cutAllConnections();

        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try (Connection connection = database().connect();
                Statement statement = connection.createStatement()) {
            boolean isRenewed = false;
            while (!isRenewed && System.nanoTime() < end) {
                try (var row = statement.executeQuery("SELECT renewed_at > '2026-01-02' FROM handscroll_leadership")) {
                    row.next();
                    isRenewed = row.getBoolean(1);
                }
            }
            assertThat(isRenewed).isTrue();
        }
        assertThat(one.checkLease()).isTrue();
    }

    private static JournalDatabase database() {
        return new JournalDatabase(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "");
    }

    private static Config config() {
        return JournalConfig.postgresql(database())
                .withFallback(ConfigFactory.parseString("akka.loglevel = OFF, akka.actor.provider = local,"
                        + " akka.stdout-loglevel = OFF, handscroll.coordinator.journal.database { user ="
                        + " postgres, url = \""
                        + database().url() + "\" }"))
                .withFallback(ConfigFactory.load());
    }

    private ActorSystem<JobJournal.Command> journal() {
        Config config = config();
        ActorSystem<JobJournal.Command> journal =
                ActorSystem.create(JobJournal.create(JournalSettings.from(config)), "journal", config);
        systems.add(journal);
        return journal;
    }

    private DatabaseLease lease(String owner, String timeout) {
        ActorSystem<JobJournal.Command> system = journal();
        Config lease = ConfigFactory.parseString("heartbeat-interval = 100 ms, heartbeat-timeout = " + timeout)
                .withFallback(config().getConfig("handscroll.coordinator.leadership"));
        return new DatabaseLease(
                LeaseSettings.apply(lease, "leads", owner), (ExtendedActorSystem) system.classicSystem());
    }

    private static JobJournal.Answer record(ActorSystem<JobJournal.Command> journal, long incarnation, JobEvent event)
            throws Exception {
        return AskPattern.<JobJournal.Command, JobJournal.Answer>ask(
                        journal,
                        replyTo -> new JobJournal.Record(incarnation, event, replyTo),
                        Duration.ofSeconds(PATIENCE_SECONDS),
                        journal.scheduler())
                .toCompletableFuture()
                .get();
    }

    /** A write that fails is not answered: whoever wants to know asks again, as a job does. */
    private static JobJournal.Answer recordUntilAnswered(
            ActorSystem<JobJournal.Command> journal, long incarnation, JobEvent event) throws Exception {
        for (int round = 0; round < PATIENCE_SECONDS; round++) {
            try {
                return AskPattern.<JobJournal.Command, JobJournal.Answer>ask(
                                journal,
                                replyTo -> new JobJournal.Record(incarnation, event, replyTo),
                                Duration.ofSeconds(2),
                                journal.scheduler())
                        .toCompletableFuture()
                        .get();
            } catch (java.util.concurrent.ExecutionException noAnswer) {
                if (!(noAnswer.getCause() instanceof TimeoutException)) {
                    throw noAnswer;
                }
            }
        }
        throw new AssertionError("the journal never answered");
    }

    private static void cutAllConnections() throws Exception {
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                + " AND backend_type = 'client backend'");
    }

    private static void execute(String sql) throws Exception {
        try (Connection connection = database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
