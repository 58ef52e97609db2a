package handscroll.coordinator.plan;

import handscroll.protocol.canvas.Grid;
import java.util.function.IntConsumer;

/**
 * Line by line over each frame. On H rows and W columns the cell in row r and column c comes as number
 *
 * <pre>
 *   omega   c H + r             zeta   r W + c
 *   omega*  (W-1-c) H + r       zeta*  (H-1-r) W + c
 * </pre>
 *
 * A cell sees the whole lines before it as far as its extent reaches, so a line can start only when
 * the one before is an extent ahead. Hence the depth: one a step along the line, extent + 1 a line,
 * and from frame to frame the product of both lags.
 *
 * <p>Where the canvas wraps, cells at the end that a sweep reaches last see those at the other end. The
 * other way round a line could start only when all of the one before is rendered.
 */
final class Sweep implements Order {

    private final Grid grid;
    private final boolean byColumns;
    private final boolean mirrored;
    private final int lineLength;
    private final int lineLag;
    private final int frameLag;

    Sweep(Grid grid, Extent extent, Direction direction) {
        this.grid = grid;
        this.byColumns = direction == Direction.OMEGA || direction == Direction.OMEGA_STAR;
        this.mirrored = direction == Direction.OMEGA_STAR || direction == Direction.ZETA_STAR;
        this.lineLength = byColumns ? grid.rows() : grid.columns();
        int rowLag = Math.min(extent.rows(), grid.rows() - 1) + 1;
        int columnLag = Math.min(extent.columns(), grid.columns() - 1) + 1;
        this.lineLag = byColumns ? rowLag : columnLag;
        this.frameLag = rowLag * columnLag;
    }

    @Override
    public long rank(int column, int row, int frame) {
        return (long) frame * grid.rows() * grid.columns() + (long) line(column, row) * lineLength + step(column, row);
    }

    @Override
    public boolean sees(int column, int row, int frame, int earlierColumn, int earlierRow, int earlierFrame) {
        boolean isAcrossTheSeam = grid.columnsBetween(column, earlierColumn) != earlierColumn - column;
        return !isAcrossTheSeam || (byColumns && mirrored ? column < earlierColumn : column > earlierColumn);
    }

    @Override
    public long depth(int column, int row, int frame) {
        return (long) frame * frameLag + (long) line(column, row) * lineLag + step(column, row);
    }

    @Override
    public boolean isGiven(int column, int row, int frame) {
        return false;
    }

    @Override
    public void forEach(IntConsumer visitor) {
        int lineCount = byColumns ? grid.columns() : grid.rows();
        for (int frame = 0; frame < grid.frames(); frame++) {
            for (int number = 0; number < lineCount; number++) {
                int line = mirrored ? lineCount - 1 - number : number;
                for (int step = 0; step < lineLength; step++) {
                    visitor.accept(byColumns ? grid.index(line, step, frame) : grid.index(step, line, frame));
                }
            }
        }
    }

    private int line(int column, int row) {
        if (byColumns) {
            return mirrored ? grid.columns() - 1 - column : column;
        }
        return mirrored ? grid.rows() - 1 - row : row;
    }

    private int step(int column, int row) {
        return byColumns ? row : column;
    }
}
