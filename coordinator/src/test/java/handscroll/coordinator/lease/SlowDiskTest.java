package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import akka.Done;
import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.output.DeepZoomOutput;
import handscroll.coordinator.output.OutputSettings;
import handscroll.coordinator.output.Pyramid;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.lease.Leasing.Completed;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.Task;
import handscroll.protocol.tile.RenderedTile;
import handscroll.protocol.tile.TileCodec;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real book and the real output, workers that render in no time, and a disk that does so much a tick. */
class SlowDiskTest extends LeaseBookFixture {

    private static final Pyramid PYRAMID = new Pyramid(8 * 64, 8 * 64, 8);
    private static final List<WorkerId> WORKERS = List.of(ANNA, BERT, CARL);
    private static final int WARM_UP_TICKS = 10;
    private static final int TICKS = 60;

    @TempDir
    Path directory;

    /** What happened in {@link #TICKS} ticks. */
    private record Run(int grantedTiles, int mostInMemory) {}

    @ParameterizedTest
    @EnumSource(JobSpec.Container.class)
    void aDiskOfHalfTheSpeedHalvesTheGrantsInsteadOfFillingMemory(JobSpec.Container container) throws Exception {
        Run fast = run("fast", container, 12);
        Run slow = run("slow", container, 6);
        assertThat(fast.grantedTiles()).isGreaterThan(300);
        assertThat(2 * slow.grantedTiles()).isCloseTo(fast.grantedTiles(), withPercentage(10));
        int allThatWorkersMayHold = WORKERS.size() * LeaseBook.BATCHES_PER_SLOT * BATCH;
        assertThat(fast.mostInMemory()).isLessThanOrEqualTo(allThatWorkersMayHold);
        assertThat(slow.mostInMemory()).isLessThanOrEqualTo(allThatWorkersMayHold);
    }

    @Test
    void aDiskThatStandsStillStopsTheGrants() throws Exception {
        assertThat(run("still", JobSpec.Container.FILES, 0)).isEqualTo(new Run(0, 3 * 2 * BATCH));
    }

    private Run run(String name, JobSpec.Container container, int workATick) throws Exception {
        var farm = new LeaseBook(SETTINGS, 7);
        Grid grid = PYRAMID.grid(PYRAMID.topLevel());
        List<OfferedTask> tasks = new ArrayList<>();
        for (int cell = 0; cell < grid.cellCount(); cell++) {
            PatchId patch = new PatchId(0, grid.columnOf(cell), grid.rowOf(cell), 0);
            tasks.add(new OfferedTask(new Task.Idle(patch, 0), cell));
        }
        farm.offer(settings(SKY), Optional.empty(), 0, tasks);
        WORKERS.forEach(worker -> farm.join(worker, 1, CPU, MODELS, START));

        Queue<Runnable> disk = new ArrayDeque<>();
        var opening = DeepZoomOutput.open(
                        directory.resolve(name + container),
                        PYRAMID,
                        new JobSpec.Output("out", TileEncoding.JPEG, 90, Optional.of(container)),
                        new OutputSettings(256, 1 << 20, 1000, true, Optional.empty(), Map.of()),
                        disk::add,
                        (level, column, row) -> {})
                .toCompletableFuture();
        disk.remove().run();
        DeepZoomOutput output = opening.get();

        PixelBlock pixels = new PixelBlock(8, 8, new byte[192]);
        byte[] encoded = new TileCodec(TileEncoding.JPEG, 90).encode(pixels);
        PixelBlock half = TileCodec.half(pixels);
        var held = new Object() {
            int tiles;
        };
        int granted = 0;
        int most = 0;
        for (int tick = 0; tick < WARM_UP_TICKS + TICKS; tick++) {
            // Workers ask for as much as they may hold; the book decides how much that is.
            for (int batch = 0; batch < LeaseBook.BATCHES_PER_SLOT; batch++) {
                WORKERS.forEach(worker -> farm.pull(worker, 0, BATCH, START));
                for (Grant grant : farm.grantReady(START)) {
                    granted += tick < WARM_UP_TICKS ? 0 : grant.tasks().size();
                    held.tiles += grant.tasks().size();
                    List<CompletableFuture<Done>> stored = grant.patches().stream()
                            .map(patch -> output.store(new RenderedTile(SKY, patch, grant.epoch(), encoded, half))
                                    .toCompletableFuture())
                            .toList();
                    CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new))
                            .thenRun(() -> {
                                farm.complete(
                                        new Completed(grant.worker(), grant.epoch(), results(grant), WorkTime.NONE),
                                        START);
                                held.tiles -= grant.tasks().size();
                            });
                }
            }
            most = Math.max(most, held.tiles);
            for (int work = 0; work < workATick && !disk.isEmpty(); work++) {
                disk.remove().run();
            }
        }
        return new Run(granted, most);
    }
}
