package handscroll.coordinator.lease;

import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One worker as the lease desk sees it.
 *
 * @param host of its process; empty where nobody said so
 * @param leaseCount batches it holds, running or waiting
 * @param taskCount tasks in them
 * @param renderedCount patches and tiles it rendered since it joined this coordinator
 * @param failedCount those it reported as failed
 * @param statesFound of those that its patches read, the ones that it had
 * @param statesMade those that it had to make first
 * @param heard when it last spoke
 * @param silent it has not spoken for a whole term and gets nothing until it does
 * @param draining it finishes what it holds and gets nothing until it is undrained
 * @param handsBack when what it holds goes to others; empty where it is not draining or may finish
 * @param blocked why it gets nothing until it is unblocked, or the memory of it fades
 * @param batchLimit the most tasks of a batch that its memory bears, as far as that was found out
 * @param modelHashes by model name
 */
public record WorkerReport(
        WorkerId worker,
        String host,
        int slotCount,
        int leaseCount,
        int taskCount,
        long renderedCount,
        long failedCount,
        long statesFound,
        long statesMade,
        String deviceClass,
        Map<String, String> modelHashes,
        Instant heard,
        boolean silent,
        boolean draining,
        Optional<Instant> handsBack,
        Optional<String> blocked,
        OptionalInt batchLimit) {}
