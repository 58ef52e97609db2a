package handscroll.protocol.task;

import handscroll.protocol.canvas.PatchId;

/**
 * A rendered patch as seen from one that reads it: its place relative to the reader, in patches,
 * and its tokens, row by row.
 */
public record ContextPatch(int columnOffset, int rowOffset, int frameOffset, short[] tokens) {

    /** Which patch it is, as seen from its reader. */
    public PatchId of(PatchId reader) {
        return new PatchId(
                reader.stage(), reader.column() + columnOffset, reader.row() + rowOffset, reader.frame() + frameOffset);
    }
}
