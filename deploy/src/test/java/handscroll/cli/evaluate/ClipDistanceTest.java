package handscroll.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.task.PixelBlock;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClipDistanceTest {

    private static final int SIDE = 8;

    /** Looks at the brightness of four parts of a frame. */
    private static final BlockFeatures PARTS = frame -> {
        float[] sums = new float[4];
        for (int i = 0; i < frame.rgb().length; i++) {
            sums[4 * i / frame.rgb().length] += (frame.rgb()[i] & 255) / 1000f;
        }
        return sums;
    };

    @Test
    void aVideoOfTheSameSceneIsNearerThanOneOfAnother() {
        ClipDistance same =
                ClipDistance.between(video(2, 0, 1), video(2, 0, 2), 1).orElseThrow();
        ClipDistance other =
                ClipDistance.between(video(2, 90, 1), video(2, 0, 2), 1).orElseThrow();
        assertThat(same.video().kid()).isLessThan(other.video().kid());
        assertThat(same.video().fid()).isLessThan(other.video().fid());
    }

    @Test
    void theSameContentWithAnotherMotionIsFartherThanChance() {
        ClipDistance distance =
                ClipDistance.between(video(2, 0, 1), video(2, 0, 2), 1).orElseThrow();
        assertThat(distance.clipShuffled().kid())
                .isGreaterThan(distance.clipItself().kid());
        ClipDistance still =
                ClipDistance.between(video(0, 0, 1), video(2, 0, 2), 1).orElseThrow();
        assertThat(still.video().fid()).isGreaterThan(distance.video().fid());
    }

    @Test
    void someFramesAreTooFewToSayAnything() {
        ClipDistance.Frames few = new ClipDistance.Frames(PARTS);
        few.add(frame(0, 0, new Random(1)));
        assertThat(ClipDistance.between(few, video(2, 0, 2), 1)).isEmpty();
    }

    /** A bright line that moves down by so many pixels a frame, and comes back from above, over a ground of that grey. */
    private static ClipDistance.Frames video(int speed, int ground, long seed) {
        Random random = new Random(seed);
        ClipDistance.Frames frames = new ClipDistance.Frames(PARTS);
        for (int i = 0; i < 40; i++) {
            frames.add(frame(i * speed / 4 % SIDE, ground, random));
        }
        return frames;
    }

    private static PixelBlock frame(int line, int ground, Random random) {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (ground + random.nextInt(20) + (i / (3 * SIDE) == line ? 120 : 0));
        }
        return new PixelBlock(SIDE, SIDE, rgb);
    }
}
