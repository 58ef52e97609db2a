package handscroll.coordinator.journal;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.ExtendedActorSystem;
import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.javadsl.Lease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to lead the farm, a row in the database: who holds it renews it, and when that has not been done for the
 * heartbeat timeout somebody else may take it. All times are the database's own, so no two clocks are compared. A
 * coordinator that cannot renew gives up before another one may take over.
 *
 * <p>Akka makes one for each process and calls it from any thread; everything happens on a thread of its own.
 */
public final class DatabaseLease extends Lease {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLease.class);

    private static final String TAKE = "INSERT INTO handscroll_leadership AS held (name, owner, renewed_at) VALUES (?,"
            + " ?, clock_timestamp()) ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, renewed_at ="
            + " excluded.renewed_at WHERE held.owner = excluded.owner OR held.renewed_at < clock_timestamp() - ? *"
            + " INTERVAL '1 millisecond'";
    private static final String RENEW =
            "UPDATE handscroll_leadership SET renewed_at = clock_timestamp() WHERE name = ? AND owner = ?";
    private static final String GIVE_BACK = "DELETE FROM handscroll_leadership WHERE name = ? AND owner = ?";

    private final LeaseSettings settings;
    private final ExtendedActorSystem system;
    private final JournalDatabase database;
    private final Duration refusalPatience;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "handscroll-leadership");
        made.setDaemon(true);
        return made;
    });

    /** A moment on {@link System#nanoTime}, until which nobody else can have taken it; empty when it is not held. */
    private volatile Optional<Long> heldUntil = Optional.empty();

    // On the thread only.
    private Optional<Connection> connection = Optional.empty();
    private Consumer<Optional<Throwable>> onLost = lost -> {};
    private Optional<Long> refusedSince = Optional.empty();

    public DatabaseLease(LeaseSettings settings, ExtendedActorSystem system) {
        this.settings = settings;
        this.system = system;
        this.refusalPatience = settings.leaseConfig().getDuration("refusal-patience");
        this.database = JournalDatabase.from(system.settings().config())
                .orElseThrow(() -> new IllegalStateException("a leadership in the database needs a database"));
        Duration interval = settings.timeoutSettings().getHeartbeatInterval();
        thread.scheduleWithFixedDelay(this::renew, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        CoordinatedShutdown.get(system)
                .addTask(
                        CoordinatedShutdown.PhaseActorSystemTerminate(),
                        "end-" + settings.leaseName(),
                        () -> release().handle((given, failure) -> {
                            thread.shutdownNow();
                            return Done.getInstance();
                        }));
    }

    @Override
    public LeaseSettings getSettings() {
        return settings;
    }

    @Override
    public CompletionStage<Boolean> acquire() {
        return acquire(lost -> {});
    }

    @Override
    public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> leaseLost) {
        return onThread(() -> {
            long began = System.nanoTime();
            boolean taken = update(
                            TAKE,
                            settings.leaseName(),
                            settings.ownerName(),
                            timeout().toMillis())
                    == 1;
            if (taken) {
                onLost = leaseLost;
                heldFrom(began);
                refusedSince = Optional.empty();
                LOG.info("[{}] leads the farm", settings.ownerName());
            } else {
                endIfCutOff(began);
            }
            return taken;
        });
    }

    /**
     * Whoever asks for the right to lead believes that no older coordinator is there. When one goes on leading all the
     * same, the network parted and the two will never meet again, unless this one begins anew.
     */
    private void endIfCutOff(long now) {
        if (refusedSince.isEmpty()) {
            refusedSince = Optional.of(now);
        }
        if (now - refusedSince.get() > refusalPatience.toNanos()) {
            LOG.error("[{}] ends: a coordinator that it cannot reach leads the farm", settings.ownerName());
            CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.clusterDowningReason());
        }
    }

    @Override
    public CompletionStage<Boolean> release() {
        return onThread(() -> {
            heldUntil = Optional.empty();
            update(GIVE_BACK, settings.leaseName(), settings.ownerName());
            return true;
        });
    }

    @Override
    public boolean checkLease() {
        return heldUntil.filter(until -> System.nanoTime() - until < 0).isPresent();
    }

    private void renew() {
        if (heldUntil.isEmpty()) {
            return;
        }
        long began = System.nanoTime();
        try {
            if (update(RENEW, settings.leaseName(), settings.ownerName()) == 1) {
                heldFrom(began);
                return;
            }
            lose(Optional.empty(), "another coordinator took it");
        } catch (SQLException e) {
            LOG.warn("The leadership could not be renewed: {}", e.getMessage());
            if (!checkLease()) {
                lose(Optional.of(e), "the database does not answer");
            }
        }
    }

    private void lose(Optional<Throwable> cause, String why) {
        LOG.warn("[{}] no longer leads the farm: {}", settings.ownerName(), why);
        heldUntil = Optional.empty();
        onLost.accept(cause);
    }

    /** Less than the database gives, so that it ends here before it can begin elsewhere. */
    private void heldFrom(long nanos) {
        Duration margin = settings.timeoutSettings().getHeartbeatInterval();
        heldUntil = Optional.of(nanos + timeout().minus(margin).toNanos());
    }

    private Duration timeout() {
        return settings.timeoutSettings().getHeartbeatTimeout();
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    private <T> CompletionStage<T> onThread(Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                answer.complete(question.ask());
            } catch (SQLException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.orTimeout(settings.timeoutSettings().getOperationTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** On a connection that is kept; one that failed is made anew the next time. */
    private int update(String sql, Object... values) throws SQLException {
        if (connection.isEmpty()) {
            connection = Optional.of(database.connect());
        }
        try (PreparedStatement statement = connection.get().prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            Connection broken = connection.get();
            connection = Optional.empty();
            try {
                broken.close();
            } catch (SQLException alsoBroken) {
                e.addSuppressed(alsoBroken);
            }
            throw e;
        }
    }
}
