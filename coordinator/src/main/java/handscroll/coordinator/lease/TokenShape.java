package handscroll.coordinator.lease;

import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;

/**
 * What the tokens of a patch of a job look like; anything else is no result, whatever went wrong in the device.
 *
 * @param codes each token is below
 */
public record TokenShape(int tokensPerPatch, int codes) {

    public boolean fits(Task task, TaskResult result) {
        if (task instanceof Task.Decode) {
            return result instanceof TaskResult.TileStored;
        }
        if (task instanceof Task.Idle) {
            return true;
        }
        if (!(result instanceof TaskResult.Tokens rows)) {
            return false;
        }
        short[] tokens = rows.tokens();
        if (tokens.length != tokensPerPatch) {
            return false;
        }
        for (short token : tokens) {
            if (token < 0 || token >= codes) {
                return false;
            }
        }
        return true;
    }
}
