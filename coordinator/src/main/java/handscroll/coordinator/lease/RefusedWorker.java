package handscroll.coordinator.lease;

import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Instant;
import java.util.Map;

/**
 * A worker that was not let in when it last asked. It asks again by itself.
 *
 * @param host of its process; empty where nobody said so
 * @param asked when it last did
 * @param reason with what to do
 */
public record RefusedWorker(
        WorkerId worker,
        String host,
        int slotCount,
        String deviceClass,
        Map<String, String> modelHashes,
        Instant asked,
        String reason) {

    public RefusedWorker {
        modelHashes = Map.copyOf(modelHashes);
    }

    RefusedWorker at(String newHost) {
        return new RefusedWorker(worker, newHost, slotCount, deviceClass, modelHashes, asked, reason);
    }
}
