package handscroll.protocol.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides who of those that are out of reach no longer belongs to the farm. Knows no cluster and no clock.
 *
 * <ul>
 *   <li>A coordinator stays, whatever workers do: farms lose most of their workers at once on normal days. It puts out
 *       workers and other coordinators that it does not reach itself. Of two coordinators that lost each other and still
 *       reach the same workers the older one is quicker; nothing else says which of them goes on, for who leads is said by
 *       the journal's database.
 *   <li>A worker puts out nobody but itself: when no coordinator is in its reach, or one for so long that its own network
 *       must be to blame. It then begins anew.
 * </ul>
 *
 * Akka's split-brain resolver ends every node that others see differently, a lone coordinator too: two workers that died
 * within seconds of each other were enough.
 *
 * @param <N> a node
 */
final class Downing<N> {

    /** What others still reach, or no longer, blocks membership; after so many times the usual patience it goes too. */
    private static final int STRAY_PATIENCE = 3;

    /**
     * Another node of the farm.
     *
     * @param isOlder it was there before this one
     * @param isMissed somebody does not reach it
     * @param isHeard this node does reach it, as far as it looks
     */
    record Peer<N>(N node, boolean coordinates, boolean isOlder, boolean isMissed, boolean isHeard) {}

    private final N self;
    private final boolean coordinates;
    private final Duration after;
    private final Duration headStart;
    private Map<N, Long> lostSince = new HashMap<>();
    private Map<N, Long> straySince = new HashMap<>();

    /**
     * @param after a node that is not heard for so long is put out
     * @param headStart so much sooner by an older coordinator
     */
    Downing(N self, boolean coordinates, Duration after, Duration headStart) {
        this.self = self;
        this.coordinates = coordinates;
        this.after = after;
        this.headStart = headStart;
    }

    /** To be called every second or so with all others; returns who is to be put out, perhaps this node itself. */
    List<N> look(List<Peer<N>> peers, long nowNanos) {
        Map<N, Long> lost = new HashMap<>();
        Map<N, Long> stray = new HashMap<>();
        for (Peer<N> peer : peers) {
            if (peer.isMissed()) {
                Map<N, Long> before = peer.isHeard() ? straySince : lostSince;
                (peer.isHeard() ? stray : lost).put(peer.node(), before.getOrDefault(peer.node(), nowNanos));
            }
        }
        lostSince = lost;
        straySince = stray;
        return coordinates ? othersToPutOut(peers, nowNanos) : isAlone(peers, nowNanos) ? List.of(self) : List.of();
    }

    private List<N> othersToPutOut(List<Peer<N>> peers, long now) {
        List<N> out = new ArrayList<>();
        for (Peer<N> peer : peers) {
            Duration patience = peer.coordinates() && !peer.isOlder() ? after.minus(headStart) : after;
            boolean isStray = !peer.coordinates() && isSince(straySince, peer, after.multipliedBy(STRAY_PATIENCE), now);
            if (isSince(lostSince, peer, patience, now) || isStray) {
                out.add(peer.node());
            }
        }
        return out;
    }

    private boolean isAlone(List<Peer<N>> peers, long now) {
        boolean isLed = false;
        for (Peer<N> peer : peers) {
            if (peer.coordinates()) {
                isLed |= !isSince(lostSince, peer, after, now);
                if (isSince(lostSince, peer, after.multipliedBy(STRAY_PATIENCE), now)) {
                    return true;
                }
            }
        }
        return !isLed && !peers.isEmpty();
    }

    private boolean isSince(Map<N, Long> since, Peer<N> peer, Duration patience, long now) {
        Long began = since.get(peer.node());
        return began != null && now - began >= patience.toNanos();
    }
}
