package handscroll.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** Reads a stream of server-sent events. */
final class ServerEvents {

    /** @param type empty for a heartbeat */
    record Event(String type, String data) {}

    /**
     * Hands every event to {@code isLast} until one is.
     *
     * @return whether there was a last one; false when the stream ended before
     */
    static boolean read(InputStream stream, Predicate<Event> isLast) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        String type = "";
        String data = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event:")) {
                type = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                data = line.substring("data:".length());
            } else if (line.isEmpty()) {
                if (isLast.test(new Event(type, data))) {
                    return true;
                }
                type = "";
                data = "";
            }
        }
        return false;
    }

    private ServerEvents() {}
}
