package handscroll.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Specs;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code deploy/bench terapixel} does the same with 64 times the patches, in a heap of 256 MiB. */
class WalkTest {

    @Test
    void aPlanIsWalkedToItsEndWithAFewBytesACell() {
        Plan plan = Planner.plan(Specs.unconditional(512 * 64, 512 * 64, "omega"), Specs.MODEL, Optional.empty());
        // The heap is that of all tests of this process, and what others left may go meanwhile: the middle one counts.
        Walk walk = Stream.generate(() -> Walk.of(plan, 1024))
                .limit(3)
                .sorted(Comparator.comparing(Walk::heldBytes))
                .toList()
                .get(1);
        assertThat(walk.cellCount()).isEqualTo(512 * 512 + 128 * 128);
        // Six bytes and some bits, and the tokens that are held meanwhile.
        assertThat(walk.bytesPerCell()).isBetween(6.0, 24.0);
        assertThat(walk.tokensHeldPeak()).isLessThan(8_000);
    }

    @Test
    void whatThePictureGivesAndAPanoramaAreWalkedToo() {
        Plan panorama =
                Planner.plan(Specs.wrapped(Specs.unconditional(2048, 512, "zeta")), Specs.MODEL, Optional.empty());
        assertThat(Walk.of(panorama, 64).cellCount()).isEqualTo(32 * 8 + 8 * 2);
    }
}
