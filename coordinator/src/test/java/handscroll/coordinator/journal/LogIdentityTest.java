package handscroll.coordinator.journal;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.job.RenderingTask;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogIdentityTest {

    private static final JobId SKY = new JobId("sky");

    @Test
    void staysTheSameFromVersionToVersion() {
        assertThat(identity(7, "out", TileEncoding.JPEG).contentHash())
                .isEqualTo("e8f03ef1195e948baf15b50f1ce72b633feb3c79b064b14671d852dcad41d88e");
    }

    @Test
    void dependsOnTheSeedAndTheModelAndNotOnWhereTilesGo() {
        LogIdentity here = identity(7, "out", TileEncoding.JPEG);
        assertThat(identity(7, "elsewhere", TileEncoding.PNG)).isEqualTo(here);
        assertThat(identity(8, "out", TileEncoding.JPEG)).isNotEqualTo(here);
        assertThat(LogIdentity.of(SKY, spec(7, "out", TileEncoding.JPEG), List.of("other")))
                .isNotEqualTo(here);
    }

    private static LogIdentity identity(long seed, String directory, TileEncoding encoding) {
        return LogIdentity.of(SKY, spec(seed, directory, encoding), List.of("model"));
    }

    private static JobSpec spec(long seed, String directory, TileEncoding encoding) {
        return new JobSpec(
                "sky",
                RenderingTask.EXTENSION,
                new Canvas(512, 256, 1),
                "starry-night",
                Optional.of(new JobSpec.Input("sky.jpg", 0, 16)),
                "auto",
                seed,
                new JobSpec.Sampling(Optional.of(0.9), Optional.of(100), Optional.of(0.7)),
                JobSpec.Context.FULL,
                new JobSpec.Output(directory, encoding, 90));
    }
}
