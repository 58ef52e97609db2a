package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerticalAxisTest {

    private static final int LEARNED = 512;
    private static final double HORIZON = 0.6;

    @Test
    void aCanvasAsTallAsTheLearnedPictureIsTheLearnedPicture() {
        VerticalAxis axis = axis(512);
        for (int y = 0; y <= 512; y += 64) {
            assertThat(axis.position(y)).isCloseTo(y / 512.0, within(1e-12));
        }
    }

    @Test
    void aCanvasALittleTallerIsStretchedEvenly() {
        VerticalAxis axis = axis(768);
        assertThat(axis.position(384)).isCloseTo(0.5, within(1e-12));
        assertThat(axis.position(192)).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void onATallCanvasTheLandKeepsItsScaleAtTheBottomAndTheSkyTakesTheRest() {
        VerticalAxis axis = axis(2048);
        double land = 1.6 * 0.4 * 512;
        assertThat(axis.position(2048 - land)).isCloseTo(HORIZON, within(1e-12));
        assertThat(axis.position(2048 - land / 2)).isCloseTo(0.8, within(1e-12));
        assertThat(axis.position((2048 - land) / 2)).isCloseTo(0.3, within(1e-12));
    }

    @Test
    void theJobMayMoveTheHorizon() {
        VerticalAxis axis = VerticalAxis.ofCanvas(2048, LEARNED, HORIZON, Optional.of(0.5));
        assertThat(axis.position(1024)).isCloseTo(HORIZON, within(1e-12));
    }

    @Test
    void itNeverFallsAndEndsAtZeroAndOne() {
        for (int height : new int[] {1, 64, 500, 512, 819, 820, 5000, 100_000}) {
            for (double horizon : new double[] {0, 0.01, 0.6, 0.99, 1}) {
                for (Optional<Double> wanted :
                        List.of(Optional.<Double>empty(), Optional.of(0.0), Optional.of(0.3), Optional.of(1.0))) {
                    VerticalAxis axis = VerticalAxis.ofCanvas(height, LEARNED, horizon, wanted);
                    double last = 0;
                    assertThat(axis.position(0)).isZero();
                    assertThat(axis.position(height)).isEqualTo(1);
                    for (int step = 0; step <= 100; step++) {
                        double position = axis.position(height * (step / 100.0));
                        assertThat(position).isBetween(last, 1.0);
                        last = position;
                    }
                }
            }
        }
    }

    @Test
    void aPictureIsTheAxisWhereverItLies() {
        VerticalAxis axis = VerticalAxis.ofPicture(724, 600);
        assertThat(axis.position(724)).isZero();
        assertThat(axis.position(724 + 150)).isCloseTo(0.25, within(1e-12));
        assertThat(axis.position(724 + 450)).isCloseTo(0.75, within(1e-12));
        assertThat(axis.position(724 + 600)).isEqualTo(1);
        assertThat(axis.position(0)).isZero();
        assertThat(axis.position(2048)).isEqualTo(1);
    }

    private static VerticalAxis axis(int canvasHeight) {
        return VerticalAxis.ofCanvas(canvasHeight, LEARNED, HORIZON, Optional.empty());
    }
}
