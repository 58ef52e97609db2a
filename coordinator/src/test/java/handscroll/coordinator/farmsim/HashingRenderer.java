package handscroll.coordinator.farmsim;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.Task;

/** Makes tokens of a hash over everything that a task reads: a wrong, missing or reordered context is seen in them. */
final class HashingRenderer {

    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    /** The tokens of an encoded or sampled patch. */
    static short[] tokens(JobId job, Task task, String deviceClass, int count, int codes) {
        long hash = content(job, task, deviceClass);
        short[] tokens = new short[count];
        for (int index = 0; index < count; index++) {
            tokens[index] = (short) Long.remainderUnsigned(mix(hash + index), codes);
        }
        return tokens;
    }

    /** What a tile would look like. */
    static long content(JobId job, Task task, String deviceClass) {
        if (task instanceof Task.Fill fill) {
            long known = mix(mix(fill.left(), fill.top()), mix(fill.right(), fill.bottom()));
            return mix(content(job, fill.sample(), deviceClass), mix(known, hash(fill.window())));
        }
        PatchId patch = task.patch();
        long hash = mix(job.value().hashCode(), deviceClass.hashCode());
        hash = mix(mix(hash, patch.stage()), patch.column());
        hash = mix(mix(hash, patch.row()), patch.frame());
        if (task instanceof Task.Sample sample) {
            for (ContextPatch context : sample.context()) {
                hash = mix(mix(hash, context.columnOffset()), context.rowOffset());
                hash = mix(mix(hash, context.frameOffset()), hash(context.tokens()));
            }
            hash = mix(hash, Double.doubleToLongBits(sample.topPosition()));
            hash = mix(hash, Double.doubleToLongBits(sample.bottomPosition()));
            hash = mix(
                    mix(hash, sample.layout().columns()), hash(sample.layout().tokens()));
        } else if (task instanceof Task.Encode encode) {
            hash = mix(hash, hash(encode.window()));
        } else if (task instanceof Task.Decode decode) {
            hash = mix(mix(hash, decode.widthPixels()), decode.heightPixels());
            hash = mix(
                    mix(hash, decode.window().columns()), hash(decode.window().tokens()));
            hash = mix(mix(hash, decode.known().x()), decode.known().y());
            hash = mix(hash, hash(decode.known().pixels()));
        }
        return hash;
    }

    private static long hash(short[] tokens) {
        long hash = tokens.length;
        for (short token : tokens) {
            hash = mix(hash, token);
        }
        return hash;
    }

    private static long hash(PixelBlock pixels) {
        long hash = pixels.widthPixels();
        for (byte value : pixels.rgb()) {
            hash = hash * 31 + value;
        }
        return hash;
    }

    private static long mix(long hash, long more) {
        return mix(hash ^ more * FACTOR);
    }

    private static long mix(long bits) {
        long mixed = (bits ^ bits >>> 32) * FACTOR;
        mixed = (mixed ^ mixed >>> 29) * FACTOR;
        return mixed ^ mixed >>> 32;
    }

    private HashingRenderer() {}
}
