package handscroll.coordinator.journal;

import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;

/**
 * Whose tokens a log holds, so that it is never read into another picture.
 *
 * @param contentHash over everything that tokens depend on
 */
public record LogIdentity(JobId job, String contentHash) {

    static final int MAX_HASH_CHARS = 128;

    public LogIdentity {
        if (contentHash.length() > MAX_HASH_CHARS
                || !StandardCharsets.US_ASCII.newEncoder().canEncode(contentHash)) {
            throw new IllegalArgumentException("a content hash has up to " + MAX_HASH_CHARS + " ASCII characters");
        }
    }

    /**
     * The same job asked for again, e.g. into another directory, has the same content hash. Written out
     * field by field, so that a spec that learns a new field does not cut old logs off.
     *
     * @param otherHashes of what the spec only names: the model, the input picture
     */
    public static LogIdentity of(JobId job, JobSpec spec, List<String> otherHashes) {
        var tokensDependOn = new StringJoiner("\n");
        tokensDependOn.add("task " + spec.task().configName());
        tokensDependOn.add("canvas " + spec.canvas().widthPixels() + " x "
                + spec.canvas().heightPixels() + " x " + spec.canvas().frameCount());
        if (spec.canvas().wraps()) {
            tokensDependOn.add("wraps in x");
        }
        spec.input()
                .ifPresent(input -> tokensDependOn.add(
                        "input, its whole tokens kept, at " + input.xPixels() + ", " + input.yPixels()));
        tokensDependOn.add("direction " + spec.direction());
        tokensDependOn.add("seed " + spec.seed());
        spec.sampling().temperature().ifPresent(temperature -> tokensDependOn.add("temperature " + temperature));
        spec.sampling().topK().ifPresent(topK -> tokensDependOn.add("top-k " + topK));
        spec.sampling().minP().ifPresent(minP -> tokensDependOn.add("min-p " + minP));
        spec.sampling().rounds().ifPresent(rounds -> tokensDependOn.add("rounds " + rounds));
        spec.sampling().lag().ifPresent(lag -> tokensDependOn.add("lag " + lag));
        spec.sampling().horizon().ifPresent(horizon -> tokensDependOn.add("horizon " + horizon));
        spec.sampling().guidance().ifPresent(guidance -> tokensDependOn.add("guidance " + guidance));
        spec.texts().text().ifPresent(text -> tokensDependOn.add("text " + text));
        spec.texts().regions().forEach(region -> tokensDependOn.add("in " + region));
        spec.texts().story().forEach(scene -> tokensDependOn.add("then " + scene));
        tokensDependOn.add("context " + spec.context().configName());
        otherHashes.forEach(tokensDependOn::add);
        return new LogIdentity(job, HexFormat.of().formatHex(sha256(tokensDependOn.toString())));
    }

    /** Goes into the checksum of each record, so that a record of another job is never taken for ours. */
    long checksumSeed() {
        byte[] digest = sha256(job + "\n" + contentHash);
        return ByteBuffer.wrap(digest).getLong();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
