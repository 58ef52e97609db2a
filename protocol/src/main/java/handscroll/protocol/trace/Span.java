package handscroll.protocol.trace;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that took its time, for a trace: a job's run, below it the attempts at its patches, below those the tiles that
 * came of them.
 *
 * @param parent 0 for none
 * @param failure what went wrong, in a sentence
 */
public record Span(
        String name,
        JobTrace trace,
        long id,
        long parent,
        Instant start,
        Instant end,
        Attributes attributes,
        Optional<String> failure) {

    /** How an attempt ended. */
    public enum AttemptEnd {
        COMPLETED,
        /** The other of two renderings of it was quicker. */
        COMPARED,
        FAILED,
        /** Its worker was lost, blocked or drained, or its job stopped. */
        TAKEN_BACK;

        String word() {
            return switch (this) {
                case COMPLETED -> "completed";
                case COMPARED -> "compared";
                case FAILED -> "failed";
                case TAKEN_BACK -> "taken back";
            };
        }

        boolean isInVain() {
            return this == FAILED || this == TAKEN_BACK;
        }
    }

    /**
     * A try at a patch, from its grant on.
     *
     * @param task what is done, e.g. {@code Sample}
     * @param number of the try, from 1
     * @param batchSize patches that were rendered together
     */
    public record Attempt(PatchId patch, long epoch, String worker, String task, int number, int batchSize) {}

    /** @param state that it stopped in */
    public static Span ofJob(
            JobTrace trace, JobId job, String title, Instant begun, Instant end, String state, Optional<String> cause) {
        Attributes attributes = Attributes.builder()
                .put("handscroll.job", job.value())
                .put("handscroll.job.name", title)
                .put("handscroll.state", state)
                .build();
        return new Span("job", trace, trace.run(), 0, begun, latest(begun, end), attributes, cause);
    }

    /** @param reason why it ended so; empty for one that went well */
    public static Span ofAttempt(
            JobTrace trace, JobId job, Attempt attempt, Instant granted, Instant ended, AttemptEnd how, String reason) {
        AttributesBuilder attributes = of(job, attempt.patch(), attempt.epoch())
                .put("handscroll.task", attempt.task())
                .put("handscroll.worker", attempt.worker())
                .put("handscroll.attempt", attempt.number())
                .put("handscroll.batch.size", attempt.batchSize())
                .put("handscroll.outcome", how.word());
        return new Span(
                "patch attempt",
                trace,
                trace.attempt(attempt.epoch(), attempt.patch()),
                trace.run(),
                granted,
                latest(granted, ended),
                attributes.build(),
                how.isInVain() ? Optional.of(reason) : Optional.empty());
    }

    /** Whether an attempt that ended so is to be told. */
    public static boolean isTold(JobTrace trace, PatchId patch, AttemptEnd how) {
        return how.isInVain() || trace.follows(patch);
    }

    /**
     * A tile from when it was encoded to when it was durable.
     *
     * @param byteCount of what was sent
     */
    public static Span ofTile(
            JobTrace trace,
            JobId job,
            PatchId patch,
            long epoch,
            int byteCount,
            Instant encoded,
            Instant durable,
            Optional<String> refusal) {
        Attributes attributes =
                of(job, patch, epoch).put("handscroll.tile.bytes", byteCount).build();
        return new Span(
                "tile",
                trace,
                trace.tile(epoch, patch),
                trace.attempt(epoch, patch),
                encoded,
                latest(encoded, durable),
                attributes,
                refusal);
    }

    private static AttributesBuilder of(JobId job, PatchId patch, long epoch) {
        return Attributes.builder()
                .put("handscroll.job", job.value())
                .put("handscroll.stage", patch.stage())
                .put("handscroll.column", patch.column())
                .put("handscroll.row", patch.row())
                .put("handscroll.frame", patch.frame())
                .put("handscroll.epoch", epoch);
    }

    /** A lost worker was last heard before its last grant, and clocks may be set. */
    private static Instant latest(Instant start, Instant end) {
        return end.isBefore(start) ? start : end;
    }
}
