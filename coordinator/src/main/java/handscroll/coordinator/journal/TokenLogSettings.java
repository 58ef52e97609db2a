package handscroll.coordinator.journal;

import com.typesafe.config.Config;

/** The bounds of a token log; {@code reference.conf} says what they are for. */
public record TokenLogSettings(long preallocatedBytes, long maxPendingBytes, long maxCommitBytes) {

    public static TokenLogSettings from(Config config) {
        Config block = config.getConfig("handscroll.coordinator.journal.token-log");
        return new TokenLogSettings(
                block.getBytes("preallocated"), block.getBytes("max-pending"), block.getBytes("max-commit"));
    }
}
