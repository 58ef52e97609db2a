package handscroll.coordinator.plan;

import java.util.Optional;

/**
 * Maps the height of a canvas to the height of the pictures a model learned from, so that sky is
 * rendered above and land below however tall the canvas is.
 *
 * <p>Two straight lines that meet at the horizon: {@code topPixels} of the canvas is 0, the top of a
 * learned picture; {@code horizonPixels} is {@code horizon}; {@code bottomPixels} is 1, its bottom.
 * What lies above or below these stays at 0 or 1: more of the same sky, more of the same ground.
 */
public record VerticalAxis(double topPixels, double horizonPixels, double bottomPixels, double horizon) {

    /** Houses and trees are drawn at most this much taller than the model learned them. */
    static final double MOST_LAND_STRETCH = 1.6;

    public VerticalAxis {
        boolean ascending = topPixels <= horizonPixels && horizonPixels <= bottomPixels && topPixels < bottomPixels;
        if (!ascending || horizon < 0 || horizon > 1) {
            throw new IllegalArgumentException(
                    "no vertical axis: " + topPixels + ", " + horizonPixels + " at " + horizon + ", " + bottomPixels);
        }
    }

    /**
     * For a canvas that starts from nothing. A canvas up to {@value #MOST_LAND_STRETCH} times as tall
     * as the learned pictures is stretched evenly. On a taller one the land keeps that stretch and
     * stays at the bottom, and the sky takes all the rest.
     *
     * @param learnedHorizon where sky meets land in the learned pictures, as a share of their height
     * @param wantedHorizon where it shall be on the canvas instead, as a share of its height
     */
    public static VerticalAxis ofCanvas(
            int canvasHeight, int learnedHeight, double learnedHorizon, Optional<Double> wantedHorizon) {
        boolean hasBoth = learnedHorizon > 0 && learnedHorizon < 1;
        double stretch = Math.min((double) canvasHeight / learnedHeight, MOST_LAND_STRETCH);
        double naturalHorizon =
                hasBoth ? canvasHeight - stretch * (1 - learnedHorizon) * learnedHeight : learnedHorizon * canvasHeight;
        return new VerticalAxis(
                0,
                wantedHorizon.map(share -> share * canvasHeight).orElse(naturalHorizon),
                canvasHeight,
                learnedHorizon);
    }

    /** For a canvas that extends a picture: the picture's own rows are the axis, wherever it lies. */
    public static VerticalAxis ofPicture(int yPixels, int heightPixels) {
        return new VerticalAxis(yPixels, yPixels + heightPixels / 2.0, yPixels + (double) heightPixels, 0.5);
    }

    /** Where a row of the canvas lies on the model's axis: from 0 at the top to 1 at the bottom, never falling. */
    public double position(double yPixels) {
        if (yPixels <= topPixels) {
            return 0;
        }
        if (yPixels >= bottomPixels) {
            return 1;
        }
        return yPixels < horizonPixels
                ? horizon * (yPixels - topPixels) / (horizonPixels - topPixels)
                : horizon + (1 - horizon) * (yPixels - horizonPixels) / (bottomPixels - horizonPixels);
    }
}
