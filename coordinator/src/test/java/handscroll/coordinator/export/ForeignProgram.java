package handscroll.coordinator.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of others that open what we write; where one is missing, its tests are skipped and say what to install. */
final class ForeignProgram {

    static ForeignProgram vips() {
        return find("vips", "libvips-tools");
    }

    static ForeignProgram tiffinfo() {
        return find("tiffinfo", "libtiff-tools");
    }

    private static ForeignProgram find(String name, String debianPackage) {
        boolean isThere = List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        assumeTrue(isThere, name + " is not installed; the Debian package is " + debianPackage);
        return new ForeignProgram(name);
    }

    private final String name;

    private ForeignProgram(String name) {
        this.name = name;
    }

    /** What it prints; fails when it does, or when it warns. */
    String run(Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(name));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, printed).isZero();
        assertThat(printed).as("%s", command).doesNotContainIgnoringCase("warning");
        return printed;
    }

    /** Pixel by pixel, as vips reads it; each channel may differ by so much. */
    static void assertPixels(Path picture, int tolerance) throws Exception {
        assertPixels(picture, tolerance, new int[][] {
            {0, 0}, {699, 410}, {255, 255}, {256, 256}, {511, 17}, {512, 300}, {640, 400}
        });
    }

    static void assertPixels(Path picture, int tolerance, int[][] places) throws Exception {
        for (int[] at : places) {
            String[] values =
                    vips().run("getpoint", picture, at[0], at[1]).trim().split("\\s+");
            int[] expected = Gallery.pixel(at[0], at[1]);
            for (int channel = 0; channel < 3; channel++) {
                assertThat((int) Double.parseDouble(values[channel]))
                        .as("%s at %d, %d", picture, at[0], at[1])
                        .isBetween(expected[channel] - tolerance, expected[channel] + tolerance);
            }
        }
    }
}
