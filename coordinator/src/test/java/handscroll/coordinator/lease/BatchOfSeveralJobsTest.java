package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseBook.Ended;
import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.coordinator.lease.LeaseBook.TakenPart;
import handscroll.protocol.job.JobId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.TaskResult;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BatchOfSeveralJobsTest extends LeaseBookFixture {

    @Test
    void isMadeWhereOneJobDoesNotFillIt() {
        join(ANNA);
        pull(ANNA, 0);
        offer(SKY, 50, samples(1));
        offer(SEA, 50, samples(8));
        Grant grant = onlyGrant();
        assertThat(jobs(grant)).containsExactly(SKY, SEA);
        assertThat(grant.parts()).extracting(part -> part.tasks().size()).containsExactly(1, BATCH - 1);
    }

    @Test
    void isNotMadeOfJobsThatOneCallOfTheModelCannotRender() {
        join(ANNA);
        pull(ANNA, 0);
        offer(SKY, 50, samples(1));
        book.offer(warmer(SEA), Optional.empty(), 0, samples(8));
        assertThat(jobs(onlyGrant())).containsExactly(SKY);
    }

    @Test
    void delaysNoJobForOneOfALowerPriority() {
        join(ANNA);
        pull(ANNA, 0);
        offer(SKY, 51, samples(1));
        offer(SEA, 50, samples(8));
        assertThat(jobs(onlyGrant())).containsExactly(SKY);
    }

    @Test
    void isSharedOutAmongSlotsLikeOneWavefront() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(BERT, 0);
        offer(SKY, 50, samples(3));
        offer(SEA, 50, samples(3));
        assertThat(book.grantReady(START))
                .extracting(grant -> grant.tasks().size())
                .containsExactly(3, 3);
    }

    @Test
    void isNotCutIntoHalvesForTheSakeOfAJobThatItCannotMeet() {
        join(ANNA, BERT);
        pull(ANNA, 0);
        pull(BERT, 0);
        offer(SKY, 50, samples(3));
        book.offer(warmer(SEA), Optional.empty(), 0, samples(3));
        assertThat(book.grantReady(START))
                .extracting(grant -> grant.tasks().size())
                .containsExactly(3, 3);
    }

    private RenderSettings warmer(JobId job) {
        return settings(job, "starry", "hash-1", 1.1);
    }

    @Test
    void waitsBehindARunningOneWhenAllTogetherFillHalf() {
        join(ANNA);
        pull(ANNA, 0);
        offer(SKY, 50, samples(BATCH));
        onlyGrant();
        pull(ANNA, 0);
        offer(SKY, 50, List.of(sample(20, 20)));
        assertThat(book.grantReady(START)).isEmpty();
        offer(SEA, 50, List.of(sample(20, 20)));
        assertThat(jobs(onlyGrant())).containsExactlyInAnyOrder(SKY, SEA);
    }

    @Test
    void givesEachJobItsResultsAndItsPartOfTheWork() {
        Grant grant = mixed();
        List<Ended> ended = complete(grant, millis(400));
        assertThat(ended).extracting(Ended::job).containsExactly(SKY, SEA);
        assertThat(ended).extracting(Ended::work).containsExactly(millis(100), millis(300));
        assertThat(ended.get(0).results())
                .extracting(TaskResult::patch)
                .isEqualTo(grant.patches().subList(0, 1));
        assertThat(ended.get(1).results())
                .extracting(TaskResult::patch)
                .isEqualTo(grant.patches().subList(1, 4));
    }

    @Test
    void givesBackWhatItHasOfAnotherJobWhenOneIsWithdrawn() {
        Grant grant = mixed();
        assertThat(book.withdraw(SKY, START)).singleElement().satisfies(taken -> {
            assertThat(taken.epoch()).isEqualTo(grant.epoch());
            assertThat(taken.parts())
                    .containsExactly(new TakenPart(SEA, grant.patches().subList(1, 4), List.of()));
        });
        pull(ANNA, 0);
        assertThat(onlyGrant().patches()).isEqualTo(grant.patches().subList(1, 4));
    }

    @Test
    void thatFailsGoesOutAgainInSinglePatches() {
        Grant grant = mixed();
        Taken taken = fail(grant);
        assertThat(taken.parts()).extracting(TakenPart::job).containsExactly(SKY, SEA);
        for (int patch = 0; patch < BATCH; patch++) {
            Grant alone = nextGrant(ANNA);
            assertThat(alone.tasks()).hasSize(1);
            complete(alone);
        }
    }

    @Test
    void isNamedInTheAccountOfEach() {
        mixed();
        JobAccount account = book.account(SEA, List.of(patch(1)), START);
        assertThat(account.leaseCount()).isEqualTo(1);
        assertThat(account.stages()).containsExactly(new JobAccount.StageAccount(0, 3, 0));
        assertThat(account.oldestLease().orElseThrow().patches()).hasSize(3);
    }

    private Grant mixed() {
        join(ANNA);
        pull(ANNA, 0);
        offer(SKY, 50, samples(1));
        offer(SEA, 50, samples(3));
        Grant grant = onlyGrant();
        assertThat(jobs(grant)).containsExactly(SKY, SEA);
        return grant;
    }
}
