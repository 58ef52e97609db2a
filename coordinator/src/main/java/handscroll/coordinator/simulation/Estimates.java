package handscroll.coordinator.simulation;

import handscroll.coordinator.plan.Plan;
import java.util.HashMap;
import java.util.Map;

/** The renders of one plan by farms of different sizes, each simulated once. */
public final class Estimates {

    /** Who is that close to the shortest time is as good. */
    private static final double TOLERANCE = 1.02;

    private final Plan plan;
    private final SimulationSettings settings;
    private final Map<Integer, SimulatedRender> renders = new HashMap<>();

    public Estimates(Plan plan, SimulationSettings settings) {
        this.plan = plan;
        this.settings = settings;
    }

    public SimulatedRender with(int workerCount) {
        SimulatedRender known = renders.get(workerCount);
        if (known == null) {
            known = Simulation.run(plan, settings, workerCount);
            renders.put(workerCount, known);
        }
        return known;
    }

    /**
     * The smallest number of workers whose time is within {@value #TOLERANCE} of that of {@code most}.
     * Doubles the number first and halves the rest then, so it simulates a logarithm of it.
     *
     * @param most workers that could ever have something to do
     */
    public int mostThatHelp(int most) {
        int tooFew = 0;
        int enough = 1;
        while (enough < most && !isEnough(enough, most)) {
            tooFew = enough;
            enough = Math.min(most, 2 * enough);
        }
        while (enough - tooFew > 1) {
            int middle = (tooFew + enough) / 2;
            if (isEnough(middle, most)) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        return enough;
    }

    private boolean isEnough(int workerCount, int most) {
        return with(workerCount).time().toNanos()
                <= TOLERANCE * with(most).time().toNanos();
    }
}
