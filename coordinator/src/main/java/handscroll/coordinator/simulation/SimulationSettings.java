package handscroll.coordinator.simulation;

import handscroll.coordinator.lease.LeaseSettings;

/**
 * The farm that is simulated, but for its size.
 *
 * @param offeredTasks of the job that are with the lease desk at a time
 * @param batchSize that each slot asks for
 * @param seed of the spread of the costs
 */
public record SimulationSettings(Costs costs, LeaseSettings lease, int offeredTasks, int batchSize, long seed) {

    public SimulationSettings {
        if (offeredTasks < 1 || batchSize < 1) {
            throw new IllegalArgumentException("a farm hands out at least one task at a time");
        }
    }
}
