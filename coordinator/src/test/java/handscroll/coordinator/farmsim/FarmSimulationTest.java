package handscroll.coordinator.farmsim;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The farm keeps its promises through any faults; a run that shows otherwise prints the line that replays it. */
@Tag("simulation")
class FarmSimulationTest {

    private static final String SEED = "handscroll.simulation.seed";
    private static final String RUNS = "handscroll.simulation.runs";
    private static final String FIRST = "handscroll.simulation.first-seed";

    private final List<SimulatedCanvas> canvases = SimulatedCanvas.all();

    @Test
    void keepsItsPromisesThroughFaults() {
        Long one = Long.getLong(SEED);
        if (one != null) {
            System.out.println(run(one));
            return;
        }
        long first = Long.getLong(FIRST, 1);
        long runs = Long.getLong(RUNS, 1000);
        Map<FarmSimulation.Fault, Integer> faults = new EnumMap<>(FarmSimulation.Fault.class);
        long starts = 0;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        for (long seed = first; seed < first + runs; seed++) {
            FarmSimulation.Summary summary = run(seed);
            starts += summary.starts();
            summary.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
        }
        double seconds = (threads.getCurrentThreadCpuTime() - begin) / 1e9;
        System.out.printf(
                "%d farms simulated in %.1f s of one core, %.0f a second; %d patches started; faults %s%n",
                runs, seconds, runs / seconds, starts, faults);
        assertThat(faults).as("faults that happened").hasSize(FarmSimulation.Fault.values().length);
    }

    /** Each once showed a promise broken, for the reason that stands beside it. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "6, a job that was being paused offered the readers of its last results and the desk handed them out",
        "9, cancelling a paused job was recorded and never took effect",
        "45, a device class that was recorded during a pause was forgotten and no result counted any more",
        "146, setting the clock back by an hour kept the leases of lost grants alive for an hour",
        "340, a restart counted records that were written and not flushed"
    })
    void seedsThatOnceFailed(long seed, String reason) {
        run(seed);
    }

    @Test
    void theSameSeedIsTheSameRun() {
        assertThat(run(4711)).isEqualTo(run(4711));
    }

    private FarmSimulation.Summary run(long seed) {
        try {
            return FarmSimulation.run(seed, canvases);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    e.getMessage() + "\nreplay: mvn -q -o test -pl protocol,coordinator -Dtest=FarmSimulationTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + SEED + "=" + seed,
                    e);
        }
    }
}
