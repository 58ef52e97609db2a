package handscroll.coordinator.lease;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.Task;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which worker sampled which patch of a job, as long as others will read it: that worker has its states. Of a
 * bounded number of patches, the latest; what is forgotten here is found by chance again, and never missing.
 */
final class StateHolders {

    private final Map<PatchId, WorkerId> holders;

    StateHolders(int most) {
        this.holders = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<PatchId, WorkerId> eldest) {
                return size() > most;
            }
        };
    }

    void sampled(PatchId patch, WorkerId worker) {
        holders.put(patch, worker);
    }

    /** Nobody will read them any more. */
    void released(List<PatchId> patches) {
        patches.forEach(holders::remove);
    }

    Optional<WorkerId> holder(PatchId patch) {
        return Optional.ofNullable(holders.get(patch));
    }

    /**
     * How many patches of a task's context a worker has, beyond what any other has of it; 0 for a task that reads
     * no states. Who has most of the context is preferred, and leaves alone what another has more of.
     */
    int advantage(Task task, WorkerId worker) {
        if (holders.isEmpty() || !(task instanceof Task.Sample sample)) {
            return 0;
        }
        // Asked of every task that a grant might take: a handful of patches, compared one by one.
        WorkerId[] found = new WorkerId[sample.context().size()];
        int foundCount = 0;
        for (ContextPatch read : sample.context()) {
            WorkerId holder = holders.get(read.of(sample.patch()));
            if (holder != null) {
                found[foundCount++] = holder;
            }
        }
        int own = 0;
        int mostOfOthers = 0;
        for (int i = 0; i < foundCount; i++) {
            if (found[i].equals(worker)) {
                own++;
            } else {
                mostOfOthers = Math.max(mostOfOthers, count(found[i], found, foundCount));
            }
        }
        return own - mostOfOthers;
    }

    private static int count(WorkerId worker, WorkerId[] found, int foundCount) {
        int count = 0;
        for (int i = 0; i < foundCount; i++) {
            count += found[i].equals(worker) ? 1 : 0;
        }
        return count;
    }
}
