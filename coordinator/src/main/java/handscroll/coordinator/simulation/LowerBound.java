package handscroll.coordinator.simulation;

import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Stage;
import java.time.Duration;

/**
 * What no schedule undercuts: the work shared out evenly, and the longest chain of cells that wait for each
 * other, through all stages.
 *
 * @param work of all cells, each in the batch that suits it best
 * @param longestChain each of its cells in the batch that ends soonest
 */
public record LowerBound(Duration work, Duration longestChain) {

    public Duration of(int workerCount) {
        Duration share = work.dividedBy(workerCount);
        return share.compareTo(longestChain) > 0 ? share : longestChain;
    }

    /**
     * Walks all cells once; takes eight bytes for each meanwhile.
     *
     * @param patchPixels side of a patch, which the costs are given for
     */
    public static LowerBound of(PatchGraph graph, int patchPixels, SimulationSettings settings) {
        return new Walk(graph, patchPixels, settings).result();
    }

    private static final class Walk {
        private final PatchGraph graph;
        /** By stage and operator. */
        private final long[][] least;

        private final int[][] counts;
        private final double[][] leastWork;
        /** The longest chain up to each cell, itself included; by stage. */
        private final long[][] chains;

        private long before;
        private long longest;

        Walk(PatchGraph graph, int patchPixels, SimulationSettings settings) {
            this.graph = graph;
            Costs costs = settings.costs();
            int stageCount = graph.stages().size();
            Stage.Operator[] operators = Stage.Operator.values();
            this.least = new long[stageCount][operators.length];
            this.leastWork = new double[stageCount][operators.length];
            this.counts = new int[stageCount][operators.length];
            this.chains = new long[stageCount][];
            for (int stage = 0; stage < stageCount; stage++) {
                chains[stage] = new long[graph.cellCount(stage)];
                for (Stage.Operator operator : operators) {
                    least[stage][operator.ordinal()] =
                            costs.leastNanos(graph.stage(stage), patchPixels, operator, settings.batchSize());
                    leastWork[stage][operator.ordinal()] =
                            costs.leastWorkNanos(graph.stage(stage), patchPixels, operator, settings.batchSize());
                }
            }
        }

        LowerBound result() {
            graph.forEachCell(chains.length - 1, this::visit);
            double work = 0;
            for (int stage = 0; stage < counts.length; stage++) {
                for (int operator = 0; operator < counts[stage].length; operator++) {
                    work += counts[stage][operator] * leastWork[stage][operator];
                }
            }
            return new LowerBound(Duration.ofNanos((long) work), Duration.ofNanos(longest));
        }

        private void visit(int stage, int index) {
            int operator = graph.stage(stage).operator(index).ordinal();
            counts[stage][operator]++;
            before = 0;
            graph.forEachRead(stage, index, this::seeRead);
            chains[stage][index] = before + least[stage][operator];
            longest = Math.max(longest, chains[stage][index]);
        }

        private void seeRead(int stage, int index) {
            before = Math.max(before, chains[stage][index]);
        }
    }
}
