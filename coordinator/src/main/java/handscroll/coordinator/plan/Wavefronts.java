package handscroll.coordinator.plan;

import java.util.Arrays;

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

    /** Walks the whole stage twice; takes eight bytes a cell meanwhile. */
    static Wavefronts of(PatchGraph graph, int stage) {
        return new Walk(graph, stage).result();
    }

    private static final class Walk {
        private final PatchGraph graph;
        private final int stage;
        private final Order order;
        /** Each cell's longest path including itself, 0 if it is given; later the position of its last reader. */
        private final int[] perCell;
        /** How many cells have each path length; later how many are removed after each position. */
        private final int[] histogram;

        private int longest;
        private int position;
        private int poolSize;
        private int poolPeak;

        Walk(PatchGraph graph, int stage) {
            this.graph = graph;
            this.stage = stage;
            this.order = graph.stage(stage).order().orElseThrow();
            this.perCell = new int[graph.cellCount(stage)];
            this.histogram = new int[graph.cellCount(stage) + 1];
        }

        Wavefronts result() {
            order.forEach(this::measurePath);
            int givenCount = histogram[0];
            int criticalPath = 0;
            int widest = 0;
            for (int length = 1; length < histogram.length && histogram[length] > 0; length++) {
                criticalPath = length;
                widest = Math.max(widest, histogram[length]);
            }

            Arrays.fill(histogram, 0);
            position = 0;
            order.forEach(this::noteLastReader);
            for (int last : perCell) {
                histogram[last]++;
            }
            position = 0;
            order.forEach(index -> {
                poolPeak = Math.max(poolPeak, ++poolSize);
                poolSize -= histogram[position++];
            });
            return new Wavefronts(graph.cellCount(stage) - givenCount, criticalPath, widest, poolPeak);
        }

        private void measurePath(int index) {
            if (graph.stage(stage).operator(index) == Stage.Operator.ENCODE) {
                histogram[0]++;
                return;
            }
            longest = 0;
            graph.forEachRead(stage, index, (readStage, read) -> {
                if (readStage == stage) {
                    longest = Math.max(longest, perCell[read]);
                }
            });
            perCell[index] = longest + 1;
            histogram[longest + 1]++;
        }

        private void noteLastReader(int index) {
            perCell[index] = position;
            graph.forEachRead(stage, index, (readStage, read) -> {
                if (readStage == stage) {
                    perCell[read] = position;
                }
            });
            position++;
        }
    }
}
