package handscroll.coordinator.export;

import java.io.IOException;

/** The tokens of a picture row by row, from wherever they lie. */
public interface TokenGrid {

    int columns();

    int rows();

    /** Copies {@code count} tokens from (column, row) on to the right into {@code target}. */
    void read(int column, int row, int count, short[] target, int offset) throws IOException;
}
