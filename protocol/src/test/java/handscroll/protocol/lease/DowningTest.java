package handscroll.protocol.lease;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.lease.Downing.Peer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DowningTest {

    private static final Peer<String> LEADER = new Peer<>("leader", true, true, false, true);
    private static final Peer<String> WORKER = new Peer<>("worker", false, false, false, true);

    private final Downing<String> coordinator = downing("me", true);
    private final Downing<String> worker = downing("me", false);

    @Test
    void aLoneCoordinatorPutsOutDeadWorkersAndStays() {
        List<Peer<String>> peers = List.of(lost(WORKER), lost(new Peer<>("other", false, false, false, true)));
        assertThat(coordinator.look(peers, seconds(0))).isEmpty();
        assertThat(coordinator.look(peers, seconds(6))).isEmpty();
        assertThat(coordinator.look(peers, seconds(7))).containsExactly("worker", "other");
    }

    @Test
    void whoIsHeardAgainIsNotPutOut() {
        coordinator.look(List.of(lost(WORKER)), seconds(0));
        coordinator.look(List.of(WORKER), seconds(5));
        assertThat(coordinator.look(List.of(lost(WORKER)), seconds(8))).isEmpty();
    }

    @Test
    void anOlderCoordinatorIsQuickerThanAYounger() {
        Peer<String> younger = lost(new Peer<>("younger", true, false, false, true));
        coordinator.look(List.of(younger), seconds(0));
        assertThat(coordinator.look(List.of(younger), seconds(4))).containsExactly("younger");

        Downing<String> second = downing("me", true);
        second.look(List.of(lost(LEADER)), seconds(0));
        assertThat(second.look(List.of(lost(LEADER)), seconds(6))).isEmpty();
        assertThat(second.look(List.of(lost(LEADER)), seconds(7))).containsExactly("leader");
    }

    @Test
    void aCoordinatorThatOnlyAWorkerMissesStays() {
        List<Peer<String>> peers = List.of(missedByOthers(LEADER), missedByOthers(WORKER));
        coordinator.look(peers, seconds(0));
        assertThat(coordinator.look(peers, seconds(20))).isEmpty();
        assertThat(coordinator.look(peers, seconds(21))).containsExactly("worker");
    }

    @Test
    void aWorkerWithoutACoordinatorBeginsAnewAndPutsOutNobodyElse() {
        List<Peer<String>> peers = List.of(lost(LEADER), lost(WORKER));
        assertThat(worker.look(peers, seconds(0))).isEmpty();
        assertThat(worker.look(peers, seconds(7))).containsExactly("me");
    }

    @Test
    void aWorkerStaysWhileAnotherCoordinatorIsInReachButNotForEver() {
        List<Peer<String>> peers = List.of(lost(LEADER), new Peer<>("second", true, false, false, true));
        worker.look(peers, seconds(0));
        assertThat(worker.look(peers, seconds(20))).isEmpty();
        assertThat(worker.look(peers, seconds(21))).containsExactly("me");
    }

    private static Downing<String> downing(String self, boolean coordinates) {
        return new Downing<>(self, coordinates, Duration.ofSeconds(7), Duration.ofSeconds(3));
    }

    private static Peer<String> lost(Peer<String> peer) {
        return new Peer<>(peer.node(), peer.coordinates(), peer.isOlder(), true, false);
    }

    private static Peer<String> missedByOthers(Peer<String> peer) {
        return new Peer<>(peer.node(), peer.coordinates(), peer.isOlder(), true, true);
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
