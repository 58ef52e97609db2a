package handscroll.protocol.job;

import java.util.List;

/** Thrown at the door when what a user asked for cannot be done; carries every problem that was found. */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public Refusal(String heading, List<Problem> problems) {
        super(Problem.report(heading, problems, "nothing was started."));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
