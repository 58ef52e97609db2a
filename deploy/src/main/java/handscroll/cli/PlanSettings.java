package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.coordinator.job.JobSettings;
import handscroll.coordinator.lease.LeaseSettings;
import handscroll.coordinator.output.OutputSettings;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.simulation.BatchTimes;
import handscroll.coordinator.simulation.Costs;
import handscroll.coordinator.simulation.SimulationSettings;
import handscroll.worker.lease.WorkerSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an estimate is made of: the block {@code handscroll.cli.plan}, and the settings of the farm itself.
 *
 * @param stateBytes of one patch in the nearby context pool
 * @param poolBytes that a worker may take for it
 */
record PlanSettings(
        Costs costs,
        int simulatedPatches,
        long stateBytes,
        long poolBytes,
        LeaseSettings lease,
        int offeredTasks,
        int batchSize,
        OutputSettings output) {

    /** Of a job whose costs nobody measured: a patch that is guided by a text is computed twice. */
    static PlanSettings of(Plan job, Config config) {
        PlanSettings usual = from(config);
        return job.sampling().isGuided()
                ? usual.withCosts(Optional.of(usual.costs().sampling().guided()), Optional.empty())
                : usual;
    }

    private static PlanSettings from(Config config) {
        Config plan = config.getConfig("handscroll.cli.plan");
        TreeMap<Integer, Duration> sampling = new TreeMap<>();
        Config sizes = plan.getConfig("sampling");
        sizes.root().keySet().forEach(size -> sampling.put(Integer.valueOf(size), sizes.getDuration(size)));
        return new PlanSettings(
                new Costs(
                        BatchTimes.ofPatches(sampling),
                        plan.getDuration("decoding"),
                        plan.getDuration("encoding"),
                        plan.getDouble("spread"),
                        plan.getDuration("message"),
                        plan.getDuration("log")),
                plan.getInt("simulated-patches"),
                plan.getBytes("state-bytes"),
                config.getBytes("handscroll.worker.djl.pool"),
                LeaseSettings.from(config),
                JobSettings.from(config).offeredTasks(),
                WorkerSettings.from(config).batchSize(),
                OutputSettings.from(config));
    }

    PlanSettings withCosts(Optional<BatchTimes> sampling, Optional<Duration> decoding) {
        Costs given = new Costs(
                sampling.orElse(costs.sampling()),
                decoding.orElse(costs.decoding()),
                costs.encoding(),
                costs.spread(),
                costs.message(),
                costs.log());
        return new PlanSettings(given, simulatedPatches, stateBytes, poolBytes, lease, offeredTasks, batchSize, output);
    }

    PlanSettings withCosts(Costs other) {
        return new PlanSettings(other, simulatedPatches, stateBytes, poolBytes, lease, offeredTasks, batchSize, output);
    }

    SimulationSettings simulation(long seed) {
        return new SimulationSettings(costs, lease, offeredTasks, batchSize, seed);
    }
}
