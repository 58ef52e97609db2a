package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GumbelNoiseTest {

    @Test
    void isAFunctionOfSeedStageCellTokenAndCodeAlone() {
        float[] whole = new float[3 * 100];
        GumbelNoise.fill(whole, 100, 7, 1, 42, 10, 10);
        float[] again = new float[100];
        GumbelNoise.fill(again, 0, 7, 1, 42, 10, 10);
        for (int i = 0; i < 100; i++) {
            assertThat(whole[100 + i]).isEqualTo(again[i]);
        }
        assertThat(whole[99]).isZero();
        assertThat(whole[200]).isZero();
    }

    @Test
    void neverChangesBetweenVersions() {
        float[] noise = new float[3];
        GumbelNoise.fill(noise, 0, 20221, 0, 1, 1, 3);
        assertThat(noise).containsExactly(GOLDEN);
    }

    @Test
    void differsInEachArgument() {
        float first = draw(1, 0, 0);
        assertThat(draw(2, 0, 0)).isNotEqualTo(first);
        assertThat(draw(1, 1, 0)).isNotEqualTo(first);
        assertThat(draw(1, 0, 1)).isNotEqualTo(first);
    }

    @Test
    void hasMeanAndVarianceOfTheGumbelDistribution() {
        float[] noise = new float[1 << 20];
        GumbelNoise.fill(noise, 0, 3, 0, 5, 1 << 10, 1 << 10);
        double sum = 0;
        double squares = 0;
        for (float value : noise) {
            sum += value;
            squares += value * value;
        }
        double mean = sum / noise.length;
        assertThat(mean).isBetween(0.5722, 0.5822); // Euler's constant
        assertThat(squares / noise.length - mean * mean).isBetween(1.63, 1.66); // pi^2 / 6
    }

    private static float draw(long seed, int stage, long cell) {
        float[] noise = new float[1];
        GumbelNoise.fill(noise, 0, seed, stage, cell, 1, 1);
        return noise[0];
    }

    private static final float[] GOLDEN = {0.26297793f, -0.03501347f, 0.24007848f};
}
