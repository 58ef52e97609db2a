package handscroll.cli;

import handscroll.coordinator.simulation.SimulatedRender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * A plan as a picture: how wide the wavefront is on its way, and how long farms of different sizes take,
 * both axes of the second logarithmic, so that workers who all help make a straight line.
 */
final class PlanPlot {

    private static final int WIDTH = 800;
    private static final int LEFT = 80;
    private static final int RIGHT = WIDTH - 30;
    private static final int CHART_HEIGHT = 220;
    private static final int FIRST_TOP = 70;
    private static final int SECOND_TOP = FIRST_TOP + CHART_HEIGHT + 100;
    private static final int HEIGHT = SECOND_TOP + CHART_HEIGHT + 60;
    /** Points of a curve; of more steps the widest stands for its neighbours. */
    private static final int MOST_POINTS = 690;

    private static final int LABEL_WIDTH = 28;

    private static final String[] COLOURS = {"#1f5fa8", "#c8641b", "#3b8a4b", "#7a4ea3"};

    private final PlanReport report;
    private final StringBuilder svg = new StringBuilder();

    private PlanPlot(PlanReport report) {
        this.report = report;
    }

    static String of(PlanReport report) {
        return new PlanPlot(report).draw();
    }

    private String draw() {
        element(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH, HEIGHT);
        element("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
        text(
                LEFT,
                30,
                "start",
                "bold",
                report.plan().spec().name() + ", direction "
                        + report.plan().direction().configName());
        widths();
        times();
        element("</svg>");
        return svg.toString();
    }

    private void widths() {
        List<int[]> byStage = report.widths().byStage();
        int steps = report.widths().stepCount();
        int widest = 1;
        for (int[] widths : byStage) {
            for (int width : widths) {
                widest = Math.max(widest, width);
            }
        }
        double top = ceiling(widest);
        DoubleUnaryOperator x = step -> LEFT + (RIGHT - LEFT) * step / steps;
        DoubleUnaryOperator y = width -> FIRST_TOP + CHART_HEIGHT * (1 - width / top);
        text(LEFT, FIRST_TOP - 12, "start", "normal", "cells that can be rendered at once, step by step");
        frame(FIRST_TOP);
        for (int part = 0; part <= 4; part++) {
            tickY(y.applyAsDouble(top * part / 4), number(top * part / 4));
            tickX(FIRST_TOP, x.applyAsDouble((double) steps * part / 4), number(Math.round(steps * part / 4.0)));
        }
        int bucket = Math.max(1, (steps + MOST_POINTS - 1) / MOST_POINTS);
        for (int stage = 0; stage < byStage.size(); stage++) {
            List<String> points = new ArrayList<>();
            for (int step = 0; step < steps; step += bucket) {
                int width = 0;
                for (int within = step; within < Math.min(steps, step + bucket); within++) {
                    width = Math.max(width, byStage.get(stage)[within]);
                }
                points.add(point(x.applyAsDouble(step), y.applyAsDouble(width)));
                points.add(point(x.applyAsDouble(Math.min(steps, step + bucket)), y.applyAsDouble(width)));
            }
            curve(points, COLOURS[stage % COLOURS.length], "");
            legend(
                    FIRST_TOP,
                    stage,
                    COLOURS[stage % COLOURS.length],
                    report.plan().graph().stage(stage).name());
        }
    }

    private void times() {
        List<PlanReport.Row> rows = report.rows();
        double fewest = rows.get(0).workerCount();
        double most = Math.max(2 * fewest, rows.get(rows.size() - 1).workerCount());
        double least = Double.MAX_VALUE;
        double longest = 0;
        for (PlanReport.Row row : rows) {
            least = Math.min(least, Math.max(1e-3, PlanReport.seconds(row.bound())));
            longest = Math.max(
                    longest,
                    PlanReport.seconds(row.render().map(SimulatedRender::time).orElse(row.bound())));
        }
        double bottom = floorOfTwo(least);
        double top = Math.max(4 * bottom, bottom * Math.pow(2, Math.ceil(log(longest / bottom))));
        DoubleUnaryOperator x = count -> LEFT + (RIGHT - LEFT) * log(count / fewest) / log(most / fewest);
        DoubleUnaryOperator y =
                seconds -> SECOND_TOP + CHART_HEIGHT * (1 - log(Math.max(1e-3, seconds) / bottom) / log(top / bottom));
        text(LEFT, SECOND_TOP - 12, "start", "normal", "time against workers");
        frame(SECOND_TOP);
        int doublings = (int) Math.round(log(top / bottom));
        for (int doubling = 0; doubling <= doublings; doubling += Math.max(1, doublings / 6)) {
            double seconds = bottom * Math.pow(2, doubling);
            tickY(y.applyAsDouble(seconds), Figures.shortTime(Duration.ofNanos(Math.round(seconds * 1e9))));
        }
        List<String> bound = new ArrayList<>();
        List<String> simulated = new ArrayList<>();
        double labelled = Double.NEGATIVE_INFINITY;
        for (PlanReport.Row row : rows) {
            double at = x.applyAsDouble(row.workerCount());
            boolean hasRoom = at - labelled >= LABEL_WIDTH;
            tickX(SECOND_TOP, at, hasRoom ? number(row.workerCount()) : "");
            labelled = hasRoom ? at : labelled;
            bound.add(point(at, y.applyAsDouble(PlanReport.seconds(row.bound()))));
            row.render().ifPresent(render -> {
                double height = y.applyAsDouble(PlanReport.seconds(render.time()));
                simulated.add(point(at, height));
                element("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>", at, height, COLOURS[0]);
            });
        }
        curve(bound, "#777777", " stroke-dasharray=\"5 4\"");
        legend(SECOND_TOP, 0, "#777777", "bound");
        if (!simulated.isEmpty()) {
            curve(simulated, COLOURS[0], "");
            legend(SECOND_TOP, 1, COLOURS[0], "simulated");
        }
        text((LEFT + RIGHT) / 2.0, SECOND_TOP + CHART_HEIGHT + 42, "middle", "normal", "workers");
    }

    private void frame(int top) {
        element(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#999999\"/>",
                LEFT, top, RIGHT - LEFT, CHART_HEIGHT);
    }

    private void tickY(double y, String label) {
        element("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>", LEFT, y, RIGHT, y);
        text(LEFT - 8, y + 4, "end", "normal", label);
    }

    private void tickX(int top, double x, String label) {
        int bottom = top + CHART_HEIGHT;
        element("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#999999\"/>", x, bottom, x, bottom + 5);
        text(x, bottom + 20, "middle", "normal", label);
    }

    private void legend(int top, int place, String colour, String label) {
        double x = RIGHT - 110.0 * (place + 1);
        element(
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\" stroke-width=\"3\"/>",
                x, top - 16, x + 18, top - 16, colour);
        text(x + 24, top - 12, "start", "normal", label);
    }

    private void curve(List<String> points, String colour, String more) {
        element(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\"%s/>",
                String.join(" ", points), colour, more);
    }

    private void text(double x, double y, String anchor, String weight, String words) {
        element(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-weight=\"%s\" fill=\"#222222\">%s</text>",
                x,
                y,
                anchor,
                weight,
                words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }

    private static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Figures.count((long) value) : Figures.oneDecimal(value);
    }

    /** The next number of a kind that people count in. */
    private static double ceiling(double value) {
        double unit = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 2, 4, 5, 8, 10}) {
            if (step * unit >= value) {
                return step * unit;
            }
        }
        return 10 * unit;
    }

    private static double floorOfTwo(double value) {
        return Math.pow(2, Math.floor(log(value)));
    }

    private static double log(double value) {
        return Math.log(value) / Math.log(2);
    }

    private void element(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
