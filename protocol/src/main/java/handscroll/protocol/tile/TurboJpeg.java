package handscroll.protocol.tile;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import handscroll.protocol.task.PixelBlock;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * libjpeg-turbo, where the machine has it (Debian: libturbojpeg0). Several times as fast as the Java platform's encoder.
 * Always the accurate transform and 4:2:0, so that every version of the library, with and without SIMD, makes the same bytes.
 *
 * <p>A codec of native memory is borrowed for one call and belongs to the process: there are as many as threads ever worked at
 * once, some 0.4 MB each.
 */
final class TurboJpeg {

    /** The library's C interface, under its names there. */
    interface Calls extends Library {
        Pointer tjInitCompress();

        Pointer tjInitDecompress();

        NativeLong tjBufSize(int width, int height, int subsampling);

        int tjCompress2(
                Pointer handle,
                Pointer pixels,
                int width,
                int rowBytes,
                int height,
                int pixelFormat,
                PointerByReference jpeg,
                NativeLongByReference jpegBytes,
                int subsampling,
                int quality,
                int flags);

        int tjDecompressHeader3(
                Pointer handle,
                Pointer jpeg,
                NativeLong jpegBytes,
                IntByReference width,
                IntByReference height,
                IntByReference subsampling,
                IntByReference colours);

        int tjDecompress2(
                Pointer handle,
                Pointer jpeg,
                NativeLong jpegBytes,
                Pointer pixels,
                int width,
                int rowBytes,
                int height,
                int pixelFormat,
                int flags);

        String tjGetErrorStr2(Pointer handle);
    }

    private static final int RGB = 0;
    private static final int SAMPLING_420 = 2;
    private static final int NO_REALLOCATION = 1024;
    private static final int ACCURATE = 4096;

    private static final Optional<TurboJpeg> LOADED = load();

    /** Empty where the machine has no such library. */
    static Optional<TurboJpeg> ofThisMachine() {
        return LOADED;
    }

    private static Optional<TurboJpeg> load() {
        if (Boolean.getBoolean("handscroll.jpeg.platform")) {
            return Optional.empty();
        }
        for (String name : new String[] {"turbojpeg", "libturbojpeg.so.0"}) {
            try {
                return Optional.of(new TurboJpeg(Native.load(name, Calls.class)));
            } catch (LinkageError absent) {
                continue;
            }
        }
        return Optional.empty();
    }

    private final Calls calls;
    private final Queue<Codec> idle = new ConcurrentLinkedQueue<>();

    private TurboJpeg(Calls calls) {
        this.calls = calls;
    }

    byte[] encode(PixelBlock tile, int quality) {
        Codec codec = borrow();
        try {
            return codec.encode(tile, quality);
        } finally {
            idle.add(codec);
        }
    }

    /** @throws IllegalArgumentException when it is no whole JPEG */
    PixelBlock decode(byte[] jpeg) {
        Codec codec = borrow();
        try {
            return codec.decode(jpeg);
        } finally {
            idle.add(codec);
        }
    }

    private Codec borrow() {
        Codec codec = idle.poll();
        return codec == null ? new Codec() : codec;
    }

    private final class Codec {
        private final Pointer compressor = calls.tjInitCompress();
        private final Pointer decompressor = calls.tjInitDecompress();
        private final PointerByReference target = new PointerByReference();
        private final NativeLongByReference length = new NativeLongByReference();
        private final IntByReference width = new IntByReference();
        private final IntByReference height = new IntByReference();
        private final IntByReference ignored = new IntByReference();
        private Memory pixels = new Memory(1);
        private Memory jpeg = new Memory(1);

        byte[] encode(PixelBlock tile, int quality) {
            byte[] rgb = tile.rgb();
            pixels = atLeast(pixels, rgb.length);
            pixels.write(0, rgb, 0, rgb.length);
            jpeg = atLeast(
                    jpeg,
                    calls.tjBufSize(tile.widthPixels(), tile.heightPixels(), SAMPLING_420)
                            .longValue());
            target.setValue(jpeg);
            length.setValue(new NativeLong(jpeg.size()));
            int failed = calls.tjCompress2(
                    compressor,
                    pixels,
                    tile.widthPixels(),
                    0,
                    tile.heightPixels(),
                    RGB,
                    target,
                    length,
                    SAMPLING_420,
                    Math.max(1, quality),
                    NO_REALLOCATION | ACCURATE);
            if (failed != 0) {
                throw new IllegalStateException("a tile cannot be encoded: " + calls.tjGetErrorStr2(compressor));
            }
            return jpeg.getByteArray(0, (int) length.getValue().longValue());
        }

        PixelBlock decode(byte[] bytes) {
            jpeg = atLeast(jpeg, bytes.length);
            jpeg.write(0, bytes, 0, bytes.length);
            NativeLong size = new NativeLong(bytes.length);
            if (calls.tjDecompressHeader3(decompressor, jpeg, size, width, height, ignored, ignored) != 0) {
                throw new IllegalArgumentException(calls.tjGetErrorStr2(decompressor));
            }
            int rgbBytes = Math.multiplyExact(3, Math.multiplyExact(width.getValue(), height.getValue()));
            pixels = atLeast(pixels, rgbBytes);
            if (calls.tjDecompress2(
                            decompressor, jpeg, size, pixels, width.getValue(), 0, height.getValue(), RGB, ACCURATE)
                    != 0) {
                throw new IllegalArgumentException(calls.tjGetErrorStr2(decompressor));
            }
            return new PixelBlock(width.getValue(), height.getValue(), pixels.getByteArray(0, rgbBytes));
        }

        private static Memory atLeast(Memory memory, long bytes) {
            if (memory.size() >= bytes) {
                return memory;
            }
            memory.close();
            return new Memory(bytes);
        }
    }
}
