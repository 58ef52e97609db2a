package handscroll.protocol.tile;

import akka.actor.typed.ActorSystem;
import akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider;
import akka.stream.IgnoreComplete$;
import akka.stream.TLSClosing;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

/**
 * The tile stream is as safe as the rest of the farm: where messages go over mutual TLS tiles do, too, with the same keys and
 * the same certificate authority, and keys that are exchanged while the process runs are used for the next connection.
 */
public final class TileSecurity {

    /** A side that has no more to say may still be answered: acknowledgements come after the last tile. */
    public static final TLSClosing CLOSING = IgnoreComplete$.MODULE$;

    private final RotatingKeysSSLEngineProvider keys;

    /** Empty where messages go in the clear. */
    public static Optional<TileSecurity> of(ActorSystem<?> system) {
        String transport = system.settings().config().getString("akka.remote.artery.transport");
        return transport.equals("tls-tcp")
                ? Optional.of(new TileSecurity(new RotatingKeysSSLEngineProvider(system.classicSystem())))
                : Optional.empty();
    }

    private TileSecurity(RotatingKeysSSLEngineProvider keys) {
        this.keys = keys;
    }

    /** Asks whoever connects for a certificate. */
    public SSLEngine serverEngine(String host, int port) {
        return keys.createServerSSLEngine(host, port);
    }

    public SSLEngine clientEngine(String host, int port) {
        return keys.createClientSSLEngine(host, port);
    }

    /** Empty when the other side belongs to the farm: its certificate has a name that ours has, too. */
    public Optional<Throwable> objectionToClient(String host, SSLSession session) {
        return Optional.ofNullable(keys.verifyClientSession(host, session).getOrElse(() -> null));
    }

    public Optional<Throwable> objectionToServer(String host, SSLSession session) {
        return Optional.ofNullable(keys.verifyServerSession(host, session).getOrElse(() -> null));
    }
}
