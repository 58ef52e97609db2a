package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.job.JobId;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EventHistoryTest {

    private static final JobId SKY = new JobId("sky");

    private final EventHistory history = new EventHistory(7, 3);

    @Test
    void whoComesForTheFirstTimeHearsNothingOfWhatWas() {
        tiles(2);
        assertThat(history.after(OptionalLong.empty())).isEqualTo(new EventHistory.Replay(0, java.util.List.of()));
    }

    @Test
    void whoComesBackHearsWhatCameSince() {
        long heard = history.nextNumber();
        tiles(3);
        assertThat(history.after(OptionalLong.of(heard)).events())
                .extracting(Jobs.Numbered::number)
                .containsExactly(heard + 1, heard + 2);
        assertThat(history.after(OptionalLong.of(heard)).missedCount()).isZero();
    }

    @Test
    void whatIsForgottenIsCounted() {
        long heard = history.nextNumber();
        tiles(10);
        EventHistory.Replay replay = history.after(OptionalLong.of(heard));
        assertThat(replay.missedCount()).isEqualTo(6);
        assertThat(replay.events()).hasSize(3);
    }

    @Test
    void aNumberOfAnEarlierCoordinatorIsBehindAllOfThisOne() {
        var later = new EventHistory(8, 3);
        later.add(new Jobs.TileStored(SKY, later.nextNumber(), 9, 0, 0));
        tiles(1);
        assertThat(later.after(OptionalLong.of(history.nextNumber())).events()).hasSize(1);
    }

    @Test
    void tilesDoNotPushOutWhatHappened() {
        history.add(new Jobs.Happened(SKY, history.nextNumber(), Instant.EPOCH, "planned", ""));
        tiles(10);
        assertThat(history.happened()).extracting(Jobs.Happened::kind).containsExactly("planned");
    }

    private void tiles(int count) {
        for (int column = 0; column < count; column++) {
            history.add(new Jobs.TileStored(SKY, history.nextNumber(), 9, column, 0));
        }
    }
}
