package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A coordinator's list of workers for people: a line each, and below them what stands against whom. */
final class WorkersText {

    private static final int BRIEF_HASH = 12;

    static List<String> lines(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        if (answer.path("workers").isEmpty()) {
            lines.add(
                    answer.path("refused").isEmpty()
                            ? "No worker has joined; start one with handscroll worker --join HOST:PORT."
                            : "No worker was let in.");
        } else {
            lines.addAll(workers(answer.path("workers")));
        }
        for (JsonNode worker : answer.path("workers")) {
            if (worker.path("objection").isTextual()) {
                lines.add(worker.path("worker").asText() + " gets nothing: "
                        + worker.path("objection").asText());
            }
        }
        for (JsonNode worker : answer.path("workers")) {
            if (worker.path("handsBackSeconds").asDouble() > 0
                    && worker.path("patchCount").asInt() > 0) {
                lines.add(worker.path("worker").asText() + " is draining: what it still holds in "
                        + Figures.time(seconds(worker, "handsBackSeconds")) + " goes to others.");
            }
        }
        for (JsonNode worker : answer.path("refused")) {
            lines.add(worker.path("worker").asText() + at(worker) + " was refused " + ago(worker, "askedSecondsAgo")
                    + ": " + worker.path("reason").asText());
        }
        return lines;
    }

    private static List<String> workers(JsonNode workers) {
        Table table = new Table(Set.of(4, 5, 6, 7, 8, 9));
        table.row(
                "worker",
                "state",
                "host",
                "device",
                "slots",
                "leases",
                "patches",
                "rendered",
                "failed",
                "context",
                "heard",
                "models");
        for (JsonNode worker : workers) {
            table.row(
                    worker.path("worker").asText(),
                    worker.path("state").asText(),
                    worker.path("host").asText(),
                    worker.path("deviceClass").asText(),
                    count(worker, "slotCount"),
                    count(worker, "leaseCount"),
                    count(worker, "patchCount"),
                    count(worker, "renderedCount"),
                    count(worker, "failedCount"),
                    context(worker),
                    ago(worker, "heardSecondsAgo"),
                    models(worker.path("models")));
        }
        return table.lines("");
    }

    static String at(JsonNode worker) {
        String host = worker.path("host").asText();
        return host.isEmpty() ? "" : " on " + host;
    }

    static String ago(JsonNode node, String field) {
        return Figures.time(seconds(node, field)) + " ago";
    }

    static Duration seconds(JsonNode node, String field) {
        return Duration.ofMillis(Math.round(1000 * node.path(field).asDouble()));
    }

    /** How much of the context of its patches it had. */
    private static String context(JsonNode worker) {
        long found = worker.path("statesFound").asLong();
        long all = found + worker.path("statesMade").asLong();
        return all == 0 ? "" : Math.round(100.0 * found / all) + " %";
    }

    private static String count(JsonNode worker, String field) {
        return Figures.count(worker.path(field).asLong());
    }

    private static String models(JsonNode models) {
        List<String> named = new ArrayList<>();
        models.fields().forEachRemaining(model -> {
            String hash = model.getValue().asText();
            named.add(model.getKey() + " " + hash.substring(0, Math.min(BRIEF_HASH, hash.length())));
        });
        return String.join(", ", named);
    }

    private WorkersText() {}
}
