package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and workers in processes of their own, over Artery TCP and the tile stream; some die on the way. */
class KilledProcessesTest {

    private static final String CANVAS = "width = 1300, height = 1024";

    @TempDir
    private Path directory;

    @Test
    void whicheverProcessIsKilledThePictureIsTheSame() throws Exception {
        FakeRenderers.shelve(directory.resolve("models/fake"));
        Map<String, Integer> undisturbed = InOneProcess.render(directory, "undisturbed", CANVAS);
        try (FarmOfProcesses farm = new FarmOfProcesses(directory, "disturbed", 1, Map.of())) {
            farm.startWorker();
            farm.startWorker();
            farm.submit(CANVAS);
            farm.waitForPatches(40);
            farm.worker(0).kill();
            farm.waitForPatches(120);
            farm.killAndStartAgain(List.of(0), List.of());
            farm.waitUntilDone();

            assertThat(farm.tiles()).isNotEmpty().isEqualTo(undisturbed);
        }
    }
}
