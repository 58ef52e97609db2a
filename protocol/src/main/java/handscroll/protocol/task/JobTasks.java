package handscroll.protocol.task;

import java.util.List;

/** Tasks of one job, all of the same kind: what it adds to a batch. */
public record JobTasks(RenderSettings settings, List<Task> tasks) {
    public JobTasks {
        tasks = List.copyOf(tasks);
    }
}
