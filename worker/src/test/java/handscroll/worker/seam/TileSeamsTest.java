package handscroll.worker.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import handscroll.protocol.task.PixelBlock;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TileSeamsTest {

    private static final int PATCH = 64;
    private static final long SEED = 20221;

    @Test
    void patchesOfOneTextureScoreAboutOne() {
        byte[] seams = TileSeams.of(texture(256, 256), PATCH);

        assertThat(seams).hasSize(16);
        assertThat(IntStream.range(0, 16)
                        .mapToDouble(patch -> TileSeams.score(seams[patch]))
                        .average())
                .hasValueCloseTo(1.0, within(0.1));
        for (byte seam : seams) {
            assertThat(TileSeams.score(seam)).isBetween(0.6, 1.6);
        }
    }

    @Test
    void aPatchThatDoesNotFitAndItsNeighboursStandOut() {
        PixelBlock tile = texture(256, 256);
        lighten(tile, 2, 1, 60);
        byte[] seams = TileSeams.of(tile, PATCH);

        assertThat(TileSeams.score(seams[4 + 2])).isGreaterThan(2.5);
        assertThat(TileSeams.score(seams[4 + 1])).isBetween(1.3, TileSeams.score(seams[4 + 2]));
        assertThat(TileSeams.score(seams[12])).isLessThan(1.6);
    }

    @Test
    void whereTheCanvasEndsInsideTheTileThereAreFewerPatches() {
        assertThat(TileSeams.of(texture(150, 70), PATCH)).hasSize(6);
        assertThat(TileSeams.of(texture(64, 64), PATCH)).isEmpty();
        // Two pixels of a patch are too few to see a border by.
        assertThat(TileSeams.of(texture(66, 64), PATCH)).containsExactly(0, 0);
    }

    @Test
    void aTileWithoutAnyEdgeHasNoSeam() {
        byte[] seams = TileSeams.of(new PixelBlock(256, 256, new byte[3 * 256 * 256]), PATCH);

        assertThat(TileSeams.score(seams[0])).isLessThan(0.1);
    }

    @Test
    void aByteHoldsAnyScoreToTwoPercent() {
        for (double score : new double[] {0.07, 0.5, 0.93, 1, 1.07, 2, 15}) {
            assertThat(TileSeams.score(TileSeams.code(score)) / score).isCloseTo(1, within(0.02));
        }
        assertThat(TileSeams.code(1)).isEqualTo((byte) 128);
        assertThat(TileSeams.code(0)).isEqualTo((byte) 1);
        assertThat(TileSeams.code(1000)).isEqualTo((byte) 255);
    }

    /** Soft noise, alike everywhere. */
    private static PixelBlock texture(int width, int height) {
        Random random = new Random(SEED);
        int[] noise = random.ints((width + 4) * (height + 4), 0, 160).toArray();
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int sum = 0;
                for (int at = 0; at < 25; at++) {
                    sum += noise[(y + at / 5) * (width + 4) + x + at % 5];
                }
                for (int channel = 0; channel < 3; channel++) {
                    rgb[3 * (y * width + x) + channel] = (byte) (sum / 25);
                }
            }
        }
        return new PixelBlock(width, height, rgb);
    }

    private static void lighten(PixelBlock tile, int column, int row, int by) {
        for (int y = row * PATCH; y < (row + 1) * PATCH; y++) {
            for (int x = 3 * column * PATCH; x < 3 * (column + 1) * PATCH; x++) {
                tile.rgb()[3 * y * tile.widthPixels() + x] += (byte) by;
            }
        }
    }
}
