package handscroll.coordinator.job;

import handscroll.coordinator.job.Jobs.WidthSample;
import java.util.ArrayList;
import java.util.List;

/**
 * How wide the wavefront was while a job was rendered. Bounded: when it is full, every second sample goes
 * and from then on only every second one is kept.
 */
final class WidthCurve {

    private final int capacity;
    private final List<WidthSample> samples = new ArrayList<>();
    private int keptOf = 1;
    private int offered;

    WidthCurve(int capacity) {
        this.capacity = capacity;
    }

    void add(WidthSample sample) {
        if (offered++ % keptOf != 0) {
            return;
        }
        if (samples.size() == capacity) {
            for (int index = samples.size() - 1; index > 0; index -= 2) {
                samples.remove(index);
            }
            keptOf *= 2;
        }
        samples.add(sample);
    }

    List<WidthSample> samples() {
        return List.copyOf(samples);
    }
}
