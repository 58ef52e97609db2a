package handscroll.worker.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import handscroll.protocol.task.PixelBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureNetworkTest {

    /** Two convolutions of one pixel, one after an average over 3 x 3 pixels, side by side. */
    private static final String MODEL = """
            {"modelTopology": {"model_config": {"config": {"layers": [
              {"name": "in", "class_name": "InputLayer", "config": {}, "inbound_nodes": []},
              {"name": "pool", "class_name": "AveragePooling2D", "inbound_nodes": [[["in", 0, 0, {}]]],
               "config": {"pool_size": [3, 3], "strides": [1, 1], "padding": "same"}},
              {"name": "c", "class_name": "Conv2D", "inbound_nodes": [[["pool", 0, 0, {}]]],
               "config": {"filters": 2, "kernel_size": [1, 1], "strides": [1, 1], "padding": "valid", "use_bias": false,
                 "activation": "linear"}},
              {"name": "n", "class_name": "BatchNormalization", "inbound_nodes": [[["c", 0, 0, {}]]],
               "config": {"epsilon": 0.0, "scale": false}},
              {"name": "a", "class_name": "Activation", "config": {"activation": "relu"},
               "inbound_nodes": [[["n", 0, 0, {}]]]},
              {"name": "both", "class_name": "Concatenate", "config": {},
               "inbound_nodes": [[["a", 0, 0, {}], ["in", 0, 0, {}]]]},
              {"name": "after", "class_name": "Dense", "config": {}, "inbound_nodes": [[["both", 0, 0, {}]]]}
            ]}}}, "weightsManifest": [{"weights": [
              {"name": "c/kernel", "shape": [1, 1, 3, 2], "quantization": {"dtype": "uint8", "scale": 1, "min": -1}},
              {"name": "n/moving_mean", "shape": [2], "quantization": {"dtype": "uint8", "scale": 0.5, "min": 0}},
              {"name": "n/moving_variance", "shape": [2], "quantization": {"dtype": "uint8", "scale": 1, "min": 0}},
              {"name": "n/beta", "shape": [2], "quantization": {"dtype": "uint8", "scale": 0.25, "min": 0}}
            ]}]}
            """;

    @TempDir
    private Path directory;

    @Test
    void computesWhatTheLayersSayUpToTheWantedOne() throws IOException {
        Files.writeString(directory.resolve("model.json"), MODEL);
        // Kernel [red, green, blue] x [first, second] less one; means 0.5, 0; variances 4, 1; betas 0.25, 0.
        Files.write(directory.resolve("weights.bin"), new byte[] {3, 0, 1, 1, 1, 1, 1, 0, 4, 1, 1, 0});
        byte[] orange = new byte[3 * 16];
        for (int i = 0; i < orange.length; i += 3) {
            orange[i] = (byte) 255;
            orange[i + 1] = 51;
        }
        try (FeatureNetwork network = FeatureNetwork.load(directory, "both", 8)) {
            float[] features = network.of(new PixelBlock(4, 4, orange));
            assertThat(features).hasSize(5);
            assertThat(features[0]).isCloseTo((2 - 0.5f) / 2 + 0.25f, within(1e-5f)); // padding would dim its borders
            assertThat(features[1]).isZero(); // minus red
            assertThat(features[2]).isCloseTo(1, within(1e-5f));
            assertThat(features[3]).isCloseTo(0.2f, within(1e-5f));
        }
        assertThatThrownBy(() -> FeatureNetwork.load(directory, "after", 8)).hasMessageContaining("after is a Dense");
    }

    /** What TensorFlow.js 4.22.0 computes for the same picture: the first of 2,048 features, their sum and squares. */
    @Test
    void computesWhatTensorflowDoesFromTheFetchedNetwork() throws IOException {
        String home = System.getProperty("user.home");
        String state = System.getenv().getOrDefault("HANDSCROLL_STATE", home + "/.local/state/handscroll");
        Path fetched = Path.of(state, "features", NsfwInception.NAME);
        assumeTrue(NsfwInception.isThere(fetched), "deploy/fetch-features was not run");
        byte[] rgb = new byte[3 * 299 * 299];
        for (int y = 0; y < 299; y++) {
            for (int x = 0; x < 299; x++) {
                int at = 3 * (y * 299 + x);
                rgb[at] = (byte) (x * 5 + y * 3);
                rgb[at + 1] = (byte) (x * y);
                rgb[at + 2] = (byte) (x * x + 7 * y);
            }
        }
        float[] expected = {
            0.00579f, 0.01026f, 0.01886f, 0.00001f, 0.00000f, 0.02486f, 0.00802f, 0.00189f,
            0.00104f, 0.16491f, 0.23406f, 0.03476f, 0.00000f, 0.00259f, 0.01064f, 0.00000f
        };
        try (FeatureNetwork network = NsfwInception.load(fetched)) {
            float[] features = network.of(new PixelBlock(299, 299, rgb));
            assertThat(features).hasSize(2048);
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < features.length; i++) {
                if (i < expected.length) {
                    assertThat(features[i]).as("feature %d", i).isCloseTo(expected[i], within(2e-5f));
                }
                sum += features[i];
                squares += (double) features[i] * features[i];
            }
            assertThat(sum).isCloseTo(19.02253, within(1e-3));
            assertThat(squares).isCloseTo(4.53044, within(1e-3));
        }
    }
}
