package handscroll.protocol.kryo;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.KnownPixels;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.task.TokenBlock;
import handscroll.protocol.trace.JobTrace;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One fixed number for each class that travels: the wire format. Coordinator and workers of different
 * builds understand each other as long as numbers only ever get appended.
 *
 * <p>Rules: never change or reuse a number; a class that is gone leaves its number here as a comment; the
 * components of a record are its format, so a changed record is a new class under a new number. Numbers
 * below 20 are Kryo's own.
 */
final class WireTypes {

    /** Kinds of value whose run-time classes differ: all actor references are one kind, all lists, all maps. */
    static final int ACTOR_REF = 20;

    static final int LIST = 21;
    static final int MAP = 22;

    /** Stands in every task to sample, a dozen times. */
    static final int CONTEXT_PATCH = 68;

    static final Map<Integer, Class<?>> BY_NUMBER = byNumber();

    private static Map<Integer, Class<?>> byNumber() {
        Map<Integer, Class<?>> types = new TreeMap<>();

        types.put(23, byte[].class);
        types.put(24, short[].class);
        types.put(25, Duration.class);
        types.put(26, Optional.class);
        // 27 to 29: left for kinds of value to come.

        types.put(30, Leasing.WorkerId.class);
        types.put(31, Leasing.Join.class);
        types.put(32, Leasing.Welcome.class);
        types.put(33, Leasing.Refused.class);
        types.put(34, Leasing.Pull.class);
        // 35: a grant before batches mixed jobs.
        types.put(36, Leasing.Renew.class);
        // 37: a completed lease when pulls were always said apart. 38: work before states were counted.
        types.put(39, Leasing.Failed.class);
        types.put(40, Leasing.Revoked.class);
        types.put(41, Leasing.Released.class);
        types.put(42, Leasing.Leave.class);
        types.put(43, Leasing.WorkTime.class);
        types.put(44, Leasing.Granted.class);
        types.put(45, Leasing.Completed.class);
        types.put(46, Leasing.OutOfMemory.class);
        types.put(47, Leasing.DeviceFailed.class);
        types.put(48, Leasing.Drained.class);
        // 49 to 59: left for the lease conversation.

        types.put(60, JobId.class);
        types.put(61, PatchId.class);
        // 62: render settings before there were rounds.
        types.put(63, JobSpec.TileEncoding.class);
        types.put(64, Task.Encode.class);
        // 65: a patch to sample before there were layouts.
        // 66: a tile to decode before known pixels were pasted.
        types.put(67, Task.Idle.class);
        types.put(CONTEXT_PATCH, ContextPatch.class);
        types.put(69, TokenBlock.class);
        types.put(70, PixelBlock.class);
        types.put(71, TaskResult.Tokens.class);
        // 72: a stored tile before its seams were scored.
        types.put(73, TaskResult.Nothing.class);
        // 74: a patch to sample before there was memory.
        types.put(75, Task.Decode.class);
        types.put(76, Task.Fill.class);
        types.put(77, KnownPixels.class);
        // 78 and 79: a patch to sample, and render settings, before there were texts.
        types.put(80, RememberedPatch.class);
        // 81: tasks of a job before there were traces.
        types.put(82, Task.Sample.class);
        // 83: render settings before sampling had a least probability.
        types.put(84, RenderSettings.Sampling.class);
        types.put(85, RenderSettings.class);
        types.put(86, JobTrace.class);
        types.put(87, JobTasks.class);
        types.put(88, TaskResult.TileStored.class);

        return Collections.unmodifiableMap(types);
    }

    private WireTypes() {}
}
