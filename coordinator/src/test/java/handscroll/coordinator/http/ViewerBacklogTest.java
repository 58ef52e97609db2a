package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.State;
import handscroll.protocol.canvas.Canvas;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ViewerBacklogTest {

    private static final Jobs.JobStatus STATUS =
            FakeJobDesk.rendering("sky", new Canvas(512, 512, 1), Path.of("out"), 256);

    @Test
    void keepsTheNewestTilesAndCountsTheOthers() {
        var backlog =
                new ViewerBacklog(2).add(tile(0)).add(tile(1)).add(tile(2)).add(tile(3));
        assertThat(backlog.events()).containsExactly(tile(2), tile(3));
        assertThat(backlog.missedCount()).isEqualTo(2);
    }

    @Test
    void keepsOnlyTheNewestNumbers() {
        var newer = moved(20);
        var backlog = new ViewerBacklog(2).add(moved(10)).add(tile(0)).add(newer);
        assertThat(backlog.events()).containsExactly(tile(0), newer);
        assertThat(backlog.missedCount()).isZero();
    }

    @Test
    void neverLosesTheEnd() {
        var end = new Jobs.Ended(STATUS.job(), FakeJobDesk.in(STATUS, State.DONE, 64, Optional.empty()));
        var backlog = new ViewerBacklog(1).add(end).add(moved(10)).add(tile(0)).add(tile(1));
        assertThat(backlog.events()).containsExactly(tile(1), end);
    }

    private static Jobs.TileStored tile(int column) {
        return new Jobs.TileStored(STATUS.job(), column, 9, column, 0);
    }

    private static Jobs.Moved moved(int renderedCount) {
        return new Jobs.Moved(STATUS.job(), FakeJobDesk.in(STATUS, State.RENDERING, renderedCount, Optional.empty()));
    }
}
