package handscroll.coordinator.lease;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How slots are shared among jobs and workers; {@code handscroll.coordinator.lease.sharing} in reference.conf
 * explains each.
 *
 * @param patience a job with ready patches that got no slot for so long gets one batch, whatever its priority
 * @param credit slot time that a job may lag behind others of its priority and still catch up on
 * @param passesOver so often a ready patch is passed over for one whose context the asking worker has
 * @param rememberedPatches of a job of which is known which worker has their states
 * @param gathering so long an idle slot waits at most for what results on their way to the log make ready
 */
public record SharingSettings(
        Duration patience, Duration credit, int passesOver, int rememberedPatches, Duration gathering) {

    /** What reference.conf says. */
    public static final SharingSettings USUAL =
            new SharingSettings(Duration.ofMinutes(1), Duration.ofSeconds(10), 3, 65_536, Duration.ofMillis(5));

    public SharingSettings {
        if (patience.isNegative()
                || credit.isNegative()
                || passesOver < 0
                || rememberedPatches < 0
                || gathering.isNegative()) {
            throw new IllegalArgumentException("handscroll.coordinator.lease.sharing: nothing may be below zero");
        }
    }

    static SharingSettings from(Config sharing) {
        return new SharingSettings(
                sharing.getDuration("patience"),
                sharing.getDuration("credit"),
                sharing.getInt("passes-over"),
                sharing.getInt("remembered-patches"),
                sharing.getDuration("gathering"));
    }
}
