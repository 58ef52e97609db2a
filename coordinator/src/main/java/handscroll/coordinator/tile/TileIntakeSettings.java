package handscroll.coordinator.tile;

import com.typesafe.config.Config;
import handscroll.protocol.tile.TileLimits;
import java.time.Duration;

/**
 * Where and how tiles are taken in; {@code handscroll.coordinator.tile} in reference.conf explains each.
 *
 * @param host that workers are told to connect to
 * @param port 0 for any free one
 * @param connectionParallelism tiles of one connection that are taken in at once
 * @param storedAtOnce tiles of all connections that are handed to stores at once
 */
public record TileIntakeSettings(
        String bindHost,
        String host,
        int port,
        int connectionCount,
        int connectionParallelism,
        int storedAtOnce,
        Duration helloTimeout,
        TileLimits limits) {

    /** @param config the whole configuration */
    public static TileIntakeSettings from(Config config) {
        Config tile = config.getConfig("handscroll.coordinator.tile");
        return new TileIntakeSettings(
                tile.getString("bind-host"),
                tile.getString("host"),
                tile.getInt("port"),
                tile.getInt("connections"),
                tile.getInt("connection-parallelism"),
                tile.getInt("stored-at-once"),
                tile.getDuration("hello-timeout"),
                TileLimits.from(config));
    }
}
