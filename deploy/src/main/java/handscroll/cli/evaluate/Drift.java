package handscroll.cli.evaluate;

import handscroll.worker.seam.BorderScores.Piece;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hipparchus.stat.regression.SimpleRegression;

/**
 * Whether borders are seen more the further they lie from where the picture began: a straight line through the
 * mean scores of all borders at about the same distance, one patch deep. Means, because neighbours within one
 * such ring have much in common and would count as proof many times.
 *
 * @param slope of the score over 1,000 pixels; not a number with fewer than three rings
 * @param error half the width of its interval of 95 % confidence
 * @param reachPixels the largest distance
 */
record Drift(List<Ring> rings, double slope, double error, double intercept, int reachPixels) {

    private static final double PIXELS = 1000;
    private static final double DOUBT = 0.05;

    /** The borders whose upper left ends lie so far away. */
    record Ring(int fromPixels, int borderCount, double mean) {}

    /** Whether the line may as well be level. */
    boolean isLevel() {
        return Math.abs(slope) <= error;
    }

    /** @param seed where the picture began: the given picture, or nothing for the left border of the canvas */
    static Drift of(List<Piece> pieces, Optional<Rectangle> seed, int patch) {
        List<double[]> sums = new ArrayList<>();
        for (Piece piece : pieces) {
            int distance = distance(piece, seed);
            if (distance < 0) {
                continue; // inside the given picture nothing was drawn
            }
            int ring = distance / patch;
            while (sums.size() <= ring) {
                sums.add(new double[2]);
            }
            sums.get(ring)[0] += piece.score();
            sums.get(ring)[1]++;
        }
        var line = new SimpleRegression();
        List<Ring> rings = new ArrayList<>();
        for (int ring = 0; ring < sums.size(); ring++) {
            double[] sum = sums.get(ring);
            if (sum[1] > 0) {
                rings.add(new Ring(ring * patch, (int) sum[1], sum[0] / sum[1]));
                line.addData((ring + 0.5) * patch / PIXELS, sum[0] / sum[1]);
            }
        }
        boolean isLine = rings.size() > 2;
        return new Drift(
                List.copyOf(rings),
                isLine ? line.getSlope() : Double.NaN,
                isLine ? line.getSlopeConfidenceInterval(DOUBT) : Double.NaN,
                isLine ? line.getIntercept() : Double.NaN,
                sums.size() * patch);
    }

    private static int distance(Piece piece, Optional<Rectangle> seed) {
        if (seed.isEmpty()) {
            return piece.xPixels();
        }
        Rectangle from = seed.get();
        if (from.contains(piece.xPixels(), piece.yPixels())) {
            return -1;
        }
        int x = Math.max(0, Math.max(from.x - piece.xPixels(), piece.xPixels() - (from.x + from.width)));
        int y = Math.max(0, Math.max(from.y - piece.yPixels(), piece.yPixels() - (from.y + from.height)));
        int distance = Math.max(x, y);
        return distance == 0 ? -1 : distance; // the border of the given picture has a score of its own
    }
}
