package handscroll.coordinator.job;

import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.Plan;
import handscroll.protocol.task.TaskResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a job decides while it renders, without its actor, its log and its output: for a simulated farm,
 * which thereby plans with the code that renders.
 */
public final class JobDecisions {

    private final RenderBook book;
    private final int offeredTasks;

    /**
     * @param picture present if the plan has given cells
     * @param offeredTasks that are with the lease desk at a time, see {@link JobSettings}
     */
    public JobDecisions(Plan plan, Optional<Picture> picture, int offeredTasks) {
        this.book = new RenderBook(plan, picture);
        this.offeredTasks = offeredTasks;
        book.start();
    }

    /** What goes to the lease desk now, by stage. */
    public Map<Integer, List<OfferedTask>> takeReady() {
        return book.takeReady(offeredTasks);
    }

    /** The results are durable: tokens are logged, tiles are stored. */
    public void rendered(List<TaskResult> results) {
        for (TaskResult result : results) {
            if (result instanceof TaskResult.Tokens tokens) {
                book.tokensLogged(tokens);
            } else {
                book.tileStored(result.patch());
            }
        }
        // Workers would drop these states now.
        book.takeReleased();
    }

    public boolean isComplete() {
        return book.isComplete();
    }
}
