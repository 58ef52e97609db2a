package handscroll.cli;

import handscroll.coordinator.job.Jobs.StageProgress;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a job is, in one line:
 *
 * <pre>
 * starry-scroll [########------------]  812/2,048 patches, 11.9/s, 1 min 44 s left (40 s at least: critical path 461)
 * </pre>
 */
final class ProgressLine {

    private static final int BAR_COLUMNS = 20;

    /** Whole, for a log. */
    static String of(Progress progress) {
        return progress.name() + "  " + facts(progress);
    }

    /** With a bar, cut to what a terminal of this width shows without wrapping. */
    static String of(Progress progress, int columns) {
        String line = progress.name() + " " + bar(progress.share()) + "  " + facts(progress);
        return line.length() < columns ? line : line.substring(0, Math.max(0, columns - 1));
    }

    private static String facts(Progress progress) {
        return switch (progress.state()) {
            case PLANNING -> "planning";
            case RENDERING -> rendering(progress);
            case FINISHING -> "all patches are rendered; finishing the pyramid";
            case PAUSED -> "paused" + because(progress);
            case DONE -> "done" + withPlaceholders(progress);
            case FAILED -> "failed" + because(progress);
            case CANCELLED -> "cancelled" + because(progress);
        };
    }

    static String withPlaceholders(Progress progress) {
        int count = progress.placeholderCount();
        return count == 0 ? "" : " with " + Figures.count(count, "placeholder", "placeholders");
    }

    private static String because(Progress progress) {
        return progress.cause().map(cause -> ": " + cause).orElse("");
    }

    private static String rendering(Progress progress) {
        StageProgress patches = progress.patches();
        List<String> facts = new ArrayList<>();
        facts.add(ratio(patches) + " patches" + withPlaceholders(progress));
        if (patches.renderedCount() == patches.cellCount() && !progress.stages().isEmpty()) {
            facts.add(ratio(progress.stages().get(progress.stages().size() - 1)) + " tiles");
        }
        String pace = pace(progress);
        if (!pace.isEmpty()) {
            facts.add(pace);
        }
        return String.join(", ", facts);
    }

    /** How fast it goes and how long it takes, or what keeps it. */
    static String pace(Progress progress) {
        List<String> facts = new ArrayList<>();
        if (progress.patchesPerSecond() > 0) {
            facts.add(Figures.oneDecimal(progress.patchesPerSecond()) + "/s");
        }
        if (progress.cause().isPresent()) {
            facts.add(progress.cause().get());
        } else if (progress.workerCount() == 0) {
            facts.add("no worker has joined yet");
        }
        progress.remaining().ifPresent(left -> facts.add(Figures.time(left) + " left" + bound(progress)));
        return String.join(", ", facts);
    }

    private static String bound(Progress progress) {
        return progress.bound()
                .map(bound -> " (" + Figures.time(bound) + " at least: critical path "
                        + Figures.count(progress.criticalPath()) + ")")
                .orElse("");
    }

    static String ratio(StageProgress stage) {
        return Figures.count(stage.renderedCount()) + "/" + Figures.count(stage.cellCount());
    }

    private static String bar(double share) {
        int full = (int) (share * BAR_COLUMNS);
        return "[" + "#".repeat(full) + "-".repeat(BAR_COLUMNS - full) + "]";
    }

    private ProgressLine() {}
}
