package handscroll.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {

    private final Checkpoint checkpoint = new Checkpoint();
    private final EarlyStopping stopping = new EarlyStopping(checkpoint, Duration.ofMinutes(6));

    @Test
    void aModelThatIsBetterThanAllBeforeIsKept() {
        assertThat(stopping.isBest(5.2)).isTrue();
        assertThat(stopping.isBest(5.3)).isFalse();
        assertThat(stopping.isBest(5.1999)).isFalse();
        assertThat(stopping.isBest(5.1)).isTrue();
        assertThat(stopping.verdict()).contains("still getting better, by 0.100 nats");
    }

    @Test
    void learningEndsWhenNothingWasBetterForSomeJudgements() {
        stopping.isBest(5.2);
        for (int i = 1; i < EarlyStopping.PATIENCE; i++) {
            stopping.isBest(5.2);
            assertThat(stopping.isOver()).isFalse();
        }
        assertThat(stopping.verdict()).contains("the best was 5.200");
        stopping.isBest(5.4);
        assertThat(stopping.isOver()).isTrue();
        assertThat(stopping.verdict()).contains("for 30 minutes", "5.200 nats a token");
    }

    @Test
    void aResumedTrainingKnowsItsBestModelAndHasPatienceAnew() {
        stopping.isBest(5.2);
        stopping.save(checkpoint);
        EarlyStopping resumed = new EarlyStopping(checkpoint, Duration.ofMinutes(6));
        assertThat(resumed.isBest(5.3)).isFalse();
        assertThat(resumed.isBest(5.0)).isTrue();
        assertThat(resumed.isOver()).isFalse();
    }
}
