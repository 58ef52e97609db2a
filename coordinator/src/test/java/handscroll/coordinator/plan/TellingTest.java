package handscroll.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Texts;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TellingTest {

    private static final Texts.Region SKY = new Texts.Region(0, 0, 100, 50, "clouds");

    @Test
    void eachFrameFollowsTheSceneItLiesInAndRegionsLieOverTheStory() {
        Telling telling = telling(new Texts(
                Optional.of("dusk"),
                List.of(SKY),
                List.of(new Texts.Scene(3, "a stream"), new Texts.Scene(2, "a bird"))));
        assertThat(telling.all()).containsExactly("dusk", "clouds", "a stream", "a bird");
        assertThat(at(telling, 70, 0)).isEqualTo("a stream");
        assertThat(at(telling, 70, 2)).isEqualTo("a stream");
        assertThat(at(telling, 70, 3)).isEqualTo("a bird");
        assertThat(at(telling, 10, 3)).isEqualTo("clouds");
    }

    @Test
    void withoutAStoryAllFramesFollowTheText() {
        Telling telling = telling(new Texts(Optional.of("dusk"), List.of(), List.of()));
        assertThat(at(telling, 70, 9)).isEqualTo("dusk");
        assertThat(telling(Texts.NONE).at(0, 0, 0)).isEqualTo(-1);
    }

    private static String at(Telling telling, int y, int frame) {
        return telling.all().get(telling.at(10, y, frame));
    }

    private static Telling telling(Texts texts) {
        JobSpec spec = Specs.unconditional(640, 512, "omega");
        return Telling.of(spec.toBuilder().texts(texts).build());
    }
}
