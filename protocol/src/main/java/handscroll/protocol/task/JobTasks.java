package handscroll.protocol.task;

import handscroll.protocol.trace.JobTrace;
import java.util.List;
import java.util.Optional;

/**
 * Tasks of one job, all of the same kind: what it adds to a batch.
 *
 * @param trace empty where nothing is traced
 */
public record JobTasks(RenderSettings settings, List<Task> tasks, Optional<JobTrace> trace) {
    public JobTasks {
        tasks = List.copyOf(tasks);
    }

    public JobTasks(RenderSettings settings, List<Task> tasks) {
        this(settings, tasks, Optional.empty());
    }
}
