package handscroll.coordinator.farmsim;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.job.JobId;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
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
        Map<Weather.Fault, Integer> faults = new EnumMap<>(Weather.Fault.class);
        Map<People.Verb, Integer> verbs = new EnumMap<>(People.Verb.class);
        long starts = 0;
        long mixed = 0;
        long copies = 0;
        long compared = 0;
        long stuck = 0;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        for (long seed = first; seed < first + runs; seed++) {
            FarmSimulation.Summary summary = run(seed);
            starts += summary.starts();
            mixed += summary.mixed();
            copies += summary.copies();
            compared += summary.compared();
            stuck += summary.stuck();
            summary.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
            summary.verbs().forEach((verb, count) -> verbs.merge(verb, count, Integer::sum));
        }
        double seconds = (threads.getCurrentThreadCpuTime() - begin) / 1e9;
        System.out.printf(
                "measured: %d farms simulated in %.1f s of one core, %.0f a second; %d patches started, %d batches of several jobs,"
                        + " %d of stragglers rendered twice, %d of them compared, %d batches taken from slots that were stuck; faults %s; verbs %s%n",
                runs, seconds, runs / seconds, starts, mixed, copies, compared, stuck, faults, verbs);
        if (runs >= 1000) {
            assertThat(copies).as("copies of what slow workers hold").isPositive();
            assertThat(compared).as("copies of which both came to an end").isPositive();
            assertThat(stuck).as("batches of slots that were stuck").isPositive();
        }
        assertThat(faults).as("faults that happened").hasSize(Weather.Fault.values().length);
        assertThat(verbs).as("verbs that were said").hasSize(People.Verb.values().length);
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
        FarmSimulation.runAsOnce(seed, canvases);
    }

    /** Found since people may drain workers and slots get stuck. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "217, a slot that was stuck asked for more and was given it for hours",
        "1171, a patch that had failed waited for a worker of which every slot was stuck",
        "2264, and of which a new coordinator did not know it",
        "95192, and for so long that its failures were forgotten between two attempts"
    })
    void laterSeedsThatOnceFailed(long seed, String reason) {
        run(seed);
    }

    @Test
    void theSameSeedIsTheSameRun() {
        assertThat(run(4711)).isEqualTo(run(4711));
    }

    @Test
    void jobsOfEqualPriorityGetEqualSlotTimeAndOneOfAHigherIsDoneFirst() {
        JobId sky = new JobId("sky-0");
        JobId sea = new JobId("sky-1");
        JobId urgent = new JobId("sky-2");
        SimulatedCanvas canvas = SimulatedCanvas.scroll();
        for (long seed = 1; seed <= 10; seed++) {
            Map<JobId, Map<JobId, Duration>> ends = FarmSimulation.slotTimes(seed, canvas, List.of(50, 50, 90));
            JobId first = ends.keySet().stream()
                    .filter(job -> !job.equals(urgent))
                    .findFirst()
                    .orElseThrow();
            Map<JobId, Duration> atItsEnd = ends.get(first);
            assertThat(share(atItsEnd, first.equals(sky) ? sea : sky, first))
                    .as("the other one's share, seed %d", seed)
                    .isBetween(0.7, 1.3);
            assertThat(ends.keySet()).as("done first, seed %d", seed).first().isEqualTo(urgent);
        }
    }

    private static double share(Map<JobId, Duration> slotTimes, JobId job, JobId of) {
        return (double) slotTimes.get(job).toMillis() / slotTimes.get(of).toMillis();
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
