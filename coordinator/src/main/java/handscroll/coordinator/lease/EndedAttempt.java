package handscroll.coordinator.lease;

import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;

/**
 * One try at a patch that ended without a result.
 *
 * @param at when it did, or when a lost worker was last heard
 * @param countsAgainstPatch whether it is one of the few that a patch has: what was taken back from a worker is not
 */
public record EndedAttempt(WorkerId worker, Instant at, String reason, boolean countsAgainstPatch) {}
