package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {

    private final ParameterLayout layout =
            new ParameterLayout().linear("a", 3, 2, 0.1).norm("b", 4);

    @Test
    void liesInTheOrderOfItsDeclaration() {
        assertThat(layout.size()).isEqualTo(6 + 2 + 4 + 4);
        assertThat(layout.offset("a.bias")).isEqualTo(6);
        assertThat(layout.offset("b.weight")).isEqualTo(8);
    }

    @Test
    void cutsTheFlatVector() {
        float[] flat = layout.initial(new Random(1));
        assertThat(layout.cut(flat).get("b.weight")).containsExactly(1, 1, 1, 1);
        assertThat(layout.cut(flat).get("a.bias")).containsExactly(0, 0);
    }

    @Test
    void decaysMatricesOnly() {
        assertThat(layout.decayMask()).containsExactly(1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void shippedModelStaysBelowTwentyMegabytes() {
        int numbers = TokenizerShape.STANDARD.layout().size()
                + TransformerShape.STANDARD.layout().size();
        assertThat(2 * numbers).isLessThan(20_000_000);
    }
}
