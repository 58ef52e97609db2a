package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.job.JobId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IntakeTest {

    private static final Optional<String> KEY = Optional.of("nightly-0412");
    private static final JobId SKY = new JobId("sky");

    private final Intake intake = new Intake(2);

    @Test
    void aJobHandedInAgainUnderItsKeyIsTheSameJob() {
        assertThat(intake.enter(KEY, "spec", 0)).isEmpty();
        intake.accepted(KEY, "spec", SKY);
        assertThat(intake.enter(KEY, "spec", 1)).contains(new Jobs.Accepted(SKY));
    }

    @Test
    void aKeyFromAnEarlierLifeIsKnownAlsoWhenTheQueueIsFull() {
        intake.know("nightly-0412", "spec", SKY);
        assertThat(intake.enter(KEY, "spec", 2)).contains(new Jobs.Accepted(SKY));
    }

    @Test
    void aKeyOfAnotherJobAndOneOnItsWayAreConflicts() {
        intake.enter(KEY, "spec", 0);
        assertThat(obstacle(intake.enter(KEY, "spec", 0))).isEqualTo(Jobs.Obstacle.KEY_ON_ITS_WAY);
        assertThat(obstacle(intake.enter(KEY, "another", 0))).isEqualTo(Jobs.Obstacle.KEY_OF_ANOTHER);
    }

    @Test
    void aJobThatWasTurnedAwayLeavesItsKeyFree() {
        intake.enter(KEY, "spec", 0);
        intake.turnedAway(KEY);
        assertThat(intake.enter(KEY, "another", 0)).isEmpty();
    }

    @Test
    void jobsOnTheirWayCountAsOpen() {
        assertThat(intake.enter(Optional.empty(), "a", 1)).isEmpty();
        assertThat(obstacle(intake.enter(Optional.empty(), "b", 1))).isEqualTo(Jobs.Obstacle.QUEUE_FULL);
        intake.turnedAway(Optional.empty());
        assertThat(intake.enter(Optional.empty(), "b", 1)).isEmpty();
    }

    private static Jobs.Obstacle obstacle(Optional<Jobs.Submission> answer) {
        return ((Jobs.NotNow) answer.orElseThrow()).obstacle();
    }
}
