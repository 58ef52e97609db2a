package handscroll.coordinator.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import handscroll.coordinator.output.StoredPicture;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.JobSpec.TileEncoding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OME-Zarr opened by zarrita, a reader of others; skipped without node and npm, or where npm cannot fetch it. */
class ZarrReaderTest {

    private static final ExportSettings SETTINGS = new ExportSettings(64 << 20, 1_000_000, 100);

    @TempDir
    Path directory;

    @Test
    void zarritaReadsPixelsOfEveryLevelAndTheTokens() throws Exception {
        Path npm = zarrita();
        Gallery.hang(directory, TileEncoding.PNG, Container.FILES);
        Path zarr = directory.resolve("sky.ome.zarr");
        try (StoredPicture picture = StoredPicture.open(directory).orElseThrow()) {
            new Export(ExportFormat.ZARR, zarr, Optional.empty(), 3, Optional.of(new CountedTokens()))
                    .run(picture, SETTINGS, (done, all) -> {});
        }
        String read = run(npm, "node", "read.mjs", zarr.toString(), "0", "0", "699", "410", "300", "256");
        assertThat(read)
                .contains("version 0.5", "0 3 x 411 x 700 average 126", "1 3 x 206 x 350 average", "2 3 x 103 x 175")
                .contains("pixel 0 0: " + pixel(0, 0))
                .contains("pixel 699 410: " + pixel(699, 410))
                .contains("pixel 300 256: " + pixel(300, 256))
                .contains("tokens 300 x 520: 0 1 2 3 ... " + (300 * 520 - 1) % 65536);
    }

    private static String pixel(int x, int y) {
        int[] rgb = Gallery.pixel(x, y);
        return rgb[0] + " " + rgb[1] + " " + rgb[2];
    }

    /** Each token counts on from the one before; more than one chunk both ways. */
    private record CountedTokens() implements TokenGrid {
        @Override
        public int columns() {
            return 520;
        }

        @Override
        public int rows() {
            return 300;
        }

        @Override
        public void read(int column, int row, int count, short[] target, int offset) {
            for (int i = 0; i < count; i++) {
                target[offset + i] = (short) (row * 520 + column + i);
            }
        }
    }

    /** The folder with zarrita and the script; installed once, and kept between runs. */
    private static Path zarrita() throws Exception {
        assumeTrue(starts("node") && starts("npm"), "node and npm are not installed; Debian packages nodejs and npm");
        Path npm = Files.createDirectories(Path.of("target", "zarrita"));
        Files.writeString(npm.resolve("package.json"), "{\"type\": \"module\"}");
        try (InputStream script = ZarrReaderTest.class.getResourceAsStream("/zarr/read.mjs")) {
            assertThat(script).isNotNull();
            Files.copy(script, npm.resolve("read.mjs"), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.isDirectory(npm.resolve("node_modules/zarrita"))) {
            try {
                run(
                        npm,
                        "npm",
                        "install",
                        "--silent",
                        "--no-audit",
                        "--no-fund",
                        "zarrita@0.7.5",
                        "@zarrita/storage@0.2.0");
            } catch (AssertionError offline) {
                assumeTrue(false, "npm cannot fetch zarrita: " + offline.getMessage());
            }
        }
        return npm;
    }

    private static boolean starts(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    private static String run(Path folder, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of(command));
        Process process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", words, printed).isZero();
        return printed;
    }
}
