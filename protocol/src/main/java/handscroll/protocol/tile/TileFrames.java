package handscroll.protocol.tile;

import akka.util.ByteIterator;
import akka.util.ByteString;
import akka.util.ByteStringBuilder;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.PixelBlock;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What goes over the wire of a tile stream, frame by frame; each frame comes behind its length.
 *
 * <pre>
 *   worker                            tile intake
 *     | -- Hello ---------------------> |   first of all; a wrong key ends the connection
 *     | -- RenderedTile --------------> |   any number, without waiting
 *     | &lt;- Ack ------------------------ |   one for each, in the order in which they became durable
 * </pre>
 *
 * Every frame begins with the version and its kind, one byte each; numbers are big-endian; a block is its
 * length in four bytes and its bytes. What arrives is not trusted: a length is checked against what is
 * left of the frame before anything is allocated for it.
 */
public final class TileFrames {

    /** Opens a stream. */
    public record Hello(String key, WorkerId worker) {}

    /** Answers one tile; with a reason when it was not taken. */
    public record Ack(long epoch, PatchId patch, Optional<String> refusal) {
        public boolean isStored() {
            return refusal.isEmpty();
        }
    }

    /** A frame that no worker of this version would send; its message says what is wrong with it. */
    public static final class BadFrame extends RuntimeException {
        private static final long serialVersionUID = 1;

        public BadFrame(String message) {
            super(message);
        }
    }

    static final byte VERSION = 2;
    static final byte HELLO = 1;
    static final byte TILE = 2;
    static final byte ACK = 3;

    private static final ByteOrder ORDER = ByteOrder.BIG_ENDIAN;
    private static final int LONGEST_TEXT = 1024;

    public static ByteString encode(Hello hello) {
        ByteStringBuilder frame = begin(HELLO);
        putText(frame, hello.key());
        putText(frame, hello.worker().value());
        return frame.result();
    }

    public static ByteString encode(RenderedTile tile) {
        ByteStringBuilder frame = begin(TILE);
        putText(frame, tile.job().value());
        putPatch(frame, tile.patch());
        frame.putLong(tile.epoch(), ORDER);
        putBytes(frame, tile.encoded());
        frame.putInt(tile.half().widthPixels(), ORDER);
        frame.putInt(tile.half().heightPixels(), ORDER);
        putBytes(frame, tile.half().rgb());
        frame.putInt(checksum(tile.encoded(), tile.half().rgb()), ORDER);
        return frame.result();
    }

    /** CRC-32C of what a tile looks like: TCP's own sum misses one damaged segment in 65,536. */
    private static int checksum(byte[] encoded, byte[] half) {
        CRC32C sum = new CRC32C();
        sum.update(encoded);
        sum.update(half);
        return (int) sum.getValue();
    }

    public static ByteString encode(Ack ack) {
        ByteStringBuilder frame = begin(ACK);
        frame.putLong(ack.epoch(), ORDER);
        putPatch(frame, ack.patch());
        putText(frame, ack.refusal().orElse(""));
        return frame.result();
    }

    /** @throws BadFrame unless the frame is a whole hello */
    public static Hello hello(ByteString frame) {
        return new Reader(frame, HELLO).hello();
    }

    /** @throws BadFrame unless the frame is a whole tile */
    public static RenderedTile tile(ByteString frame) {
        return new Reader(frame, TILE).tile();
    }

    /** @throws BadFrame unless the frame is a whole ack */
    public static Ack ack(ByteString frame) {
        return new Reader(frame, ACK).ack();
    }

    private static ByteStringBuilder begin(byte kind) {
        return ByteString.createBuilder().putByte(VERSION).putByte(kind);
    }

    private static void putPatch(ByteStringBuilder frame, PatchId patch) {
        frame.putInt(patch.stage(), ORDER);
        frame.putInt(patch.column(), ORDER);
        frame.putInt(patch.row(), ORDER);
        frame.putInt(patch.frame(), ORDER);
    }

    private static void putText(ByteStringBuilder frame, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        putBytes(frame, bytes.length <= LONGEST_TEXT ? bytes : Arrays.copyOf(bytes, LONGEST_TEXT));
    }

    private static void putBytes(ByteStringBuilder frame, byte[] bytes) {
        frame.putInt(bytes.length, ORDER);
        frame.append(ByteString.fromArrayUnsafe(bytes));
    }

    /** Takes one frame apart from front to back. */
    private static final class Reader {
        private final ByteIterator bytes;

        Reader(ByteString frame, byte kind) {
            bytes = frame.iterator();
            if (bytes.len() < 2) {
                throw new BadFrame("a frame of " + bytes.len() + " bytes is too short");
            }
            byte version = bytes.getByte();
            if (version != VERSION) {
                throw new BadFrame("the other side speaks version " + version + " of the tile stream, this one "
                        + VERSION + "; install the same Handscroll on both");
            }
            byte found = bytes.getByte();
            if (found != kind) {
                throw new BadFrame("a frame of kind " + found + " came in the place of kind " + kind);
            }
        }

        Hello hello() {
            return whole(new Hello(text(), new WorkerId(text())));
        }

        RenderedTile tile() {
            JobId job;
            try {
                job = new JobId(text());
            } catch (IllegalArgumentException e) {
                throw new BadFrame(String.valueOf(e.getMessage()));
            }
            PatchId patch = patch();
            long epoch = number64();
            byte[] encoded = block(bytes.len());
            int width = number();
            int height = number();
            byte[] rgb = block(bytes.len());
            boolean possible = width > 0 && width <= rgb.length && height > 0 && height <= rgb.length;
            if (!possible || 3L * width * height != rgb.length) {
                throw new BadFrame(width + " x " + height + " pixels cannot be " + rgb.length + " bytes");
            }
            if (number() != checksum(encoded, rgb)) {
                throw new BadFrame(
                        "tile " + patch + " of " + job.value()
                                + " is not as it was sent: its checksum differs; look at the network and at the memory of both");
            }
            return whole(new RenderedTile(job, patch, epoch, encoded, new PixelBlock(width, height, rgb)));
        }

        Ack ack() {
            long epoch = number64();
            PatchId patch = patch();
            String refusal = text();
            return whole(new Ack(epoch, patch, refusal.isEmpty() ? Optional.empty() : Optional.of(refusal)));
        }

        private PatchId patch() {
            return new PatchId(number(), number(), number(), number());
        }

        private String text() {
            return new String(block(LONGEST_TEXT), StandardCharsets.UTF_8);
        }

        private int number() {
            try {
                return bytes.getInt(ORDER);
            } catch (NoSuchElementException e) {
                throw new BadFrame("a frame ends before its time");
            }
        }

        private long number64() {
            try {
                return bytes.getLong(ORDER);
            } catch (NoSuchElementException e) {
                throw new BadFrame("a frame ends before its time");
            }
        }

        private byte[] block(int longest) {
            int length = number();
            if (length < 0 || length > longest || length > bytes.len()) {
                throw new BadFrame("a frame announces a block of " + length + " bytes where "
                        + Math.min(longest, bytes.len()) + " are possible");
            }
            byte[] block = new byte[length];
            bytes.getBytes(block);
            return block;
        }

        private <T> T whole(T frame) {
            if (bytes.len() != 0) {
                throw new BadFrame("a frame goes on for " + bytes.len() + " bytes after its end");
            }
            return frame;
        }
    }

    private TileFrames() {}
}
