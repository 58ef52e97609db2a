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

    /**
     * Walks a stage and those it reads twice; takes eight bytes a cell meanwhile. The pool is that of the
     * stage itself, the rest counts the cells of all of them.
     */
    static Wavefronts of(PatchGraph graph, int stage) {
        return new Walk(graph, stage).result();
    }

    private static final class Walk {
        private final PatchGraph graph;
        private final int lastStage;
        /** Each cell's longest path including itself, 0 if it is given; later the position of its last reader. */
        private final int[][] perCell;
        /** How many cells have each path length; later how many are removed after each position. */
        private final int[] histogram;

        private int longest;
        private int position;
        private int poolSize;
        private int poolPeak;

        Walk(PatchGraph graph, int lastStage) {
            this.graph = graph;
            this.lastStage = lastStage;
            this.perCell = new int[lastStage + 1][];
            int cellCount = 0;
            for (int stage = 0; stage <= lastStage; stage++) {
                perCell[stage] = new int[graph.cellCount(stage)];
                cellCount += graph.cellCount(stage);
            }
            this.histogram = new int[cellCount + 1];
        }

        Wavefronts result() {
            for (int stage = 0; stage <= lastStage; stage++) {
                int walked = stage;
                order(stage).forEach(index -> measurePath(walked, index));
            }
            int givenCount = histogram[0];
            int criticalPath = 0;
            int widest = 0;
            for (int length = 1; length < histogram.length && histogram[length] > 0; length++) {
                criticalPath = length;
                widest = Math.max(widest, histogram[length]);
            }

            Arrays.fill(histogram, 0);
            order(lastStage).forEach(this::noteLastReader);
            for (int last : perCell[lastStage]) {
                histogram[last]++;
            }
            position = 0;
            order(lastStage).forEach(index -> {
                poolPeak = Math.max(poolPeak, ++poolSize);
                poolSize -= histogram[position++];
            });
            return new Wavefronts(histogram.length - 1 - givenCount, criticalPath, widest, poolPeak);
        }

        private Order order(int stage) {
            return graph.stage(stage).order().orElseThrow();
        }

        private void measurePath(int stage, int index) {
            if (graph.stage(stage).operator(index) == Stage.Operator.ENCODE) {
                histogram[0]++;
                return;
            }
            longest = 0;
            graph.forEachRead(stage, index, (readStage, read) -> longest = Math.max(longest, perCell[readStage][read]));
            perCell[stage][index] = longest + 1;
            histogram[longest + 1]++;
        }

        private void noteLastReader(int index) {
            int[] last = perCell[lastStage];
            last[index] = position;
            graph.forEachRead(lastStage, index, (readStage, read) -> {
                if (readStage == lastStage) {
                    last[read] = position;
                }
            });
            position++;
        }
    }
}
