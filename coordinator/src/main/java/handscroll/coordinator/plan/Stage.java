package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.List;
import java.util.Optional;

/** One operator over the canvas: how it cuts the canvas, and what each of its cells reads. */
public record Stage(String name, Operator operator, Grid grid, int cellPixels, List<Reads> reads) {

    /** What a worker does for a cell. */
    public enum Operator {
        /** Turns known pixels into tokens: what the given cells of a sampling stage are made by. */
        ENCODE,
        SAMPLE,
        DECODE,
        /** Nothing, for measuring the farm itself. */
        IDLE
    }

    public Stage {
        reads = List.copyOf(reads);
        if (reads.stream().filter(Reads.Itself.class::isInstance).count() > 1) {
            throw new IllegalArgumentException("stage " + name + " reads itself in more than one way");
        }
    }

    /** The order of a stage that reads itself. */
    public Optional<Order> order() {
        for (Reads read : reads) {
            if (read instanceof Reads.Itself itself) {
                return Optional.of(itself.order());
            }
        }
        return Optional.empty();
    }

    /** Whether the states of its cells hold something of what these saw. */
    public boolean remembers() {
        for (Reads read : reads) {
            if (read instanceof Reads.Remembered) {
                return true;
            }
        }
        return false;
    }

    /** The operator for one cell: given cells are encoded, not sampled. */
    public Operator operator(int index) {
        Optional<Order> order = order();
        boolean given =
                order.isPresent() && order.get().isGiven(grid.columnOf(index), grid.rowOf(index), grid.frameOf(index));
        return given ? Operator.ENCODE : operator;
    }
}
