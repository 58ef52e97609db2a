package handscroll.coordinator.plan;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many cells could be rendered at once, step by step, if every cell took one step and there were always
 * a worker for it: the width of the wavefront on its way over the canvas. Given cells are not counted: they
 * wait for nothing and take little.
 *
 * @param byStage for each stage its cells in each step; all of one length, the number of steps
 */
public record Widths(List<int[]> byStage) {

    public Widths {
        byStage = List.copyOf(byStage);
    }

    public int stepCount() {
        return byStage.get(0).length;
    }

    /** Of all stages together: more workers than that never have something to do. */
    public int widest() {
        return IntStream.range(0, stepCount())
                .map(step -> byStage.stream().mapToInt(widths -> widths[step]).sum())
                .max()
                .orElse(0);
    }

    /** Given cells apart, all there are. */
    public int cellCount() {
        return byStage.stream().mapToInt(widths -> Arrays.stream(widths).sum()).sum();
    }

    /** Of all stages. Walks all cells once; takes four bytes for each meanwhile. */
    public static Widths of(PatchGraph graph) {
        return of(graph, graph.stages().size() - 1);
    }

    /** Of the stages up to this one, as if there were no others. */
    static Widths of(PatchGraph graph, int lastStage) {
        return new Walk(graph, lastStage).result();
    }

    private static final class Walk {
        private final PatchGraph graph;
        /** The step in which each cell is rendered, counted from 1, and 0 for given ones; by stage. */
        private final int[][] steps;

        private int before;
        private int last;

        Walk(PatchGraph graph, int lastStage) {
            this.graph = graph;
            this.steps = IntStream.rangeClosed(0, lastStage)
                    .mapToObj(stage -> new int[graph.cellCount(stage)])
                    .toArray(int[][]::new);
        }

        Widths result() {
            graph.forEachCell(steps.length - 1, this::visit);
            return new Widths(Arrays.stream(steps).map(this::widths).toList());
        }

        private void visit(int stage, int index) {
            if (graph.stage(stage).operator(index) == Stage.Operator.ENCODE) {
                return;
            }
            before = 0;
            graph.forEachRead(stage, index, (readStage, read) -> before = Math.max(before, steps[readStage][read]));
            steps[stage][index] = before + 1;
            last = Math.max(last, before + 1);
        }

        private int[] widths(int[] stepOfCell) {
            int[] widths = new int[last];
            for (int step : stepOfCell) {
                if (step > 0) {
                    widths[step - 1]++;
                }
            }
            return widths;
        }
    }
}
