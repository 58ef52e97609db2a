package handscroll.coordinator.plan;

/**
 * What an order means for the farm: how long it takes with unlimited workers, how many of them it
 * can feed, and how much must be remembered.
 *
 * @param sampledCount cells that are rendered one token after the other; given cells are not among them
 * @param criticalPath the most sampled cells that wait for each other in a row: no number of workers
 *     is faster than their rendering times added up
 * @param widestWavefront the most cells with equally long paths before them: more workers do not help
 * @param poolPeak the most patches that the nearby context pool holds when one worker renders in
 *     order and removes a patch, as the paper does, once no later one can select it
 */
public record Wavefronts(int sampledCount, int criticalPath, int widestWavefront, int poolPeak) {

    /** How many slots are busy on average when there are always enough of them. */
    public double averageWidth() {
        return criticalPath == 0 ? 0 : (double) sampledCount / criticalPath;
    }

    /**
     * Of a stage and those it reads: all their cells are counted, the pool is that of the stage itself. Walks
     * them twice; takes eight bytes a cell meanwhile.
     */
    static Wavefronts of(PatchGraph graph, int stage) {
        Widths widths = Widths.of(graph, stage);
        return new Wavefronts(
                widths.cellCount(), widths.stepCount(), widths.widest(), new PoolWalk(graph, stage).peak());
    }

    /** The paper's pool: one worker renders in order and removes what no later cell of the stage reads. */
    private static final class PoolWalk {
        private final PatchGraph graph;
        private final int stage;
        private final Order order;
        private final int[] lastReader; // its position in the order, by cell
        private final int[] removedAfter; // how many cells, by position

        private int position;
        private int size;
        private int peak;

        PoolWalk(PatchGraph graph, int stage) {
            this.graph = graph;
            this.stage = stage;
            this.order = graph.stage(stage).order().orElseThrow();
            this.lastReader = new int[graph.cellCount(stage)];
            this.removedAfter = new int[graph.cellCount(stage)];
        }

        int peak() {
            order.forEach(this::noteLastReader);
            for (int last : lastReader) {
                removedAfter[last]++;
            }
            position = 0;
            order.forEach(index -> {
                peak = Math.max(peak, ++size);
                size -= removedAfter[position++];
            });
            return peak;
        }

        private void noteLastReader(int index) {
            lastReader[index] = position;
            graph.forEachRead(stage, index, (readStage, read) -> {
                if (readStage == stage && graph.isContext(stage, index, read)) {
                    lastReader[read] = position;
                }
            });
            position++;
        }
    }
}
