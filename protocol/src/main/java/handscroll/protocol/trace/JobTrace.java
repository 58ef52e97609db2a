package handscroll.protocol.trace;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import java.time.Instant;

/**
 * What ties all spans of a job together; travels with its tasks. Numbers of spans are computed and never kept: what a
 * worker tells of an attempt hangs below what the coordinator tells of it, though neither asked the other.
 *
 * @param high with {@code low} the trace, one for each job, also across restarts
 * @param run the span of the job from where it began or went on to where it stopped: the parent of its attempts
 * @param share of its patches, 0 to 1, whose attempts are told though nothing went wrong
 */
public record JobTrace(long high, long low, long run, double share) {

    private static final double UNIT = 0x1p-53;

    /** @param begun when it was taken up, for the first time or again */
    public static JobTrace of(JobId job, Instant acceptedAt, Instant begun, double share) {
        long seed = mixed(acceptedAt.toEpochMilli());
        for (int i = 0; i < job.value().length(); i++) {
            seed = mixed(seed ^ job.value().charAt(i));
        }
        long low = number(seed + 1);
        return new JobTrace(number(seed), low, number(low ^ mixed(nanos(begun))), share);
    }

    /** The same for all attempts at a patch, and for its tile. */
    public boolean follows(PatchId patch) {
        return (mixed(low ^ mixed(patch)) >>> 11) * UNIT < share;
    }

    /** The span of the attempt that a lease is at a patch. */
    long attempt(long epoch, PatchId patch) {
        return number(low ^ mixed(epoch) ^ mixed(patch));
    }

    /** Of the tile that came of an attempt. */
    long tile(long epoch, PatchId patch) {
        return number(attempt(epoch, patch));
    }

    private static long mixed(PatchId patch) {
        return mixed(mixed(mixed(mixed(patch.stage()) + patch.column()) + patch.row()) + patch.frame());
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    /** 0 would mean that there is none. */
    private static long number(long seed) {
        long number = mixed(seed);
        return number == 0 ? 1 : number;
    }

    /** The finalizer of SplitMix64. */
    private static long mixed(long seed) {
        long z = seed + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
