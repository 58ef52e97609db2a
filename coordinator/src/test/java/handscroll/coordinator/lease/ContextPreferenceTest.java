package handscroll.coordinator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContextPreferenceTest extends LeaseBookFixture {

    @Test
    void getsThePatchesThatReadIt() {
        rendered(ANNA, 0);
        rendered(BERT, 1);
        offer(SKY, 50, List.of(sample(2, 2, -1), sample(3, 3, -3), sample(4, 4, -3)));
        book.pull(ANNA, 0, 1, START);
        assertThat(onlyGrant().patches()).containsExactly(patch(3));
        book.pull(BERT, 0, 1, START);
        assertThat(onlyGrant().patches()).containsExactly(patch(2));
    }

    @Test
    void isPreferredSoOftenAndNoMore() {
        int passesOver = SETTINGS.sharing().passesOver();
        rendered(ANNA, 0);
        join(BERT);
        offer(SKY, 50, List.of(sample(1, 1)));
        for (int other = 0; other < passesOver; other++) {
            offer(SKY, 50, List.of(sample(10 + other, 10 + other, -10 - other)));
            book.pull(ANNA, 0, 1, START);
            Grant grant = onlyGrant();
            assertThat(grant.patches()).containsExactly(patch(10 + other));
            complete(grant);
        }
        offer(SKY, 50, List.of(sample(30, 30, -30)));
        book.pull(ANNA, 0, 1, START);
        assertThat(onlyGrant().patches()).containsExactly(patch(1));
    }

    @Test
    void neverKeepsASlotFromWorking() {
        rendered(ANNA, 0);
        join(BERT);
        offer(SKY, 50, List.of(sample(1, 1, -1)));
        book.pull(BERT, 0, 1, START);
        assertThat(onlyGrant().worker()).isEqualTo(BERT);
    }

    @Test
    void isKnownUntilNobodyReadsItAnyMore() {
        rendered(ANNA, 0);
        assertThat(book.stateHolder(SKY, patch(0))).contains(ANNA);
        assertThat(book.stateHolder(SKY, patch(1))).isEmpty();
        assertThat(book.stateHolder(SEA, patch(0))).isEmpty();
        book.release(SKY, List.of(patch(0)));
        assertThat(book.stateHolder(SKY, patch(0))).isEmpty();
    }

    @Test
    void isNoLongerKnownWhenItIsGone() {
        rendered(ANNA, 0);
        book.lose(ANNA);
        assertThat(book.stateHolder(SKY, patch(0))).isEmpty();
    }

    @Test
    void isRememberedOfABoundedNumberOfPatches() {
        var holders = new StateHolders(2);
        for (int column = 0; column < 3; column++) {
            holders.sampled(patch(column), ANNA);
        }
        assertThat(holders.holder(patch(0))).isEmpty();
        assertThat(holders.holder(patch(1))).contains(ANNA);
        assertThat(holders.holder(patch(2))).contains(ANNA);
    }

    private void rendered(WorkerId worker, int column) {
        join(worker);
        offer(SKY, 50, List.of(sample(column, column)));
        book.pull(worker, 0, 1, START);
        complete(onlyGrant());
    }
}
