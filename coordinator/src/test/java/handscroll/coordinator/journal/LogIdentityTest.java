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
                .isEqualTo("b7e7d1e491bf632d07702f441ea25a5b8a7421f312771f9705677164bb39c748");
    }

    @Test
    void dependsOnTheSeedAndTheModelAndNotOnWhereTilesGo() {
        LogIdentity here = identity(7, "out", TileEncoding.JPEG);
        assertThat(identity(7, "elsewhere", TileEncoding.PNG)).isEqualTo(here);
        assertThat(identity(8, "out", TileEncoding.JPEG)).isNotEqualTo(here);
        assertThat(LogIdentity.of(SKY, spec(7, "out", TileEncoding.JPEG), List.of("other")))
                .isNotEqualTo(here);
        Canvas round = new Canvas(512, 256, 1, true);
        assertThat(LogIdentity.of(SKY, spec(round, 7, "out", TileEncoding.JPEG), List.of("model")))
                .isNotEqualTo(here);
    }

    private static LogIdentity identity(long seed, String directory, TileEncoding encoding) {
        return LogIdentity.of(SKY, spec(seed, directory, encoding), List.of("model"));
    }

    private static JobSpec spec(long seed, String directory, TileEncoding encoding) {
        return spec(new Canvas(512, 256, 1), seed, directory, encoding);
    }

    private static JobSpec spec(Canvas canvas, long seed, String directory, TileEncoding encoding) {
        return JobSpec.builder(
                        "sky",
                        RenderingTask.EXTENSION,
                        canvas,
                        "starry-night",
                        JobSpec.Output.to(directory, encoding, 90))
                .input(Optional.of(new JobSpec.Input("sky.jpg", 0, 16)))
                .seed(seed)
                .sampling(JobSpec.Sampling.AS_THE_MODEL_SAYS
                        .withTemperature(0.9)
                        .withTopK(100)
                        .withHorizon(Optional.of(0.7)))
                .build();
    }
}
