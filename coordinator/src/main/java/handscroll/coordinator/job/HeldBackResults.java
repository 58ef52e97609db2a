package handscroll.coordinator.job;

import handscroll.coordinator.lease.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Results that wait until the journal has the device class of the first one, which from then on is that of the job. */
final class HeldBackResults {

    private final int most;
    private final List<Outcome.Rendered> waiting = new ArrayList<>();
    private Optional<String> deviceClass;
    private boolean isRecorded;

    /** @param recorded as the journal has it */
    HeldBackResults(int most, Optional<String> recorded) {
        this.most = most;
        this.deviceClass = recorded;
        this.isRecorded = recorded.isPresent();
    }

    /** Whose bits the picture is made of; empty until the first result. */
    Optional<String> deviceClass() {
        return deviceClass;
    }

    /** Results count as they come. */
    boolean isOver() {
        return isRecorded;
    }

    boolean isFull() {
        return waiting.size() >= most;
    }

    /** @return whether its device class is the first, and to be recorded */
    boolean hold(Outcome.Rendered rendered) {
        waiting.add(rendered);
        boolean isFirst = deviceClass.isEmpty();
        if (isFirst) {
            deviceClass = Optional.of(rendered.deviceClass());
        }
        return isFirst;
    }

    /** The journal has it: those that waited, in their order. */
    List<Outcome.Rendered> recorded() {
        isRecorded = true;
        List<Outcome.Rendered> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void forget() {
        waiting.clear();
    }
}
