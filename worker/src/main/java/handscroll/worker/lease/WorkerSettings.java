package handscroll.worker.lease;

import com.typesafe.config.Config;
import handscroll.protocol.tile.TileLimits;
import java.time.Duration;

/** How a worker takes work and hands it in; {@code handscroll.worker.lease} in reference.conf explains each. */
public record WorkerSettings(
        int batchSize,
        Duration joinInterval,
        Duration refusedInterval,
        Duration connectTimeout,
        Duration reconnectInterval,
        Duration ackTimeout,
        TileLimits tileLimits) {

    public WorkerSettings {
        if (batchSize < 1) {
            throw new IllegalArgumentException("handscroll.worker.lease.batch-size must be above zero");
        }
    }

    /** @param config the whole configuration */
    public static WorkerSettings from(Config config) {
        Config lease = config.getConfig("handscroll.worker.lease");
        return new WorkerSettings(
                lease.getInt("batch-size"),
                lease.getDuration("join-interval"),
                lease.getDuration("refused-interval"),
                lease.getDuration("connect-timeout"),
                lease.getDuration("reconnect-interval"),
                lease.getDuration("ack-timeout"),
                TileLimits.from(config));
    }
}
