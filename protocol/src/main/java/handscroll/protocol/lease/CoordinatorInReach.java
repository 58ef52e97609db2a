package handscroll.protocol.lease;

import akka.actor.ExtendedActorSystem;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.javadsl.Lease;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Decides for the split-brain resolver which side of a parted network goes on: each that has a coordinator in reach. Those
 * without one are workers among themselves; they end and begin anew, and look for one.
 *
 * <p>Two sides with a coordinator may both go on, and only one of the two leads: the one that holds the leadership in the
 * journal's database. The other gives up after a while and ends. Akka's own strategies cannot be used for two coordinators:
 * they end the one that is left when the older one dies.
 */
public final class CoordinatorInReach extends Lease {

    private static final String ROLE = "coordinator";

    private final LeaseSettings settings;
    private final ExtendedActorSystem system;

    public CoordinatorInReach(LeaseSettings settings, ExtendedActorSystem system) {
        this.settings = settings;
        this.system = system;
    }

    @Override
    public LeaseSettings getSettings() {
        return settings;
    }

    @Override
    public CompletionStage<Boolean> acquire() {
        return CompletableFuture.completedFuture(checkLease());
    }

    @Override
    public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> leaseLost) {
        return acquire();
    }

    @Override
    public CompletionStage<Boolean> release() {
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public boolean checkLease() {
        Cluster cluster = Cluster.get(system);
        for (Member member : cluster.state().getMembers()) {
            if (member.hasRole(ROLE) && !cluster.state().getUnreachable().contains(member)) {
                return true;
            }
        }
        return false;
    }
}
