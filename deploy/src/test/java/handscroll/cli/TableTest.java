package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void columnsStandBelowEachOtherAndNumbersEndTogether() {
        Table table = new Table(Set.of(1))
                .row("worker", "rendered", "state")
                .row("a", "7", "idle")
                .row("bert", "1,812", "");
        assertThat(table.lines("  "))
                .containsExactly("  worker  rendered  state", "  a              7  idle", "  bert       1,812");
    }

    @Test
    void noRowsAreNoLines() {
        assertThat(new Table(Set.of()).lines("")).isEmpty();
    }
}
