package handscroll.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import handscroll.worker.seam.BorderScores.Border;
import handscroll.worker.seam.Luminance;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DiscontinuityTest {

    private static final int PATCH = 64;
    private static final long SEED = 20221;

    @Test
    void aPictureWithoutSeamsScoresAboutOne() throws IOException {
        Discontinuity borders =
                Discontinuity.of(texture(1024, 512), false, PATCH).borders();
        assertThat(borders.all().mean()).isCloseTo(1, within(0.05));
        assertThat(borders.vertical().mean()).isCloseTo(1, within(0.1));
        assertThat(borders.horizontal().mean()).isCloseTo(1, within(0.1));
        assertThat(borders.pieceCount()).isEqualTo(15 * 8 + 7 * 16);
        assertThat(borders.missingCount()).isZero();
        assertThat(borders.driftOverWidth()).isCloseTo(0, within(0.2));
    }

    @Test
    void patchesThatDoNotMatchTheirNeighboursScoreClearlyMore() throws IOException {
        Picture picture = texture(1024, 512);
        for (int y = 0; y < 512; y++) {
            for (int x = 0; x < 1024; x++) {
                picture.lighten(x, y, (x / PATCH + y / PATCH) % 2 * 30);
            }
        }
        Discontinuity borders = Discontinuity.of(picture, false, PATCH).borders();
        assertThat(borders.vertical().mean()).isGreaterThan(1.5);
        assertThat(borders.horizontal().mean()).isGreaterThan(1.5);
    }

    @Test
    void oneBadBorderIsTheWorstAndItsPlaceIsTold() throws IOException {
        Picture picture = texture(1024, 512);
        for (int y = 192; y < 256; y++) {
            for (int x = 384; x < 448; x++) {
                picture.lighten(x, y, x < 400 ? 60 : 60 - (x - 400));
            }
        }
        var worst = Discontinuity.of(picture, false, PATCH).borders().worst().orElseThrow();
        assertThat(worst.border()).isEqualTo(Border.VERTICAL);
        assertThat(worst.xPixels()).isEqualTo(384);
        assertThat(worst.yPixels()).isEqualTo(192);
    }

    @Test
    void aFaintStepAlongTheWholePictureIsTheWorstLine() throws IOException {
        Picture picture = texture(1024, 512);
        for (int y = 0; y < 512; y++) {
            for (int x = 640; x < 1024; x++) {
                picture.lighten(x, y, 12);
            }
        }
        var line = Discontinuity.of(picture, false, PATCH).borders().worstLine().orElseThrow();
        assertThat(line.border()).isEqualTo(Border.VERTICAL);
        assertThat(line.atPixels()).isEqualTo(640);
        assertThat(line.pieceCount()).isEqualTo(8);
        assertThat(line.mean())
                .isGreaterThan(Discontinuity.of(texture(1024, 512), false, PATCH)
                        .borders()
                        .worstLine()
                        .orElseThrow()
                        .mean());
    }

    @Test
    void whereAPictureWrapsItsRightBorderIsScoredAgainstItsLeftOne() throws IOException {
        // The texture knows nothing of the seam, so there it is broken; turned by half, it is broken in the middle.
        Discontinuity round = Discontinuity.of(texture(1024, 512), true, PATCH).borders();
        assertThat(round.seam().orElseThrow().mean()).isGreaterThan(1.3);
        assertThat(round.pieceCount()).isEqualTo(16 * 8 + 7 * 16);
        Picture turned = texture(1024, 512).turned(512);
        Discontinuity whole = Discontinuity.of(turned, true, PATCH).borders();
        assertThat(whole.seam().orElseThrow().mean()).isCloseTo(1, within(0.3));
        assertThat(whole.all().mean()).isCloseTo(round.all().mean(), within(1e-3));
        assertThat(Discontinuity.of(turned, false, PATCH).borders().seam()).isEmpty();
    }

    @Test
    void aSeamHalfAPatchOffTheGridIsNoBorder() throws IOException {
        Picture picture = texture(1024, 512);
        for (int y = 0; y < 512; y++) {
            for (int x = 0; x < 1024; x++) {
                picture.lighten(x, y, (x + 32) / PATCH % 2 * 30);
            }
        }
        Discontinuity.Scored scored = Discontinuity.of(picture, false, PATCH);
        assertThat(scored.borders().vertical().mean()).isLessThan(1);
        assertThat(scored.between().vertical().mean()).isGreaterThan(1);
    }

    @Test
    void bordersBesideAMissingTileAreCountedAndLeftOut() throws IOException {
        Picture picture = texture(512, 512);
        for (int y = 128; y < 192; y++) {
            for (int x = 256; x < 320; x++) {
                picture.luminance[y][x] = Luminance.MISSING;
            }
        }
        Discontinuity borders = Discontinuity.of(picture, false, PATCH).borders();
        assertThat(borders.missingCount()).isEqualTo(4);
        assertThat(borders.pieceCount()).isEqualTo(2 * 7 * 8 - 4);
        assertThat(borders.all().mean()).isCloseTo(1, within(0.1));
    }

    @Test
    void aPictureThatFallsApartTowardsTheRightDrifts() throws IOException {
        Picture picture = texture(2048, 256);
        for (int y = 0; y < 256; y++) {
            for (int x = 0; x < 2048; x++) {
                picture.lighten(x, y, x / PATCH % 2 * x / 64);
            }
        }
        Discontinuity borders = Discontinuity.of(picture, false, PATCH).borders();
        assertThat(borders.drift()).hasSize(16);
        assertThat(borders.driftOverWidth()).isGreaterThan(0.5);
    }

    @Test
    void aPictureOfOnePatchHasNoBorder() throws IOException {
        Discontinuity borders = Discontinuity.of(texture(64, 64), false, PATCH).borders();
        assertThat(borders.pieceCount()).isZero();
        assertThat(borders.worst()).isEmpty();
        assertThat(borders.worstLine()).isEmpty();
        assertThat(borders.all().mean()).isNaN();
    }

    @Test
    void aFlatPictureScoresNothingRatherThanDividingByNothing() throws IOException {
        Discontinuity borders =
                Discontinuity.of(new Picture(256, 256), false, PATCH).borders();
        assertThat(borders.all().mean()).isZero();
    }

    /** Noise smoothed over a few pixels: what paint looks like to an edge detector. */
    private static Picture texture(int width, int height) {
        var random = new Random(SEED);
        double[][] noise = new double[height + 8][width + 8];
        for (double[] row : noise) {
            for (int x = 0; x < row.length; x++) {
                row[x] = random.nextGaussian();
            }
        }
        var picture = new Picture(width, height);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double sum = 0;
                for (int dy = 0; dy < 5; dy++) {
                    for (int dx = 0; dx < 5; dx++) {
                        sum += noise[y + dy][x + dx];
                    }
                }
                picture.luminance[y][x] = (char) Math.round((110 + 5 * sum) * 256);
            }
        }
        return picture;
    }

    private static final class Picture implements LuminanceRows {
        private final char[][] luminance;
        private final int width;

        Picture(int width, int height) {
            this.width = width;
            this.luminance = new char[height][width];
        }

        /** Looked at from another side. */
        Picture turned(int columns) {
            var turned = new Picture(width, luminance.length);
            for (int y = 0; y < luminance.length; y++) {
                for (int x = 0; x < width; x++) {
                    turned.luminance[y][x] = luminance[y][(x + columns) % width];
                }
            }
            return turned;
        }

        void lighten(int x, int y, int greyLevels) {
            luminance[y][x] += (char) (greyLevels * 256);
        }

        @Override
        public int widthPixels() {
            return width;
        }

        @Override
        public int heightPixels() {
            return luminance.length;
        }

        @Override
        public void forEach(RowConsumer consumer) {
            for (char[] row : luminance) {
                consumer.accept(row);
            }
        }
    }
}
