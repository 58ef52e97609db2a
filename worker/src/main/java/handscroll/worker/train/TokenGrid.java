package handscroll.worker.train;

/**
 * The tokens of one varied picture.
 *
 * @param tokens row by row
 * @param top height of the upper edge in the whole picture, 0 at its top and 1 at its bottom
 * @param rowHeight how much of the whole picture's height one row of tokens covers
 */
record TokenGrid(int columns, int rows, short[] tokens, double top, double rowHeight) {}
