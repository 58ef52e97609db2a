package handscroll.cli.evaluate;

import handscroll.protocol.task.PixelBlock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;

/**
 * How far the content and the motion of a video lie from those of another, as the Fréchet Video Distance asks, but over the features
 * of a network for pictures: no published FVD compares with it.
 *
 * <p>A window of frames is the mean of their features, and the mean of what changes in them from frame to frame.
 *
 * @param windows that were cut from the video
 * @param video against the clip
 * @param clipItself every second window of the clip against the others: what chance alone does
 * @param clipShuffled the clip with its frames in any order against the clip: the same content without its motion
 */
record ClipDistance(int windows, FeatureDistance video, FeatureDistance clipItself, FeatureDistance clipShuffled) {

    private static final int WINDOW_FRAMES = 8;
    private static final int STEP_FRAMES = 2;
    /** Each half of a clip's windows has two at least. */
    private static final int FEWEST_FRAMES = WINDOW_FRAMES + 3 * STEP_FRAMES;

    /** The features of the frames of one video, in their order. */
    static final class Frames {

        private final BlockFeatures network;
        private final List<float[]> features = new ArrayList<>();

        Frames(BlockFeatures network) {
            this.network = network;
        }

        void add(PixelBlock frame) {
            features.add(network.of(frame));
        }

        private Frames shuffled(long seed) {
            Frames others = new Frames(network);
            others.features.addAll(features);
            Collections.shuffle(others.features, new Random(seed));
            return others;
        }

        private float[][] windows() {
            List<float[]> windows = new ArrayList<>();
            for (int first = 0; first + WINDOW_FRAMES <= features.size(); first += STEP_FRAMES) {
                windows.add(window(features.subList(first, first + WINDOW_FRAMES)));
            }
            return windows.toArray(float[][]::new);
        }

        private static float[] window(List<float[]> frames) {
            int count = frames.get(0).length;
            float[] window = new float[2 * count];
            for (int i = 0; i < frames.size(); i++) {
                for (int k = 0; k < count; k++) {
                    window[k] += frames.get(i)[k] / frames.size();
                    if (i > 0) {
                        window[count + k] += Math.abs(frames.get(i)[k] - frames.get(i - 1)[k]) / (frames.size() - 1);
                    }
                }
            }
            return window;
        }
    }

    /** Empty when one of the two has too few frames to say anything. */
    static Optional<ClipDistance> between(Frames video, Frames clip, long seed) {
        if (Math.min(video.features.size(), clip.features.size()) < FEWEST_FRAMES) {
            return Optional.empty();
        }
        float[][] windows = video.windows();
        float[][] others = clip.windows();
        return Optional.of(new ClipDistance(
                windows.length,
                FeatureDistance.between(windows, others, seed),
                FeatureDistance.between(some(others, i -> i % 2 == 0), some(others, i -> i % 2 == 1), seed),
                FeatureDistance.between(clip.shuffled(seed).windows(), others, seed)));
    }

    private static float[][] some(float[][] windows, IntPredicate chosen) {
        List<float[]> some = new ArrayList<>();
        for (int i = 0; i < windows.length; i++) {
            if (chosen.test(i)) {
                some.add(windows[i]);
            }
        }
        return some.toArray(float[][]::new);
    }
}
