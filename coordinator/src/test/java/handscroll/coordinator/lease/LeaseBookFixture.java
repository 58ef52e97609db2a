package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseBook.Ended;
import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.lease.Leasing.Completed;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.task.TokenBlock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A book at its start, three workers and two jobs, and how to speak of them in a few words. */
abstract class LeaseBookFixture {

    static final Duration TERM = Duration.ofSeconds(30);
    static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
    static final LeaseSettings SETTINGS = new LeaseSettings(TERM, 3, 512 * 1024);

    static final JobId SKY = new JobId("sky");
    static final JobId SEA = new JobId("sea");
    static final WorkerId ANNA = new WorkerId("anna");
    static final WorkerId BERT = new WorkerId("bert");
    static final WorkerId CARL = new WorkerId("carl");
    static final String CPU = "cpu-bf16";
    static final String GPU = "cuda-90";
    static final Map<String, String> MODELS = Map.of("starry", "hash-1");
    static final int BATCH = 4;

    final LeaseBook book = new LeaseBook(SETTINGS, 7);

    /** A patch that sees others of its stage, at these offsets in its row. */
    static OfferedTask sample(int column, long priority, int... seen) {
        List<ContextPatch> context = Arrays.stream(seen)
                .mapToObj(offset -> new ContextPatch(offset, 0, 0, new short[64]))
                .toList();
        return new OfferedTask(new Task.Sample(patch(column), context, 0, 1, TokenBlock.EMPTY), priority);
    }

    static List<OfferedTask> samples(int count) {
        return IntStream.range(0, count).mapToObj(i -> sample(i, i)).toList();
    }

    void offer(JobId job, int priority, List<OfferedTask> tasks) {
        book.offer(settings(job), JobTerms.USUAL.withPriority(priority), 0, tasks);
    }

    static WorkTime millis(long millis) {
        return new WorkTime(Duration.ofMillis(millis), Duration.ZERO, Duration.ZERO);
    }

    static List<JobId> jobs(Grant grant) {
        return grant.parts().stream().map(part -> part.settings().job()).toList();
    }

    static RenderSettings settings(JobId job) {
        return settings(job, "starry", "hash-1", 0.9);
    }

    static RenderSettings settings(JobId job, String model, String hash, double temperature) {
        return new RenderSettings(
                job,
                model,
                hash,
                1,
                RenderSettings.Sampling.of(temperature, 100),
                9,
                9,
                8,
                16,
                JobSpec.TileEncoding.JPEG,
                90,
                List.of());
    }

    static PatchId patch(int column) {
        return new PatchId(0, column, 0, 0);
    }

    static OfferedTask task(int stage, int column, long priority) {
        return new OfferedTask(new Task.Idle(new PatchId(stage, column, 0, 0), 0), priority);
    }

    static List<OfferedTask> tasks(int count) {
        return IntStream.range(0, count).mapToObj(i -> task(0, i, i)).toList();
    }

    static List<TaskResult> results(Grant grant) {
        return grant.patches().stream()
                .<TaskResult>map(patch -> new TaskResult.Nothing(patch, new byte[0]))
                .toList();
    }

    void join(WorkerId... workers) {
        for (WorkerId worker : workers) {
            assertThat(book.join(worker, 1, CPU, MODELS, START)).isEmpty();
        }
    }

    void pull(WorkerId worker, int slot) {
        book.pull(worker, slot, BATCH, START);
    }

    void offer(JobId job, int count) {
        book.offer(settings(job), Optional.empty(), 0, tasks(count));
    }

    Grant onlyGrant() {
        List<Grant> grants = book.grantReady(START);
        assertThat(grants).hasSize(1);
        return grants.get(0);
    }

    Grant nextGrant(WorkerId worker) {
        pull(worker, 0);
        return onlyGrant();
    }

    Grant granted(WorkerId worker, int count) {
        join(worker);
        offer(SKY, count);
        return nextGrant(worker);
    }

    List<Ended> complete(Grant grant) {
        return complete(grant, WorkTime.NONE);
    }

    List<Ended> complete(Grant grant, WorkTime work) {
        return book.complete(new Completed(grant.worker(), grant.epoch(), results(grant), work), START);
    }

    List<Ended> complete(WorkerId worker, long epoch, List<TaskResult> results) {
        return book.complete(new Completed(worker, epoch, results, WorkTime.NONE), START);
    }

    static List<PatchId> returned(Taken taken) {
        return taken.parts().stream().flatMap(part -> part.returned().stream()).toList();
    }

    static List<PatchId> givenUp(Taken taken) {
        return taken.parts().stream().flatMap(part -> part.givenUp().stream()).toList();
    }

    Taken fail(Grant grant) {
        return book.fail(grant.worker(), grant.epoch(), "it broke", START).orElseThrow();
    }

    /** One at a time, in the order in which they are granted. */
    List<PatchId> renderAll(WorkerId worker) {
        List<PatchId> order = new ArrayList<>();
        while (true) {
            book.pull(worker, 0, 1, START);
            List<Grant> grants = book.grantReady(START);
            if (grants.isEmpty()) {
                return order;
            }
            for (Grant grant : grants) {
                order.addAll(grant.patches());
                complete(grant);
            }
        }
    }

    WorkerList.Standing standing(WorkerId worker) {
        return book.workerList(START).workers().stream()
                .filter(standing -> standing.report().worker().equals(worker))
                .findFirst()
                .orElseThrow();
    }
}
