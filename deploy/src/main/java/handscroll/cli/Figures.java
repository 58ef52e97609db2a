package handscroll.cli;

import java.time.Duration;
import java.util.Locale;

/** How numbers are written for people. */
final class Figures {

    /** {@code 7 s}, {@code 3 min 05 s}, {@code 2 h 05 min}: two units at most. */
    static String time(Duration duration) {
        long seconds = Math.max(0, Math.round(duration.toMillis() / 1000.0));
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
        }
        return String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds % 3600 / 60);
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 1 patch}, {@code 2 patches}. */
    static String count(long count, String one, String many) {
        return count(count) + " " + (count == 1 ? one : many);
    }

    /** Like {@link #time}, with a tenth below ten seconds: for times that are compared. */
    static String shortTime(Duration duration) {
        double seconds = duration.toNanos() / 1e9;
        return seconds < 9.95 ? oneDecimal(seconds) + " s" : time(duration);
    }

    /** {@code 12 kB}, {@code 3.4 MB}: units of a thousand, two digits at least. */
    static String bytes(long bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return (unit > 0 && value < 9.95 ? oneDecimal(value) : count(Math.round(value))) + " " + units[unit];
    }

    static String oneDecimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private Figures() {}
}
