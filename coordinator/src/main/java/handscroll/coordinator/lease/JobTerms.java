package handscroll.coordinator.lease;

import handscroll.protocol.job.JobSpec;
import handscroll.protocol.trace.JobTrace;
import java.util.Optional;

/**
 * On what terms the tasks of a job are lent.
 *
 * @param priority of jobs that could use a slot the one with the highest gets it
 * @param deviceClass that a resumed job began with; empty lets the first worker that renders decide
 * @param tokens what its results must look like; empty takes anything
 * @param cellCount of all its stages; 0 where nobody knows, and then nothing of it is rendered twice
 * @param renderedBefore of those what was rendered before its first offer
 * @param trace empty where nothing is traced
 */
public record JobTerms(
        int priority,
        Optional<String> deviceClass,
        Optional<TokenShape> tokens,
        long cellCount,
        long renderedBefore,
        Optional<JobTrace> trace) {

    public static final JobTerms USUAL =
            new JobTerms(JobSpec.DEFAULT_PRIORITY, Optional.empty(), Optional.empty(), 0, 0, Optional.empty());

    public JobTerms withPriority(int other) {
        return new JobTerms(other, deviceClass, tokens, cellCount, renderedBefore, trace);
    }

    public JobTerms withDeviceClass(Optional<String> other) {
        return new JobTerms(priority, other, tokens, cellCount, renderedBefore, trace);
    }

    public JobTerms withTokens(TokenShape other) {
        return new JobTerms(priority, deviceClass, Optional.of(other), cellCount, renderedBefore, trace);
    }

    public JobTerms withCells(long count, long before) {
        return new JobTerms(priority, deviceClass, tokens, count, before, trace);
    }

    public JobTerms withTrace(Optional<JobTrace> other) {
        return new JobTerms(priority, deviceClass, tokens, cellCount, renderedBefore, other);
    }
}
