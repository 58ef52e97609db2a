package handscroll.protocol.job;

import java.util.List;

/** One thing that is wrong with what a user asked for: where it stands, what it is, and what to do. */
public record Problem(String where, String what, String remedy) {

    /**
     * All problems of one thing, told at once.
     *
     * <pre>
     * sky.conf cannot be rendered:
     *   canvas.width  4000 px is ...; try 4032
     * 1 problem, nothing was submitted.
     * </pre>
     */
    public static String report(String heading, List<Problem> problems, String closing) {
        int width = problems.stream().mapToInt(p -> p.where().length()).max().orElse(0);
        var text = new StringBuilder(heading).append('\n');
        for (Problem problem : problems) {
            text.append("  ")
                    .append(problem.where())
                    .append(" ".repeat(width - problem.where().length() + 2));
            text.append(problem.what()).append("; ").append(problem.remedy()).append('\n');
        }
        return text.append(problems.size())
                .append(problems.size() == 1 ? " problem, " : " problems, ")
                .append(closing)
                .toString();
    }
}
