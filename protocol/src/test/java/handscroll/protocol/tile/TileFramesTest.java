package handscroll.protocol.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.util.ByteString;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.TileFrames.Ack;
import handscroll.protocol.tile.TileFrames.BadFrame;
import handscroll.protocol.tile.TileFrames.Hello;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TileFramesTest {

    private static final PatchId PATCH = new PatchId(2, 70_000, 8, 1);
    private static final RenderedTile TILE = new RenderedTile(
            new JobId("sky"), PATCH, Long.MAX_VALUE, new byte[] {1, 2, 3}, new PixelBlock(2, 1, new byte[6]));
    /** Where the length of the encoded tile stands: behind version, kind, "sky", patch and epoch. */
    private static final int LENGTH_AT = 2 + 4 + 3 + 16 + 8;

    @Test
    void aTileComesBackAsItWas() {
        assertThat(TileFrames.tile(TileFrames.encode(TILE)))
                .usingRecursiveComparison()
                .isEqualTo(TILE);
    }

    @Test
    void helloAndAckComeBackAsTheyWere() {
        var hello = new Hello("key", new WorkerId("wörker"));
        var stored = new Ack(-1, PATCH, Optional.empty());
        var refused = new Ack(1, PATCH, Optional.of("the disk is full; make room"));
        assertThat(TileFrames.hello(TileFrames.encode(hello))).isEqualTo(hello);
        assertThat(TileFrames.ack(TileFrames.encode(stored))).isEqualTo(stored);
        assertThat(TileFrames.ack(TileFrames.encode(refused))).isEqualTo(refused);
    }

    @Test
    void aLongReasonIsCutRatherThanRefused() {
        var ack = TileFrames.ack(TileFrames.encode(new Ack(1, PATCH, Optional.of("x".repeat(5000)))));
        assertThat(ack.refusal())
                .hasValueSatisfying(reason -> assertThat(reason).hasSize(1024));
    }

    @Test
    void aTileWhoseBytesChangedOnTheWayIsRefused() {
        byte[] frame = TileFrames.encode(TILE).toArray();
        for (int at : new int[] {LENGTH_AT + 4, LENGTH_AT + 6, frame.length - 5, frame.length - 1}) {
            byte[] changed = frame.clone();
            changed[at] ^= 4;
            assertThatThrownBy(() -> TileFrames.tile(ByteString.fromArray(changed)))
                    .isInstanceOf(BadFrame.class)
                    .hasMessageContaining("checksum differs");
        }
    }

    @Test
    void aTruncatedFrameIsRefusedWhereverItEnds() {
        ByteString whole = TileFrames.encode(TILE);
        for (int length = 0; length < whole.length(); length++) {
            ByteString part = whole.take(length);
            assertThatThrownBy(() -> TileFrames.tile(part))
                    .as("%d bytes", length)
                    .isInstanceOf(BadFrame.class);
        }
    }

    @Test
    void bytesBehindATileAreRefused() {
        ByteString longer = TileFrames.encode(TILE).concat(ByteString.fromArray(new byte[1]));
        assertThatThrownBy(() -> TileFrames.tile(longer)).hasMessageContaining("after its end");
    }

    @Test
    void anAnnouncedLengthBeyondTheFrameIsRefusedBeforeItIsAllocated() {
        for (int length : new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 1000}) {
            assertThatThrownBy(() -> TileFrames.tile(with(LENGTH_AT, length)))
                    .isInstanceOf(BadFrame.class)
                    .hasMessageContaining("announces a block of " + length);
        }
    }

    @Test
    void aSizeThatDoesNotFitItsPixelsIsRefused() {
        int widthAt = LENGTH_AT + 4 + 3;
        for (int width : new int[] {0, -2, 3, Integer.MAX_VALUE, 1 << 30}) {
            assertThatThrownBy(() -> TileFrames.tile(with(widthAt, width)))
                    .as("width %d", width)
                    .isInstanceOf(BadFrame.class);
        }
    }

    @Test
    void anotherVersionIsToldWhatToDo() {
        ByteString later = ByteString.fromArray(new byte[] {9, TileFrames.TILE});
        assertThatThrownBy(() -> TileFrames.tile(later))
                .hasMessageContaining("version 9")
                .hasMessageContaining("install the same Handscroll");
    }

    @Test
    void aFrameInTheWrongPlaceIsRefused() {
        assertThatThrownBy(() -> TileFrames.hello(TileFrames.encode(TILE))).isInstanceOf(BadFrame.class);
    }

    @Test
    void aJobIdThatCouldLeaveTheOutputDirectoryIsRefused() {
        byte[] bytes = TileFrames.encode(TILE).toArray();
        System.arraycopy("../".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, bytes, 6, 3);
        assertThatThrownBy(() -> TileFrames.tile(ByteString.fromArray(bytes))).isInstanceOf(BadFrame.class);
    }

    @Test
    void noBytesAtAllMakeAnythingButABadFrame() {
        long seed = 20221;
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = TileFrames.encode(TILE).toArray();
            for (int flips = 0; flips < 4; flips++) {
                bytes[2 + random.nextInt(bytes.length - 2)] = (byte) random.nextInt();
            }
            try {
                TileFrames.tile(ByteString.fromArray(bytes));
            } catch (BadFrame expected) {
                assertThat(expected).as("seed %d, round %d", seed, i).hasMessageMatching("(?s).+");
            }
        }
    }

    private static ByteString with(int at, int value) {
        byte[] bytes = TileFrames.encode(TILE).toArray();
        java.nio.ByteBuffer.wrap(bytes).putInt(at, value);
        return ByteString.fromArray(bytes);
    }
}
