package handscroll.worker.train;

/**
 * What can be said of a picture from its pixels alone.
 *
 * @param sky the colour of its upper third
 * @param ground the colour of its lower half
 * @param light how bright it is
 */
record Look(String sky, String ground, Light light) {

    enum Light {
        BRIGHT,
        EVEN,
        DARK
    }

    private static final double BRIGHT_FROM = 0.6;
    private static final double DARK_TO = 0.3;
    private static final double GREY_TO = 0.15;

    static Look of(Picture picture) {
        int height = picture.height();
        return new Look(
                colour(mean(picture, 0, height / 3)),
                colour(mean(picture, height / 2, height)),
                light(mean(picture, 0, height)));
    }

    /** Whether the sky has the colours of a low sun. */
    boolean isSunset() {
        return sky.equals("orange") || sky.equals("red") || sky.equals("pink") || sky.equals("yellow");
    }

    private static Light light(double[] rgb) {
        double luminance = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
        return luminance > BRIGHT_FROM ? Light.BRIGHT : luminance < DARK_TO ? Light.DARK : Light.EVEN;
    }

    /** The mean of rows of a picture, each channel from 0 to 1. */
    private static double[] mean(Picture picture, int from, int to) {
        double[] sum = new double[3];
        byte[] rgb = picture.rgb();
        for (int i = 3 * from * picture.width(); i < 3 * to * picture.width(); i++) {
            sum[i % 3] += rgb[i] & 255;
        }
        double count = 255.0 * (to - from) * picture.width();
        return new double[] {sum[0] / count, sum[1] / count, sum[2] / count};
    }

    /** The word for a colour whose channels go from 0 to 1. */
    static String colour(double[] rgb) {
        double most = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
        double least = Math.min(rgb[0], Math.min(rgb[1], rgb[2]));
        double saturation = most == 0 ? 0 : (most - least) / most;
        if (most < 0.15) {
            return "black";
        }
        if (saturation < GREY_TO) {
            return most > 0.75 ? "white" : most > 0.3 ? "grey" : "dark grey";
        }
        double hue = hue(rgb, most, most - least);
        if (hue < 18 || hue >= 345) {
            return most < 0.5 ? "brown" : "red";
        }
        if (hue < 45) {
            return most < 0.65 ? "brown" : "orange";
        }
        if (hue < 66) {
            return most < 0.45 ? "brown" : "yellow";
        }
        if (hue < 165) {
            return "green";
        }
        if (hue < 255) {
            return most < 0.35 ? "dark blue" : "blue";
        }
        return hue < 290 ? "purple" : "pink";
    }

    private static double hue(double[] rgb, double most, double range) {
        double sixth;
        if (most == rgb[0]) {
            sixth = (rgb[1] - rgb[2]) / range;
        } else if (most == rgb[1]) {
            sixth = 2 + (rgb[2] - rgb[0]) / range;
        } else {
            sixth = 4 + (rgb[0] - rgb[1]) / range;
        }
        return (60 * sixth + 360) % 360;
    }
}
