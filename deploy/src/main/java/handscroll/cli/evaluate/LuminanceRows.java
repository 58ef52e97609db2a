package handscroll.cli.evaluate;

import java.io.IOException;

/** A picture given row by row from the top, so that its size is bounded by the disk and not by the memory. */
interface LuminanceRows {

    /** Stands in a row where the picture has no pixel: its tile is missing. */
    char MISSING = 0xFFFF;

    int widthPixels();

    int heightPixels();

    /** Hears every row once, in order. */
    void forEach(RowConsumer consumer) throws IOException;

    @FunctionalInterface
    interface RowConsumer {
        /** @param luminance in 1/256 grey levels, or {@link #MISSING}; the array is used again for the next row */
        void accept(char[] luminance);
    }

    /** The luma of ITU-R BT.601 in 1/256 grey levels; at most 65280. */
    static char of(int rgb) {
        return (char) (((rgb >> 16 & 0xFF) * 77 + (rgb >> 8 & 0xFF) * 150 + (rgb & 0xFF) * 29));
    }
}
