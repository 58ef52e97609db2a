package handscroll.cli;

import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Wavefronts;
import handscroll.coordinator.simulation.BatchTimes;
import handscroll.coordinator.simulation.Walk;
import handscroll.protocol.canvas.Grid;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan for people. */
final class PlanText {

    private final PlanReport report;
    private final Plan plan;
    private final StringBuilder text = new StringBuilder();

    private PlanText(PlanReport report) {
        this.report = report;
        this.plan = report.plan();
    }

    static String of(PlanReport report) {
        return new PlanText(report).text();
    }

    /** A plan that is only walked. */
    static String of(Plan plan, Walk walk) {
        return String.format(
                Locale.ROOT,
                "%s: %s of %d px, %s of %d px, direction %s%n"
                        + "opened in %s, walked in %s with nothing to do: %,.0f cells a second%n"
                        + "held at most %.1f bytes a cell, %s, with the tokens of %s",
                plan.spec().name(),
                Figures.count(plan.sampleGrid().cellCount(), "patch", "patches"),
                plan.model().patchPixels(),
                Figures.count(plan.tileGrid().cellCount(), "tile", "tiles"),
                Plan.TILE_PIXELS,
                plan.direction().configName(),
                Figures.shortTime(walk.opening()),
                Figures.shortTime(walk.walking()),
                walk.cellsPerSecond(),
                walk.bytesPerCell(),
                Figures.bytes(walk.heldBytes()),
                Figures.count(walk.tokensHeldPeak(), "patch", "patches"));
    }

    private String text() {
        job();
        line("");
        directions();
        line("");
        space();
        line("");
        times();
        line("");
        remarks();
        return text.toString().stripTrailing();
    }

    private void job() {
        Grid grid = plan.sampleGrid();
        line(
                "%s: %d x %d px%s, %s of %d px (%d x %d)%s, %s of %d px",
                plan.spec().name(),
                plan.spec().canvas().widthPixels(),
                plan.spec().canvas().heightPixels(),
                plan.spec().canvas().wraps() ? " that wrap" : "",
                Figures.count(grid.cellCount(), "patch", "patches"),
                plan.model().patchPixels(),
                grid.columns(),
                grid.rows(),
                report.givenCount() == 0 ? "" : ", " + Figures.count(report.givenCount()) + " of them from the picture",
                Figures.count(plan.tileGrid().cellCount(), "tile", "tiles"),
                Plan.TILE_PIXELS);
        line(
                "stages %s",
                plan.graph().stages().stream()
                        .map(stage ->
                                stage.name() + " " + Figures.count(stage.grid().cellCount(), "cell", "cells"))
                        .collect(Collectors.joining(", ")));
        line("direction %s: %s", plan.direction().configName(), plan.directionReason());
        plan.spec().texts().notes().forEach(note -> line("%s", note));
    }

    private void directions() {
        int largest = report.rows().get(report.rows().size() - 1).workerCount();
        String timeHeading = report.isSimulated() ? "with " + Figures.count(largest, "worker", "workers") : "";
        line(
                "  %-14s %14s %17s %10s %15s %18s",
                "direction", "critical path", "widest wavefront", "pool peak", "useful workers", timeHeading);
        report.directions().forEach((direction, other) -> {
            Wavefronts wavefronts = other.wavefronts();
            Duration time = report.directionTimes().get(direction);
            line(
                    "%s %-14s %,14d %,17d %,10d %,15d %18s",
                    direction == plan.direction() ? "*" : " ",
                    direction.configName(),
                    wavefronts.criticalPath(),
                    wavefronts.widestWavefront(),
                    wavefronts.poolPeak(),
                    PlanReport.usefulWorkers(wavefronts),
                    time == null ? "" : Figures.shortTime(time));
        });
    }

    private void space() {
        Footprint footprint = report.footprint();
        line(
                "memory  about %s of the coordinator's heap; up to %s of context in a worker%s",
                Figures.bytes(footprint.coordinatorHeapBytes()),
                Figures.bytes(footprint.workerPoolBytes()),
                footprint.workerPoolBytes() > report.settings().poolBytes()
                        ? ", more than the " + Figures.bytes(report.settings().poolBytes())
                                + " of handscroll.worker.djl.pool: states would be made again"
                        : "");
        line(
                "disk    %s of tokens, about %s of tiles",
                Figures.bytes(footprint.tokenLogBytes()), Figures.bytes(footprint.tileBytes()));
    }

    private void times() {
        if (report.isSimulated()) {
            line("  %7s %14s %9s %6s %14s %13s", "workers", "time", "speed-up", "busy", "bound", "time / bound");
        } else {
            line("  %7s %14s %9s", "workers", "bound", "speed-up");
        }
        for (PlanReport.Row row : report.rows()) {
            row.render()
                    .ifPresentOrElse(
                            render -> line(
                                    "  %,7d %14s %9.1f %4.0f %% %14s %13.2f",
                                    row.workerCount(),
                                    Figures.shortTime(render.time()),
                                    row.speedUp(),
                                    100 * render.busyShare(),
                                    Figures.shortTime(row.bound()),
                                    row.ofBound()),
                            () -> line(
                                    "  %,7d %14s %9.1f",
                                    row.workerCount(), Figures.shortTime(row.bound()), row.speedUp()));
        }
    }

    private void remarks() {
        if (!report.isSimulated()) {
            line(
                    "More than %s are not simulated: these times are bounds that no schedule undercuts.",
                    Figures.count(report.settings().simulatedPatches(), "patch", "patches"));
            line("Some %s have something to do on average.", workers(report.mostWorkersThatHelp()));
        } else if (report.couldUseMore()) {
            line(
                    "Each of up to %s helps; larger farms are not simulated for a plan of this size.",
                    workers(report.mostWorkersThatHelp()));
        } else {
            line("More than %s would not be done sooner.", workers(report.mostWorkersThatHelp()));
        }
        PlanReport.Row last = report.rows().get(report.rows().size() - 1);
        last.render()
                .ifPresent(render -> line(
                        "The first tile can be looked at after %s with %s.",
                        Figures.shortTime(render.firstTile()), workers(last.workerCount())));
        int batch = report.settings().batchSize();
        BatchTimes sampling = report.settings().costs().sampling();
        line(
                "A worker is one slot: %s for a patch alone, %s in a batch of %d, %s to decode it.",
                millis(sampling.ofPatch(1)),
                millis(sampling.ofPatch(batch)),
                batch,
                millis(report.settings().costs().decoding()));
    }

    private static String workers(int count) {
        return Figures.count(count, "worker", "workers");
    }

    private static String millis(Duration duration) {
        return Figures.oneDecimal(duration.toNanos() / 1e6) + " ms";
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append(System.lineSeparator());
    }
}
