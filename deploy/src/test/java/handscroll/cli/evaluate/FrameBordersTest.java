package handscroll.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import handscroll.protocol.task.PixelBlock;
import handscroll.worker.seam.BorderScores.Border;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameBordersTest {

    private static final int WIDTH = 96;
    private static final int HEIGHT = 64;
    private static final int PATCH = 32;
    private static final int FRAMES = 8;

    @Test
    void framesWithoutASeamScoreAsTheyDoBesideTheBorders() {
        var borders = new FrameBorders(WIDTH, HEIGHT, PATCH);
        for (int frame = 0; frame < FRAMES; frame++) {
            borders.add(frame(frame, 0));
        }
        assertThat(borders.borders().orElseThrow().mean()).isCloseTo(1, within(0.1));
        assertThat(borders.between().orElseThrow().mean()).isCloseTo(1, within(0.1));
    }

    @Test
    void aSeamThatStandsStillIsTheWorstBorder() {
        var borders = new FrameBorders(WIDTH, HEIGHT, PATCH);
        for (int frame = 0; frame < FRAMES; frame++) {
            borders.add(frame(frame, 40));
        }
        FrameBorders.Scores found = borders.borders().orElseThrow();
        assertThat(found.worst().score()).isGreaterThan(1.5);
        assertThat(found.worst().border()).isEqualTo(Border.VERTICAL);
        assertThat(found.worst().xPixels()).isEqualTo(2 * PATCH);
        assertThat(borders.between().orElseThrow().worst().score()).isLessThan(1.3);
    }

    @Test
    void framesOfOnePatchHaveNone() {
        var borders = new FrameBorders(WIDTH, HEIGHT, 128);
        borders.add(frame(0, 0));
        assertThat(borders.borders()).isEmpty();
    }

    /** Noise that moves from frame to frame, lighter by a step from the second border on. */
    private static PixelBlock frame(int seed, int step) {
        Random random = new Random(seed);
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int grey = 80 + random.nextInt(40) + (i % WIDTH >= 2 * PATCH ? step : 0);
            for (int channel = 0; channel < 3; channel++) {
                rgb[3 * i + channel] = (byte) grey;
            }
        }
        return new PixelBlock(WIDTH, HEIGHT, rgb);
    }
}
