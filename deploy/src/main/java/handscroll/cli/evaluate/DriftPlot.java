package handscroll.cli.evaluate;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.Locale;

/** The score of borders over their distance from where the picture began. */
final class DriftPlot {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 320;
    private static final int LEFT = 56;
    private static final int RIGHT = 20;
    private static final int TOP = 36;
    private static final int BOTTOM = 44;
    private static final Color INK = new Color(0x333333);
    private static final Color DOTS = new Color(0x1f5fa8);
    private static final Color LINE = new Color(0xc0392b);

    static BufferedImage of(Drift drift) {
        double most = drift.rings().stream().mapToDouble(Drift.Ring::mean).max().orElse(1.1);
        double least =
                drift.rings().stream().mapToDouble(Drift.Ring::mean).min().orElse(0.9);
        double top = Math.max(1.1, most + 0.02);
        double bottom = Math.min(0.9, least - 0.02);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D plot = image.createGraphics();
        plot.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        plot.setColor(Color.WHITE);
        plot.fillRect(0, 0, WIDTH, HEIGHT);
        plot.setColor(INK);
        plot.drawString(
                String.format(
                        Locale.ROOT,
                        "Discontinuity Score over the distance from the seed (slope %+.4f ± %.4f in 1,000 px)",
                        drift.slope(),
                        drift.error()),
                LEFT,
                20);
        for (double level = Math.ceil(bottom * 20) / 20; level <= top; level += 0.05) {
            double y = y(level, bottom, top);
            plot.setColor(Math.abs(level - 1) < 1e-9 ? Color.GRAY : new Color(0xe4e4e4));
            plot.draw(new Line2D.Double(LEFT, y, WIDTH - RIGHT, y));
            plot.setColor(INK);
            plot.drawString(String.format(Locale.ROOT, "%.2f", level), 14, (int) y + 4);
        }
        int reach = Math.max(1, drift.reachPixels());
        for (int mark = 0; mark <= 4; mark++) {
            double x = x((double) mark / 4 * reach, reach);
            plot.drawString(mark * reach / 4 + " px", (int) x - (mark == 4 ? 50 : 0), HEIGHT - 18);
        }
        int step = drift.rings().size() > 1
                ? drift.rings().get(1).fromPixels() - drift.rings().get(0).fromPixels()
                : 0;
        plot.setColor(DOTS);
        for (Drift.Ring ring : drift.rings()) {
            double x = x(ring.fromPixels() + step / 2.0, reach);
            plot.fill(new Ellipse2D.Double(x - 2.5, y(ring.mean(), bottom, top) - 2.5, 5, 5));
        }
        if (Double.isFinite(drift.slope())) {
            plot.setColor(LINE);
            plot.setStroke(new BasicStroke(1.8f));
            plot.draw(new Line2D.Double(
                    x(0, reach),
                    y(drift.intercept(), bottom, top),
                    x(reach, reach),
                    y(drift.intercept() + drift.slope() * reach / 1000, bottom, top)));
        }
        plot.dispose();
        return image;
    }

    private static double x(double pixels, int reach) {
        return LEFT + pixels / reach * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double score, double bottom, double top) {
        return HEIGHT - BOTTOM - (score - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM);
    }

    private DriftPlot() {}
}
