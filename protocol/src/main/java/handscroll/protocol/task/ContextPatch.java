package handscroll.protocol.task;

/**
 * A rendered patch as seen from one that reads it: its place relative to the reader, in patches,
 * and its tokens, row by row.
 */
public record ContextPatch(int columnOffset, int rowOffset, int frameOffset, short[] tokens) {}
