package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Specs;
import handscroll.protocol.canvas.PatchId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatchNameTest {

    private static final Plan PLAN = Planner.plan(Specs.unconditional(640, 384, "zeta"), Specs.MODEL, Optional.empty());
    private static final Plan OVER_LAYOUT =
            Planner.plan(Specs.unconditional(384, 1536, "zeta"), Specs.MODEL_OF_LAYOUTS, Optional.empty());

    @Test
    void columnAndRowNameAPatchOfTheCanvas() throws Exception {
        assertThat(PatchName.find("9,5", PLAN)).isEqualTo(new PatchId(0, 9, 5, 0));
        assertThat(PatchName.find("1,2", OVER_LAYOUT))
                .as("the layout is another stage")
                .isEqualTo(new PatchId(1, 1, 2, 0));
    }

    @Test
    void aStageIsNamedByItsNameOrItsNumber() throws Exception {
        assertThat(PatchName.find("decode/2,1", PLAN)).isEqualTo(new PatchId(1, 2, 1, 0));
        assertThat(PatchName.find("1/2,1", PLAN)).isEqualTo(new PatchId(1, 2, 1, 0));
        assertThat(PatchName.find("layout/0,1", OVER_LAYOUT)).isEqualTo(new PatchId(0, 0, 1, 0));
    }

    @Test
    void aNameThatWasGivenOutIsFoundAgain() throws Exception {
        PatchId patch = new PatchId(1, 2, 1, 0);
        assertThat(PatchName.find(PatchName.of(patch, PLAN), PLAN)).isEqualTo(patch);
        assertThat(PatchName.find(patch.toString(), PLAN)).isEqualTo(patch);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10,0", "0,6", "0,0,1", "decode/3,0", "999999999,0"})
    void aPatchOutsideOfTheGridIsToldHowLargeTheGridIs(String name) {
        assertThatThrownBy(() -> PatchName.find(name, PLAN))
                .isInstanceOf(PatchName.Unknown.class)
                .hasMessageContaining("There is no patch")
                .hasMessageContaining("so the last patch is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12", "a,b", "-1,2", "1;2", "9999999999,0", "/1,2", "sample/1,2/3"})
    void whatIsNoNameIsToldHowOneIsWritten(String name) {
        assertThatThrownBy(() -> PatchName.find(name, PLAN))
                .isInstanceOf(PatchName.Unknown.class)
                .hasMessageContaining("write COLUMN,ROW or STAGE/COLUMN,ROW");
    }

    @Test
    void aStageThatIsNotThereIsToldWhichAre() {
        assertThatThrownBy(() -> PatchName.find("upscale/1,1", PLAN))
                .hasMessage("There is no stage upscale; this job has sample, decode.");
    }
}
