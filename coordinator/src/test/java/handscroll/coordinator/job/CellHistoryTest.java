package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Specs;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CellHistoryTest {

    private static final JobId SKY = new JobId("sky");
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final WorkerId ANN = new WorkerId("ann");
    private static final PatchId FIRST = new PatchId(0, 0, 0, 0);
    private static final PatchId SECOND = new PatchId(0, 1, 0, 0);

    private final Plan plan = Planner.plan(Specs.unconditional(512, 256, "omega"), Specs.MODEL, Optional.empty());
    private final CellHistory cells = new CellHistory(plan);

    @Test
    void aCellTellsItsStateWorkerAttemptAndTime() {
        cells.ready(List.of(FIRST, SECOND));
        cells.started(List.of(FIRST, SECOND), ANN, NOON);
        cells.finished(List.of(FIRST, SECOND), Duration.ofMillis(200));
        cells.rendered(List.of(FIRST));
        assertThat(cell(0)).containsExactly(3, 1, 1, CellHistory.code(100), 0);
        assertThat(cell(1)).containsExactly(2, 1, 1, CellHistory.code(100), 0);
        assertThat(cell(2)).containsExactly(0, 0, 0, 0, 0);
        assertThat(cells.workers()).containsExactly("ann");
    }

    @Test
    void aLeaseThatEndsForNothingIsCountedOnceHoweverManyPatchesItHad() {
        cells.started(List.of(FIRST, SECOND), ANN, NOON);
        assertThat(cells.returned(List.of(FIRST, SECOND), NOON.plusSeconds(3))).isEqualTo(Duration.ofSeconds(3));
        cells.started(List.of(FIRST), ANN, NOON.plusSeconds(4));
        assertThat(cell(0)).containsExactly(2, 1, 2, 0, 0);
        assertThat(cell(1)).containsExactly(1, 1, 1, 0, 0);
    }

    @Test
    void changesAreToldOnceAndTooManyOnlyAsThat() {
        cells.ready(List.of(FIRST, SECOND));
        assertThat(cells.takeChanges(SKY, 2).cells())
                .containsExactly(new Jobs.CellChange(0, 0, 1, 0, 0, 0, 0), new Jobs.CellChange(0, 1, 1, 0, 0, 0, 0));
        assertThat(cells.takeChanges(SKY, 2).cells()).isEmpty();
        cells.ready(List.of(FIRST, SECOND));
        assertThat(cells.takeChanges(SKY, 1)).isEqualTo(new Jobs.CellsChanged(SKY, List.of(), true));
    }

    @Test
    void aStoppedJobHasNothingInWorkAndKeepsWhatIsRendered() {
        cells.started(List.of(FIRST, SECOND), ANN, NOON);
        cells.rendered(List.of(FIRST));
        cells.stopped();
        assertThat(cell(0)[0]).isEqualTo(3);
        assertThat(cell(1)[0]).isZero();
        assertThat(cells.inWorkCount()).isZero();
    }

    @Test
    void aPatchThatWasGivenUpIsStillSeenAsThatWhenTheJobHasFailed() {
        cells.started(List.of(FIRST, SECOND), ANN, NOON);
        cells.givenUp(List.of(FIRST));
        assertThat(cells.inWorkCount()).isEqualTo(1);
        cells.stopped();
        assertThat(cell(0)).containsExactly(4, 1, 1, 0, 0);
        assertThat(cell(1)).containsExactly(0, 1, 1, 0, 0);
    }

    @Test
    void theSeamsOfATileAreThoseOfItsPatchesAndItsOwnIsTheHighest() {
        byte[] seams = new byte[16];
        seams[0] = (byte) 130;
        seams[5] = (byte) 200;
        cells.stored(new TaskResult.TileStored(new PatchId(1, 1, 0, 0), seams));
        assertThat(cell(4)[4]).isEqualTo(130);
        assertThat(cell(8 + 5)[4]).isEqualTo(200);
        assertThat(cell(0)[4]).isZero();
        assertThat(cells.all().get(1).cells()[2 * CellHistory.BYTES - 1] & 0xff).isEqualTo(200);
    }

    @Test
    void seamsOfAnotherNumberOfPatchesAreNotTakenOver() {
        cells.stored(new TaskResult.TileStored(new PatchId(1, 1, 0, 0), new byte[] {1, 2, 3}));
        cells.stored(new TaskResult.TileStored(new PatchId(1, 0, 0, 0)));
        assertThat(cell(4)).containsExactly(0, 0, 0, 0, 0);
    }

    @Test
    void timesFromAMillisecondToHalfAnHourFitIntoAByte() {
        assertThat(CellHistory.code(0)).isEqualTo(1);
        assertThat(CellHistory.code(100)).isLessThan(CellHistory.code(110));
        assertThat(CellHistory.code(1_800_000)).isLessThan(255);
        assertThat(CellHistory.code(Long.MAX_VALUE / 2)).isEqualTo(255);
    }

    private int[] cell(int index) {
        byte[] all = cells.all().get(0).cells();
        int[] cell = new int[CellHistory.BYTES];
        for (int at = 0; at < cell.length; at++) {
            cell[at] = all[CellHistory.BYTES * index + at] & 0xff;
        }
        return cell;
    }
}
