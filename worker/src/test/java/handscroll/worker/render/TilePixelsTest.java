package handscroll.worker.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.KnownPixels;
import handscroll.protocol.task.PixelBlock;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
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
        assertThat(kept.rgb()[3 * 8]).isEqualTo((byte) 8);
        assertThat(kept.rgb()[3 * 11]).isEqualTo((byte) 11);
    }

    @Test
    void averagesTwoByTwo() {
        PixelBlock half = tile(4, 2).half();
        assertThat(half.widthPixels()).isEqualTo(2);
        assertThat(half.heightPixels()).isEqualTo(1);
        assertThat(half.rgb()[0]).isEqualTo((byte) 3); // of 0, 1, 4, 5: 2.5 rounds up
    }

    @Test
    void averagesAnOddLastColumnWithItself() {
        PixelBlock half = tile(3, 1).half();
        assertThat(half.widthPixels()).isEqualTo(2);
        assertThat(half.rgb()[3]).isEqualTo((byte) 2);
    }

    @Test
    void pngKeepsEveryPixel() throws IOException {
        byte[] png = tile(4, 4).encode(TileEncoding.PNG, 100);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getRGB(2, 1)).isEqualTo(0xff000000 | 6 << 16 | 6 << 8 | 6);
    }

    @Test
    void jpegIsTheSameEachTime() throws IOException {
        byte[] jpeg = tile(16, 16).encode(TileEncoding.JPEG, 90);
        assertThat(ImageIO.read(new ByteArrayInputStream(jpeg)).getWidth()).isEqualTo(16);
        assertThat(tile(16, 16).encode(TileEncoding.JPEG, 90)).isEqualTo(jpeg);
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
