package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseBook.Grant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Workers that are to get nothing more, and jobs of which nothing more is to go out. */
class DrainTest extends LeaseBookFixture {

    @Test
    void aDrainedWorkerGetsNothingUntilItIsUndrained() {
        join(ANNA);
        pull(ANNA, 0);
        assertThat(book.drain(ANNA, Optional.empty(), START))
                .hasValue("Worker anna is drained: it holds nothing and gets nothing.");
        offer(SKY, 1);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(book.undrain(ANNA)).hasValue("Worker anna gets patches again.");
        assertThat(onlyGrant().worker()).isEqualTo(ANNA);
    }

    @Test
    void aDrainingWorkerFinishesWhatItHolds() {
        Grant grant = granted(ANNA, 3);
        assertThat(book.drain(ANNA, Optional.empty(), START))
                .hasValue("Worker anna is draining: it finishes 3 patches and gets nothing more.");
        assertThat(standing(ANNA).state()).isEqualTo(WorkerList.State.DRAINING);
        pull(ANNA, 0);
        offer(SKY, 1);
        assertThat(book.grantReady(START)).isEmpty();
        Instant later = START.plusSeconds(20);
        assertThat(book.renew(ANNA, List.of(grant.epoch()), later)).isEmpty();
        assertThat(book.expire(START.plus(TERM).plusMillis(1))).isEmpty();
        assertThat(complete(grant)).isNotEmpty();
        assertThat(standing(ANNA).state()).isEqualTo(WorkerList.State.DRAINED);
    }

    @Test
    void whoIsDrainedAtOnceGivesBackWhatItHoldsWithoutBlame() {
        Grant grant = granted(ANNA, 3);
        assertThat(book.drain(ANNA, Optional.of(Duration.ZERO), START))
                .hasValue("Worker anna is drained: 3 patches of it go to others, and it gets nothing.");
        assertThat(book.handBack(START)).singleElement().satisfies(taken -> {
            assertThat(taken.epoch()).isEqualTo(grant.epoch());
            assertThat(returned(taken)).isEqualTo(grant.patches());
        });
        assertThat(book.handBack(START)).isEmpty();
        assertThat(complete(grant)).isEmpty();
        assertThat(standing(ANNA).report().failedCount()).isZero();
        join(BERT);
        assertThat(nextGrant(BERT).patches()).isEqualTo(grant.patches());
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
    }

    @Test
    void whoIsDrainedByADeadlineMayFinishUntilThen() {
        Grant grant = granted(ANNA, 3);
        assertThat(book.drain(ANNA, Optional.of(Duration.ofMinutes(10)), START))
                .hasValue("Worker anna is draining: it finishes 3 patches and gets nothing more; what it still holds in"
                        + " 600 s goes to others.");
        assertThat(book.handBack(START.plusSeconds(599))).isEmpty();
        assertThat(book.handBack(START.plusSeconds(600))).hasSize(1);
        assertThat(complete(grant)).isEmpty();
    }

    @Test
    void whoIsUndrainedBeforeTheDeadlineKeepsWhatItHolds() {
        Grant grant = granted(ANNA, 3);
        book.drain(ANNA, Optional.of(Duration.ofMinutes(10)), START);
        book.undrain(ANNA);
        assertThat(book.handBack(START.plusSeconds(600))).isEmpty();
        assertThat(complete(grant)).isNotEmpty();
    }

    @Test
    void aDrainedWorkerTakesNoShareFromOthers() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(BERT, 0);
        book.drain(ANNA, Optional.empty(), START);
        offer(SKY, 4);
        assertThat(onlyGrant().tasks()).hasSize(4);
    }

    @Test
    void noFailedPatchWaitsForADrainedWorker() {
        offer(SKY, 1);
        join(ANNA, BERT);
        fail(nextGrant(ANNA));
        book.drain(BERT, Optional.empty(), START);
        assertThat(nextGrant(ANNA).worker()).isEqualTo(ANNA);
    }

    @Test
    void aWorkerThatJoinsAgainStaysDrained() {
        join(ANNA);
        book.drain(ANNA, Optional.empty(), START);
        join(ANNA);
        offer(SKY, 1);
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
    }

    @Test
    void aWorkerThatWasDrainedByTheDeskBeforeStaysDrainedUntilItsDeadline() {
        join(ANNA);
        book.arrivedDrained(ANNA, Optional.of(Duration.ofMinutes(4)), START);
        assertThat(standing(ANNA).state()).isEqualTo(WorkerList.State.DRAINED);
        assertThat(standing(ANNA).report().handsBack()).contains(START.plusSeconds(240));
        offer(SKY, 1);
        pull(ANNA, 0);
        assertThat(book.grantReady(START)).isEmpty();
        book.undrain(ANNA);
        assertThat(onlyGrant().worker()).isEqualTo(ANNA);
    }

    @Test
    void whatWasSaidHereCountsForMoreThanWhatTheDeskBeforeSaid() {
        join(ANNA);
        book.drain(ANNA, Optional.empty(), START);
        book.undrain(ANNA);
        book.arrivedDrained(ANNA, Optional.empty(), START);
        assertThat(standing(ANNA).report().draining()).isFalse();
    }

    @Test
    void whatIsSoAlreadyIsSaid() {
        join(ANNA);
        book.drain(ANNA, Optional.empty(), START);
        assertThat(book.drain(ANNA, Optional.empty(), START))
                .hasValueSatisfying(said -> assertThat(said).contains("drained already"));
        book.undrain(ANNA);
        assertThat(book.undrain(ANNA))
                .hasValueSatisfying(said -> assertThat(said).contains("was not drained"));
    }

    @Test
    void whoIsNotThereCannotBeDrained() {
        assertThat(book.drain(ANNA, Optional.empty(), START)).isEmpty();
        assertThat(book.undrain(ANNA)).isEmpty();
    }

    @Test
    void ofAJobThatIsWoundDownOnlyWhatIsHeldGoesOn() {
        Grant grant = granted(ANNA, 6);
        assertThat(grant.patches()).hasSize(4);
        book.windDown(SKY);
        assertThat(book.isHeld(SKY)).isTrue();
        join(BERT);
        pull(BERT, 0);
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(book.whyWaiting(SKY, START)).isEqualTo("it is being paused: workers finish what they hold of it");
        assertThat(complete(grant)).isNotEmpty();
        assertThat(book.isHeld(SKY)).isFalse();
        assertThat(book.grantReady(START)).isEmpty();
        assertThat(book.withdraw(SKY, START)).isEmpty();
    }

    @Test
    void whatFailsOfAJobThatIsWoundDownDoesNotGoOutAgain() {
        Grant grant = granted(ANNA, 1);
        book.windDown(SKY);
        fail(grant);
        assertThat(book.isHeld(SKY)).isFalse();
        join(BERT);
        pull(BERT, 0);
        assertThat(book.grantReady(START)).isEmpty();
    }

    @Test
    void othersAreServedWhileAJobIsWoundDown() {
        granted(ANNA, 6);
        book.windDown(SKY);
        offer(SEA, 1);
        join(BERT);
        assertThat(jobs(nextGrant(BERT))).containsExactly(SEA);
    }
}
