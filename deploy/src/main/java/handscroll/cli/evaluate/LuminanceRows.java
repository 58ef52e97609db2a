package handscroll.cli.evaluate;

import handscroll.worker.seam.Luminance;
import java.io.IOException;

/** A picture given row by row from the top, so that its size is bounded by the disk and not by the memory. */
interface LuminanceRows {

    int widthPixels();

    int heightPixels();

    /** Hears every row once, in order. */
    void forEach(RowConsumer consumer) throws IOException;

    @FunctionalInterface
    interface RowConsumer {
        /** @param luminance as {@link Luminance} has it; the array is used again for the next row */
        void accept(char[] luminance);
    }
}
