package handscroll.worker.train;

import java.util.random.RandomGenerator;

/** When each patch of a lesson's frame is drawn: the rank of each, row by row. */
final class LessonOrder {

    static final int NAMED_COUNT = 4;

    private LessonOrder() {}

    /** omega, omega*, zeta, zeta*. */
    static int[] named(int direction, int columns, int rows) {
        int[] result = new int[columns * rows];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                result[r * columns + c] = switch (direction) {
                    case 0 -> c * rows + r;
                    case 1 -> (columns - 1 - c) * rows + r;
                    case 2 -> r * columns + c;
                    default -> (rows - 1 - r) * columns + c;
                };
            }
        }
        return result;
    }

    /** Any permutation, or rings around a random patch. */
    static int[] any(RandomGenerator random, int columns, int rows) {
        boolean rings = random.nextBoolean();
        int middle = random.nextInt(columns * rows);
        double[] key = new double[columns * rows];
        for (int i = 0; i < key.length; i++) {
            int ring = Math.max(Math.abs(i % columns - middle % columns), Math.abs(i / columns - middle / columns));
            key[i] = (rings ? ring : 0) + random.nextDouble();
        }
        int[] result = new int[key.length];
        for (int i = 0; i < key.length; i++) {
            for (double other : key) {
                result[i] += other < key[i] ? 1 : 0;
            }
        }
        return result;
    }
}
