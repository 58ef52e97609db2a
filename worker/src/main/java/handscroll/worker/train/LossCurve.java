package handscroll.worker.train;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How the loss of one stage fell, as points (minutes, loss) and as a chart. */
final class LossCurve {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 300;
    private static final int LEFT = 60;
    private static final int BOTTOM = 40;

    private final String stage;
    private final List<float[]> points = new ArrayList<>();

    LossCurve(String stage, Checkpoint checkpoint) {
        this.stage = stage;
        if (checkpoint.has(key())) {
            float[] flat = checkpoint.vector(key());
            for (int i = 0; i + 1 < flat.length; i += 2) {
                points.add(new float[] {flat[i], flat[i + 1]});
            }
        }
    }

    String stage() {
        return stage;
    }

    private String key() {
        return "curve." + stage;
    }

    void add(double minutes, double loss) {
        points.add(new float[] {(float) minutes, (float) loss});
    }

    void save(Checkpoint checkpoint) {
        float[] flat = new float[2 * points.size()];
        for (int i = 0; i < points.size(); i++) {
            flat[2 * i] = points.get(i)[0];
            flat[2 * i + 1] = points.get(i)[1];
        }
        checkpoint.put(key(), flat);
    }

    /** About a dozen points as a HOCON list of [minutes, loss]. */
    String asText() {
        StringBuilder text = new StringBuilder("[");
        int stride = Math.max(1, points.size() / 12);
        for (int i = 0; i < points.size(); i += stride) {
            float[] point = points.get(i);
            text.append(i == 0 ? "" : ", ").append(String.format(Locale.ROOT, "[%.1f, %.3f]", point[0], point[1]));
        }
        return text.append("]").toString();
    }

    /** One chart below the other. */
    static BufferedImage chart(List<LossCurve> all) {
        List<LossCurve> curves =
                all.stream().filter(curve -> !curve.points.isEmpty()).toList();
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT * Math.max(1, curves.size()), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, image.getHeight());
        for (int i = 0; i < curves.size(); i++) {
            curves.get(i).draw(graphics, i * HEIGHT);
        }
        graphics.dispose();
        return image;
    }

    private void draw(Graphics2D graphics, int top) {
        float lowest = Float.MAX_VALUE;
        float highest = -Float.MAX_VALUE;
        for (float[] point : points) {
            lowest = Math.min(lowest, point[1]);
            highest = Math.max(highest, point[1]);
        }
        float last = points.get(points.size() - 1)[0];
        int floor = top + HEIGHT - BOTTOM;
        int height = HEIGHT - BOTTOM - 30;
        graphics.setColor(Color.DARK_GRAY);
        graphics.drawLine(LEFT, floor, WIDTH - 20, floor);
        graphics.drawLine(LEFT, floor, LEFT, floor - height);
        graphics.drawString(stage + ": loss over minutes", LEFT + 10, floor - height - 8);
        graphics.drawString(String.format(Locale.ROOT, "%.3f", highest), 8, floor - height + 5);
        graphics.drawString(String.format(Locale.ROOT, "%.3f", lowest), 8, floor);
        graphics.drawString(String.format(Locale.ROOT, "%.0f min", last), WIDTH - 70, floor + 18);
        graphics.setColor(new Color(0x1f5fa8));
        graphics.setStroke(new BasicStroke(1.5f));
        int[] x = new int[points.size()];
        int[] y = new int[points.size()];
        for (int i = 0; i < x.length; i++) {
            float[] point = points.get(i);
            x[i] = LEFT + Math.round((WIDTH - 20 - LEFT) * point[0] / Math.max(last, 1e-3f));
            y[i] = floor - Math.round(height * (point[1] - lowest) / Math.max(highest - lowest, 1e-6f));
        }
        graphics.drawPolyline(x, y, x.length);
    }
}
