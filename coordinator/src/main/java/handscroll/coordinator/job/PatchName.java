package handscroll.coordinator.job;

import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Stage;
import handscroll.protocol.canvas.Cell;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How people name a patch: {@code COLUMN,ROW} of the canvas's own patches, or {@code STAGE/COLUMN,ROW}
 * with the name or the number of any stage; a third number is the frame.
 */
final class PatchName {

    /** There is no patch of this name in the job. */
    static final class Unknown extends Exception {
        private static final long serialVersionUID = 1;

        private final String sentence;

        Unknown(String sentence) {
            super(sentence);
            this.sentence = sentence;
        }

        /** Why not, and how one is named. */
        String sentence() {
            return sentence;
        }
    }

    /** Nine digits fit into an int. */
    private static final Pattern FORM = Pattern.compile("(?:([\\w-]+)/)?([0-9]{1,9}),([0-9]{1,9})(?:,([0-9]{1,9}))?");

    static PatchId find(String text, Plan plan) throws Unknown {
        Matcher parts = FORM.matcher(text.strip());
        if (!parts.matches()) {
            throw new Unknown(
                    "\"" + text + "\" names no patch; write COLUMN,ROW or STAGE/COLUMN,ROW, for example 12,3 or "
                            + plan.graph().stage(plan.sampleStage()).name() + "/12,3.");
        }
        int stage = parts.group(1) == null ? plan.sampleStage() : stage(parts.group(1), plan);
        Cell cell = new Cell(number(parts, 2), number(parts, 3), parts.group(4) == null ? 0 : number(parts, 4));
        PatchId patch = new PatchId(stage, cell);
        if (!plan.graph().contains(patch)) {
            Stage described = plan.graph().stage(stage);
            Grid grid = described.grid();
            throw new Unknown("There is no patch " + of(patch, plan) + ": the grid of stage " + described.name()
                    + " is "
                    + grid.columns() + " x " + grid.rows() + ", so the last patch is "
                    + of(new PatchId(stage, new Cell(grid.columns() - 1, grid.rows() - 1, grid.frames() - 1)), plan)
                    + ".");
        }
        return patch;
    }

    /** As it is found again. */
    static String of(PatchId patch, Plan plan) {
        return plan.graph().stage(patch.stage()).name() + "/" + patch.cell();
    }

    private static int number(Matcher parts, int group) {
        return Integer.parseInt(parts.group(group));
    }

    private static int stage(String text, Plan plan) throws Unknown {
        List<Stage> stages = plan.graph().stages();
        for (int stage = 0; stage < stages.size(); stage++) {
            if (stages.get(stage).name().equals(text.toLowerCase(Locale.ROOT))
                    || text.equals(Integer.toString(stage))) {
                return stage;
            }
        }
        throw new Unknown("There is no stage " + text + "; this job has "
                + stages.stream().map(Stage::name).collect(Collectors.joining(", ")) + ".");
    }

    private PatchName() {}
}
