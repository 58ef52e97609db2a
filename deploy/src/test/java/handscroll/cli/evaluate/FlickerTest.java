package handscroll.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import handscroll.protocol.task.PixelBlock;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlickerTest {

    private static final int WIDTH = 96;
    private static final int HEIGHT = 64;
    private static final int[][] SCENE = scene();

    @Test
    void aCameraThatMovesDoesNotFlicker() {
        var flicker = new Flicker(WIDTH, HEIGHT);
        for (int frame = 0; frame < 5; frame++) {
            flicker.add(view(5 * frame, 3 * frame, 0));
        }
        // Blocks at the border look at what was not in the frame before.
        assertThat(inner(flicker)).isZero();
    }

    @Test
    void greyLevelsThatComeAndGoAreCounted() {
        var flicker = new Flicker(WIDTH, HEIGHT);
        for (int frame = 0; frame < 5; frame++) {
            flicker.add(view(0, 0, frame % 2 == 0 ? 0 : 6));
        }
        assertThat(flicker.mean()).isCloseTo(6, within(0.01));
        assertThat(flicker.p99()).isCloseTo(6, within(0.01));
    }

    @Test
    void aSingleFrameHasNone() {
        var flicker = new Flicker(WIDTH, HEIGHT);
        flicker.add(view(0, 0, 0));
        assertThat(flicker.mean()).isNaN();
    }

    /** What most blocks show: the median. */
    private static double inner(Flicker flicker) {
        return flicker.quantile(0.5);
    }

    private static PixelBlock view(int left, int top, int brighter) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int i = 0; i < rgb.length; i++) {
            int pixel = i / 3;
            rgb[i] = (byte) (SCENE[top + pixel / WIDTH][left + pixel % WIDTH] + brighter);
        }
        return new PixelBlock(WIDTH, HEIGHT, rgb);
    }

    private static int[][] scene() {
        Random random = new Random(1);
        int[][] scene = new int[HEIGHT + 40][WIDTH + 40];
        for (int[] row : scene) {
            for (int x = 0; x < row.length; x++) {
                row[x] = random.nextInt(200);
            }
        }
        return scene;
    }
}
