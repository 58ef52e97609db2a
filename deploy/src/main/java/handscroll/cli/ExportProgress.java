package handscroll.cli;

import handscroll.coordinator.export.Export;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** One line of how far an export is, now and then; on a terminal it is written anew. */
final class ExportProgress implements Export.Listener {

    private static final String ERASE_LINE = "\r\u001b[K";

    private final String unit;
    private final PrintWriter err;
    private final boolean isQuiet;
    private final boolean onTerminal;
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private final long startNanos;
    private long lastNanos;
    private boolean lineIsOpen;

    /** @param unit what is counted, as in tiles */
    ExportProgress(
            String unit,
            PrintWriter err,
            boolean isQuiet,
            CliSettings settings,
            OptionalInt columns,
            LongSupplier nanoTime) {
        this.unit = unit;
        this.err = err;
        this.isQuiet = isQuiet;
        this.onTerminal = columns.isPresent();
        Duration interval = onTerminal ? settings.terminalInterval() : settings.lineInterval();
        this.intervalNanos = interval.toNanos();
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
        this.lastNanos = startNanos;
    }

    @Override
    public void onProgress(long doneCount, long allCount) {
        long now = nanoTime.getAsLong();
        if (isQuiet || now - lastNanos < intervalNanos || doneCount == 0) {
            return;
        }
        lastNanos = now;
        double seconds = (now - startNanos) / 1e9;
        String line = String.format(
                Locale.ROOT,
                "%,d of %,d %s, %.0f a second, %.0f s left",
                doneCount,
                allCount,
                unit,
                doneCount / seconds,
                seconds * Math.max(0, allCount - doneCount) / doneCount);
        if (onTerminal) {
            err.print(ERASE_LINE + line);
            err.flush();
            lineIsOpen = true;
        } else {
            err.println(line);
        }
    }

    /** Clears the line, so that what is printed next stands alone. */
    void end() {
        if (lineIsOpen) {
            err.print(ERASE_LINE);
            err.flush();
            lineIsOpen = false;
        }
    }
}
