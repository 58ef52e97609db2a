package handscroll.worker.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextEncoderTest {

    @Test
    void likeTextsAreNearerThanUnlikeOnes() {
        float[] snow = mean("snow on the mountains");
        assertThat(cosine(snow, mean("white peaks in winter"))).isGreaterThan(cosine(snow, mean("a city at night")));
        assertThat(cosine(mean("red sphere"), mean("crimson ball"))).isGreaterThan(0.35);
    }

    @Test
    void aTextHasTheSameStatesWhateverWasEncodedBefore() {
        float[] first = TextEncoder.instance().encode("a quiet lake").rows().clone();
        for (int i = 0; i < 300; i++) { // more than are kept
            TextEncoder.instance().encode("another text, number " + i);
        }
        assertThat(TextEncoder.instance().encode("a quiet lake").rows()).isEqualTo(first);
    }

    @Test
    void ofATextThatIsTooLongTheBeginningIsTold() {
        TextStates states = TextEncoder.instance().encode("snow ".repeat(200));
        assertThat(states.count()).isEqualTo(TextStates.MOST);
        float[] rows = new float[TextStates.MOST * TextStates.WIDTH];
        float[] bias = new float[TextStates.MOST];
        TextEncoder.instance().encode("snow").fill(rows, bias, 0);
        assertThat(bias).startsWith(0, 0, 0).endsWith(Float.NEGATIVE_INFINITY);
    }

    private static float[] mean(String text) {
        TextStates states = TextEncoder.instance().encode(text);
        float[] mean = new float[TextStates.WIDTH];
        for (int i = 0; i < states.rows().length; i++) {
            mean[i % TextStates.WIDTH] += states.rows()[i] / states.count();
        }
        return mean;
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            first += a[i] * a[i];
            second += b[i] * b[i];
        }
        return dot / Math.sqrt(first * second);
    }
}
