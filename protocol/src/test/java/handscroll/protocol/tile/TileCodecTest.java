package handscroll.protocol.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.PixelBlock;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TileCodecTest {

    @Test
    void averagesTwoByTwo() {
        PixelBlock half = TileCodec.half(greys(4, 2));
        assertThat(half.widthPixels()).isEqualTo(2);
        assertThat(half.heightPixels()).isEqualTo(1);
        assertThat(half.rgb()[0]).isEqualTo((byte) 3); // of 0, 1, 4, 5: 2.5 rounds up
    }

    @Test
    void averagesAnOddLastColumnWithItself() {
        PixelBlock half = TileCodec.half(greys(3, 1));
        assertThat(half.widthPixels()).isEqualTo(2);
        assertThat(half.rgb()[3]).isEqualTo((byte) 2);
    }

    @Test
    void pngKeepsEveryPixel() throws IOException {
        PixelBlock tile = greys(4, 4);
        byte[] png = new TileCodec(TileEncoding.PNG, 100).encode(tile);
        assertThat(TileCodec.decode(png).rgb()).isEqualTo(tile.rgb());
    }

    @ParameterizedTest
    @EnumSource(TileEncoding.class)
    void givesTheSameBytesEachTimeAndPixelsThatLookTheSame(TileEncoding encoding) throws IOException {
        PixelBlock tile = greys(15, 15);
        byte[] encoded = new TileCodec(encoding, 90).encode(tile);
        assertThat(new TileCodec(encoding, 90).encode(tile)).isEqualTo(encoded);

        PixelBlock decoded = TileCodec.decode(encoded);
        assertThat(decoded.widthPixels()).isEqualTo(15);
        assertThat(decoded.heightPixels()).isEqualTo(15);
        for (int i = 0; i < tile.rgb().length; i++) {
            assertThat(decoded.rgb()[i] & 255).isCloseTo(tile.rgb()[i] & 255, org.assertj.core.data.Offset.offset(12));
        }
        BufferedImage foreign = ImageIO.read(new ByteArrayInputStream(encoded));
        assertThat(foreign.getWidth()).isEqualTo(15);
    }

    @ParameterizedTest
    @EnumSource(TileEncoding.class)
    void saysThatTornBytesAreNoPicture(TileEncoding encoding) {
        byte[] encoded = new TileCodec(encoding, 90).encode(greys(64, 64));
        assertThatThrownBy(() -> TileCodec.decode(Arrays.copyOf(encoded, 20))).isInstanceOf(IOException.class);
    }

    /** Pixel i is the grey i. */
    private static PixelBlock greys(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3);
        }
        return new PixelBlock(width, height, rgb);
    }
}
