package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A coordinator's reasons for people: what is the case in the first line, what it stands on below. */
final class WhyText {

    static List<String> lines(JsonNode answer) {
        JsonNode patch = answer.path("patch");
        return patch.isObject() ? ofPatch(answer, patch) : ofJob(answer);
    }

    private static List<String> ofJob(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        lines.add(answer.path("job").asText() + "  " + answer.path("state").asText() + ": "
                + answer.path("summary").asText());
        Table table = new Table(Set.of());
        for (JsonNode stage : answer.path("stages")) {
            table.row(stage.path("name").asText(), stage(stage));
        }
        if (!answer.path("stages").isEmpty()) {
            table.row("workers", workers(answer));
            if (answer.path("oldestLease").isObject()) {
                table.row("oldest lease", lease(answer.path("oldestLease")));
            }
        }
        lines.addAll(table.lines("  "));
        return lines;
    }

    private static List<String> ofPatch(JsonNode answer, JsonNode patch) {
        List<String> lines = new ArrayList<>();
        lines.add(answer.path("job").asText() + "  " + patch.path("patch").asText() + " "
                + patch.path("summary").asText());
        Table missing = new Table(Set.of());
        for (JsonNode other : patch.path("missing")) {
            missing.row(other.path("patch").asText(), other.path("summary").asText());
        }
        lines.addAll(missing.lines("  "));
        int unlisted =
                patch.path("missingCount").asInt() - patch.path("missing").size();
        if (unlisted > 0) {
            lines.add("  and " + Figures.count(unlisted) + " more");
        }
        Table attempts = new Table(Set.of());
        for (JsonNode attempt : patch.path("endedAttempts")) {
            attempts.row(
                    attempt.path("countsAgainstPatch").asBoolean() ? "failed" : "taken back",
                    WorkersText.ago(attempt, "secondsAgo") + " on "
                            + attempt.path("worker").asText() + ": "
                            + attempt.path("reason").asText());
        }
        lines.addAll(attempts.lines("  "));
        boolean isRendering = answer.path("state").asText().equals("rendering");
        boolean nobodyCan = answer.path("ableWorkerCount").asInt() == 0;
        // A ready patch says so itself.
        if (!isRendering || nobodyCan && patch.path("state").asText().equals("waiting")) {
            lines.add("  the job is " + answer.path("state").asText() + ": "
                    + answer.path("summary").asText());
        }
        return lines;
    }

    private static String stage(JsonNode stage) {
        List<String> parts = new ArrayList<>();
        parts.add(Figures.count(stage.path("renderedCount").asLong()) + " of "
                + Figures.count(stage.path("cellCount").asLong()) + " rendered");
        add(parts, stage, "storingCount", "on the way to the log");
        add(parts, stage, "leasedCount", "leased");
        add(parts, stage, "readyCount", "ready");
        add(parts, stage, "waitingCount", "waiting");
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, JsonNode stage, String field, String what) {
        long count = stage.path(field).asLong();
        if (count > 0) {
            parts.add(Figures.count(count) + " " + what);
        }
    }

    private static String workers(JsonNode answer) {
        int refused = answer.path("refused").size();
        return answer.path("workers").size() + " joined, "
                + answer.path("ableWorkerCount").asInt() + " of them can be given patches of this job"
                + (refused == 0 ? "" : ", " + refused + " refused");
    }

    private static String lease(JsonNode lease) {
        return Figures.count(lease.path("patchCount").asLong(), "patch", "patches") + " with worker "
                + lease.path("worker").asText() + WorkersText.at(lease) + " for "
                + Figures.time(WorkersText.seconds(lease, "heldSeconds"));
    }

    private WhyText() {}
}
