package handscroll.cli;

import handscroll.coordinator.output.OutputDirectory;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Stage;

/**
 * What a job takes in memory and on the disk, about.
 *
 * @param coordinatorHeapBytes beside what the process takes without a job
 * @param workerPoolBytes of the nearby context pool, for a worker that reads every patch
 * @param tileBytes the pyramid with all its levels
 */
record Footprint(long coordinatorHeapBytes, long workerPoolBytes, long tokenLogBytes, long tileBytes) {

    /** Of {@code Progress}: two bytes and two bits. */
    private static final double CELL_BYTES = 2.25;
    /** Of {@code ContextLedger}: two counters and a bit. */
    private static final double READ_CELL_BYTES = 4.125;
    /** An entry of a hash map, its key, and the head of an array. */
    private static final int HELD_TOKENS_BYTES = 80;
    /** An offered task with its context, whose tokens it shares with others. */
    private static final int OFFERED_TASK_BYTES = 2_000;
    /** Half-size pixels of a tile, which its parent waits for. */
    private static final int HALF_TILE_BYTES = 3 * Plan.TILE_PIXELS * Plan.TILE_PIXELS / 4;

    private static final int LOG_HEADER_BYTES = 512;
    private static final int LOG_RECORD_BYTES = 16;

    /**
     * @param poolPatches the most patches whose states are needed at a time
     * @param tokenPatches the most patches whose tokens are needed at a time
     */
    static Footprint of(Plan plan, PlanSettings settings, int poolPatches, long tokenPatches, int offeredTasks) {
        PatchGraph graph = plan.graph();
        int tokenBytes = 2 * plan.model().tokensPerSide() * plan.model().tokensPerSide();
        double heap = tokenPatches * (double) (HELD_TOKENS_BYTES + tokenBytes)
                + (double) offeredTasks * OFFERED_TASK_BYTES
                + Math.min(settings.output().halvesInMemoryBytes(), (long) tileCount(graph) * HALF_TILE_BYTES);
        long log = LOG_HEADER_BYTES;
        for (int stage = 0; stage < graph.stages().size(); stage++) {
            heap += graph.cellCount(stage) * (CELL_BYTES + (graph.isRead(stage) ? READ_CELL_BYTES : 0));
            if (!makesTiles(graph.stage(stage))) {
                log += graph.cellCount(stage) * (long) (LOG_RECORD_BYTES + tokenBytes);
            }
        }
        return new Footprint(
                (long) heap,
                poolPatches * settings.stateBytes(),
                log,
                OutputDirectory.estimatedBytes(plan.spec(), settings.output()));
    }

    static boolean makesTiles(Stage stage) {
        return stage.operator() == Stage.Operator.DECODE;
    }

    private static int tileCount(PatchGraph graph) {
        return graph.stages().stream()
                .filter(Footprint::makesTiles)
                .mapToInt(stage -> stage.grid().cellCount())
                .sum();
    }
}
