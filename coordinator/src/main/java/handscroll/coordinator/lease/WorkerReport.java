package handscroll.coordinator.lease;

import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;
import java.util.Map;

/**
 * One worker as the lease desk sees it.
 *
 * @param leaseCount batches it holds, running or waiting
 * @param taskCount tasks in them
 * @param heard when it last spoke
 * @param silent it has not spoken for a whole term and gets nothing until it does
 * @param modelHashes by model name
 */
public record WorkerReport(
        WorkerId worker,
        int slotCount,
        int leaseCount,
        int taskCount,
        String deviceClass,
        Map<String, String> modelHashes,
        Instant heard,
        boolean silent) {}
