package handscroll.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * Prints how a job moves: one line that is written anew on a terminal, a line now and then elsewhere.
 * Goes to stderr, since stdout is for results. Called by one thread at a time.
 */
final class ProgressReport {

    private static final String START_OF_LINE = "\r";
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final OptionalInt columns;
    private final Duration interval;
    private final LongSupplier nanoTime;
    private Optional<Long> lastNanos = Optional.empty();
    private boolean lineIsOpen;

    /**
     * @param columns of the terminal, empty where there is none
     * @param nanoTime the clock
     */
    ProgressReport(PrintWriter err, OptionalInt columns, CliSettings settings, LongSupplier nanoTime) {
        this.err = err;
        this.columns = columns;
        this.interval = columns.isPresent() ? settings.terminalInterval() : settings.lineInterval();
        this.nanoTime = nanoTime;
    }

    /** The terminal that the launcher found on stderr. */
    static OptionalInt terminalColumns() {
        Integer columns = Integer.getInteger("handscroll.terminal.columns");
        return columns == null || columns < 20 ? OptionalInt.empty() : OptionalInt.of(columns);
    }

    void show(Progress progress) {
        long now = nanoTime.getAsLong();
        if (lastNanos.isPresent() && now - lastNanos.get() < interval.toNanos()) {
            return;
        }
        lastNanos = Optional.of(now);
        if (columns.isPresent()) {
            String line = ProgressLine.of(progress, columns.getAsInt());
            err.print(ERASE_LINE + line + START_OF_LINE);
            err.flush();
            lineIsOpen = true;
        } else {
            err.println(ProgressLine.of(progress));
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
