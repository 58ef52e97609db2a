package handscroll.protocol.lease;

import akka.actor.AbstractActorWithTimers;
import akka.actor.ActorSystem;
import akka.actor.Props;
import akka.cluster.Cluster;
import akka.cluster.ClusterEvent;
import akka.cluster.DowningProvider;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;
import akka.remote.artery.ThisActorSystemQuarantinedEvent;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/**
 * Has {@link Downing} look at the cluster every second. Akka makes one for each process.
 *
 * <p>Whoever is put out by one coordinator is told so by each that still reaches it. Akka itself leaves that to chance: once
 * the others have forgotten a node they drop what it says without a word, and it finds out by their silence, twenty seconds
 * later.
 */
public final class FarmDowning extends DowningProvider {

    private static final String COORDINATOR = "coordinator";

    private final Config settings;

    public FarmDowning(ActorSystem system) {
        this.settings = system.settings().config().getConfig("handscroll.downing");
    }

    @Override
    public FiniteDuration downRemovalMargin() {
        return FiniteDuration.Zero();
    }

    @Override
    public Option<Props> downingActorProps() {
        Duration after = settings.getDuration("after");
        Duration headStart = settings.getDuration("head-start");
        return Option.apply(Props.create(Lookout.class, () -> new Lookout(after, headStart)));
    }

    private static final class Lookout extends AbstractActorWithTimers {

        private static final Logger LOG = LoggerFactory.getLogger(FarmDowning.class);
        private static final Set<MemberStatus> GOING =
                Set.of(MemberStatus.down(), MemberStatus.removed(), MemberStatus.exiting());

        private enum Look {
            NOW
        }

        private final Cluster cluster = Cluster.get(getContext().getSystem());
        private final Downing<UniqueAddress> downing;

        Lookout(Duration after, Duration headStart) {
            downing = new Downing<>(
                    cluster.selfUniqueAddress(), cluster.getSelfRoles().contains(COORDINATOR), after, headStart);
            getContext().getSystem().eventStream().subscribe(getSelf(), ThisActorSystemQuarantinedEvent.class);
            if (cluster.getSelfRoles().contains(COORDINATOR)) {
                cluster.subscribe(getSelf(), ClusterEvent.initialStateAsEvents(), ClusterEvent.MemberDowned.class);
            }
            getTimers().startTimerWithFixedDelay(Look.NOW, Look.NOW, Duration.ofSeconds(1));
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .matchEquals(Look.NOW, now -> look())
                    .match(ClusterEvent.MemberDowned.class, downed -> tellPutOut(downed.member()))
                    .match(Long.class, this::onPutOut)
                    .match(ThisActorSystemQuarantinedEvent.class, this::onQuarantined)
                    .build();
        }

        /** The number of its life is the message: another process may be at its address by then. */
        private void tellPutOut(Member member) {
            String lookout = member.address() + getSelf().path().toStringWithoutAddress();
            getContext().actorSelection(lookout).tell(member.uniqueAddress().longUid(), getSelf());
        }

        private void onPutOut(Long uid) {
            if (uid == cluster.selfUniqueAddress().longUid()) {
                LOG.warn(
                        "[{}] was put out of the farm, says [{}]",
                        cluster.selfAddress(),
                        getSender().path().address());
                cluster.down(cluster.selfAddress());
            }
        }

        /** The others put this node out while it could not hear them, and will never speak to it again. */
        private void onQuarantined(ThisActorSystemQuarantinedEvent event) {
            for (Member member : cluster.state().getMembers()) {
                UniqueAddress known = member.uniqueAddress();
                if (known.address().equals(event.remoteAddress().address())
                        && known.longUid() == event.remoteAddress().uid()) {
                    LOG.warn("[{}] was put out of the farm by [{}]", cluster.selfAddress(), member.address());
                    cluster.down(cluster.selfAddress());
                }
            }
        }

        private void look() {
            Member self = cluster.selfMember();
            Set<Member> unreachable = cluster.state().getUnreachable();
            List<Downing.Peer<UniqueAddress>> peers = new ArrayList<>();
            for (Member member : cluster.state().getMembers()) {
                if (!member.uniqueAddress().equals(self.uniqueAddress()) && !GOING.contains(member.status())) {
                    var detector = cluster.failureDetector();
                    peers.add(new Downing.Peer<>(
                            member.uniqueAddress(),
                            member.hasRole(COORDINATOR),
                            member.isOlderThan(self),
                            unreachable.contains(member),
                            detector.isMonitoring(member.address()) && detector.isAvailable(member.address())));
                }
            }
            for (UniqueAddress out : downing.look(peers, System.nanoTime())) {
                LOG.warn("[{}] puts [{}] out of the farm: it is out of reach", self.address(), out.address());
                cluster.down(out.address());
            }
        }
    }
}
