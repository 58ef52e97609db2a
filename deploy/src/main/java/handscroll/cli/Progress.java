package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.coordinator.job.Jobs.StageProgress;
import handscroll.coordinator.job.Jobs.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How far a job is: what is shown while it runs, whether the coordinator is in this process or answers over HTTP. */
record Progress(
        String name,
        State state,
        List<StageProgress> stages,
        int criticalPath,
        Optional<Duration> remaining,
        Optional<Duration> bound,
        double patchesPerSecond,
        int workerCount,
        int placeholderCount,
        Optional<String> cause) {

    /** The stage whose cells users call patches. */
    private static final String SAMPLED = "sample";

    Progress {
        stages = List.copyOf(stages);
    }

    static Progress of(JobStatus status) {
        return new Progress(
                status.name(),
                status.state(),
                status.stages(),
                status.criticalPath(),
                status.remaining(),
                status.bound(),
                status.patchesPerSecond(),
                status.workerCount(),
                status.placeholderCount(),
                status.cause());
    }

    /** From the words of the coordinator's API. */
    static Progress of(JsonNode status) {
        List<StageProgress> stages = new ArrayList<>();
        for (JsonNode stage : status.path("stages")) {
            stages.add(new StageProgress(
                    stage.path("name").asText(),
                    stage.path("cellCount").asInt(),
                    stage.path("renderedCount").asInt(),
                    stage.path("leasedCount").asInt(),
                    stage.path("readyCount").asInt()));
        }
        return new Progress(
                status.path("name").asText(),
                State.valueOf(status.path("state").asText().toUpperCase(Locale.ROOT)),
                stages,
                status.path("criticalPath").asInt(),
                seconds(status.path("remainingSeconds")),
                seconds(status.path("boundSeconds")),
                status.path("patchesPerSecond").asDouble(),
                status.path("workerCount").asInt(),
                status.path("placeholderCount").asInt(),
                Optional.ofNullable(status.path("cause").textValue()));
    }

    private static Optional<Duration> seconds(JsonNode value) {
        return value.isNumber() ? Optional.of(Duration.ofMillis((long) (value.asDouble() * 1000))) : Optional.empty();
    }

    /** The sampled patches; for a job that samples nothing, its first stage. */
    StageProgress patches() {
        return stages.stream()
                .filter(stage -> stage.name().equals(SAMPLED))
                .findFirst()
                .orElseGet(() -> stages.isEmpty() ? new StageProgress(SAMPLED, 0, 0, 0, 0) : stages.get(0));
    }

    /** Of all cells of all stages, from 0 to 1. */
    double share() {
        long cells = stages.stream().mapToLong(StageProgress::cellCount).sum();
        long rendered = stages.stream().mapToLong(StageProgress::renderedCount).sum();
        return cells == 0 ? 0 : (double) rendered / cells;
    }
}
