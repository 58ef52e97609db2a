package handscroll.protocol.canvas;

/** Names one cell of one stage of a job: what a task renders and a result answers. */
public record PatchId(int stage, int column, int row, int frame) {

    public PatchId(int stage, Cell cell) {
        this(stage, cell.column(), cell.row(), cell.frame());
    }

    public Cell cell() {
        return new Cell(column, row, frame);
    }

    @Override
    public String toString() {
        return stage + "/" + cell();
    }
}
