package handscroll.coordinator.job;

import handscroll.coordinator.job.Jobs.PlannedWidth;
import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Widths;
import java.util.ArrayList;
import java.util.List;

/** The width of the wavefront that a plan promises to unlimited workers, as a curve of few points. */
final class PlannedWidths {

    /** A walk over more cells would be felt when a job begins. */
    private static final int MOST_CELLS = 1_000_000;

    /** Empty for a plan of very many cells. */
    static List<PlannedWidth> of(PatchGraph graph, int points) {
        long cells = 0;
        for (int stage = 0; stage < graph.stages().size(); stage++) {
            cells += graph.cellCount(stage);
        }
        return cells > MOST_CELLS ? List.of() : of(Widths.of(graph), points);
    }

    /** Of several steps that fall into one point, the mean. */
    static List<PlannedWidth> of(Widths widths, int points) {
        int stepsInPoint = Math.max(1, (widths.stepCount() + points - 1) / points);
        List<PlannedWidth> curve = new ArrayList<>();
        long done = 0;
        for (int from = 0; from < widths.stepCount(); from += stepsInPoint) {
            int to = Math.min(widths.stepCount(), from + stepsInPoint);
            long here = 0;
            for (int step = from; step < to; step++) {
                for (int[] stage : widths.byStage()) {
                    here += stage[step];
                }
            }
            curve.add(new PlannedWidth(done, (double) here / (to - from)));
            done += here;
        }
        return curve;
    }

    private PlannedWidths() {}
}
