package handscroll.coordinator.simulation;

import handscroll.coordinator.plan.PatchGraph;
import handscroll.coordinator.plan.Stage;

/** Walks all cells of a graph so that each comes after everything it reads. */
final class ReadingOrder {

    static void forEach(PatchGraph graph, PatchGraph.CellVisitor visitor) {
        for (int number = 0; number < graph.stages().size(); number++) {
            int stage = number;
            Stage described = graph.stage(stage);
            if (described.order().isPresent()) {
                described.order().get().forEach(index -> visitor.visit(stage, index));
            } else {
                for (int index = 0; index < graph.cellCount(stage); index++) {
                    visitor.visit(stage, index);
                }
            }
        }
    }

    private ReadingOrder() {}
}
