package handscroll.worker.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.protocol.task.KnownPixels;
import handscroll.protocol.task.PixelBlock;
import org.junit.jupiter.api.Test;

class TilePixelsTest {

    @Test
    void clipsToTheCanvas() {
        PixelBlock clipped = tile(4, 4).clippedTo(3, 2).block();
        assertThat(clipped.widthPixels()).isEqualTo(3);
        assertThat(clipped.rgb()[3 * 3]).isEqualTo((byte) 4); // the second row begins with pixel 4
    }

    @Test
    void refusesToClipToMoreThanItHas() {
        assertThatThrownBy(() -> tile(4, 4).clippedTo(5, 4)).hasMessageContaining("cannot be cut to 5 x 4 px");
    }

    @Test
    void knownPixelsStayAsTheyAre() {
        byte[] known = {91, 92, 93, 94, 95, 96};
        PixelBlock kept = tile(4, 4)
                .with(new KnownPixels(1, 2, new PixelBlock(2, 1, known)))
                .block();
        assertThat(java.util.Arrays.copyOfRange(kept.rgb(), 3 * 9, 3 * 11)).isEqualTo(known);
        // Beside them a quarter of what was pasted over is added: 91 - 9 and 94 - 10.
        assertThat(kept.rgb()[3 * 8]).isEqualTo((byte) 29);
        assertThat(kept.rgb()[3 * 11]).isEqualTo((byte) 32);
    }

    @Test
    void aPixelThatTheBorderDoesNotReachStaysAsItWasDecoded() {
        byte[] known = new byte[3];
        PixelBlock kept = tile(80, 3)
                .with(new KnownPixels(0, 0, new PixelBlock(1, 1, known)))
                .block();
        assertThat(kept.rgb()[3 * 40]).isEqualTo((byte) 40);
    }

    /** Pixel i is the grey i. */
    private static TilePixels tile(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3);
        }
        return new TilePixels(new PixelBlock(width, height, rgb));
    }
}
