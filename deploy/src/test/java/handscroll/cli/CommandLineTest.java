package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import handscroll.coordinator.output.OutputDirectory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {

    @TempDir
    private Path directory;

    private static final String SPEC = "task = unconditional, model = m, canvas { width = 128, height = 128 }";

    @Test
    void anUnknownCommandIsRefusedAndALikelyOneNamed() {
        Run run = Run.of("rendr", "sky.conf");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("'rendr'", "handscroll render", "See: handscroll --help");
    }

    @Test
    void nothingToDoIsRefusedWithAnExample() {
        Run run = Run.of();
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("Name a command, for example: handscroll render JOB");
    }

    @Test
    void anUnknownOptionIsRefused() {
        Run run = Run.of("render", "sky.conf", "--colour");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("--colour", "See: handscroll render --help");
    }

    @Test
    void aMissingJobFileIsRefused() {
        Run run = Run.of("render", directory.resolve("sky.conf").toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("there is no file", "sky.conf", "1 problem, nothing was started.");
    }

    @Test
    void everythingThatIsWrongWithAJobIsToldAtOnce() throws IOException {
        Path job = job("task = unconditional, model = m, canvas { width = many, height = 128 }, colour = blue");
        Run run = Run.of("render", job.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("canvas.width", "colour", "2 problems");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aModelThatIsNotThereIsRefusedWithThoseThatAre() throws IOException {
        Path job = job("task = unconditional, model = moon, canvas { width = 128, height = 128 }");
        Run run = Run.of(
                "render", job.toString(), "--config", TinyModel.shelf(directory).toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("\"moon\" is in none of", "one of [m]");
    }

    @Test
    void aPictureThatIsNoneIsRefused() throws IOException {
        Path letter = Files.writeString(directory.resolve("letter.txt"), "dear Theo");
        Path job = job("task = extension, model = m, canvas { width = 1024, height = 512 }, input { image = \"" + letter
                + "\", at = [0, 0] }");
        Run run = Run.of(
                "render", job.toString(), "--config", TinyModel.shelf(directory).toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("input.image", "letter.txt is in no format that can be read");
    }

    @Test
    void aPlanIsPrintedForPeopleAndForScripts() throws IOException {
        Path job = job("task = unconditional, model = m, canvas { width = 9728, height = 512 }, direction = omega");
        String config = TinyModel.shelf(directory).toString();
        Run run = Run.of("plan", job.toString(), "--config", config);
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("1,216 patches of 64 px (152 x 8)", "* omega ", "461");
        JsonNode json = new ObjectMapper()
                .readTree(Run.of("plan", job.toString(), "--config", config, "--json")
                        .out());
        assertThat(json.path("patches").asInt()).isEqualTo(1216);
        assertThat(json.path("criticalPath").asInt()).isEqualTo(461);
        assertThat(json.path("poolPeak").asInt()).isEqualTo(19);
        assertThat(json.path("widestWavefront").asInt()).isPositive();
        assertThat(json.path("directions")).hasSize(8);
    }

    @Test
    void theModelsThatAreThereAreListed() throws IOException {
        Run run = Run.of("models", "--config", TinyModel.shelf(directory).toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("m ", "64 px", "512 codes");
    }

    @Test
    void aPictureTooSmallToLearnFromIsRefused() throws IOException {
        Path small = directory.resolve("small.png");
        ImageIO.write(new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB), "png", small.toFile());
        Run run = Run.of("train", "--name", "m", "--from", small.toString(), "--to", directory.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("small.png", "is 20 x 20 px", "nothing was started");
    }

    @Test
    void aFolderToLearnFromHoldsPictures() {
        String folder = directory.toString();
        Run run = Run.of("train", "--name", "m", "--from", folder, "--captions", "names", "--to", folder);
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("holds no PNG or JPEG picture");
    }

    @Test
    void aModelThatIsThereIsNotOverwritten() throws IOException {
        TinyModel.shelf(directory);
        String models = directory.resolve("models").toString();
        Run run = Run.of("train", "--name", "m", "--from", "sky.png", "--to", models);
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("already holds a model", "--resume");
    }

    @Test
    void aTrainingThatWasNeverBegunCannotGoOn() {
        Run run = Run.of("train", "--name", "m", "--from", "sky.png", "--to", directory.toString(), "--resume");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("holds no training to go on with");
    }

    @Test
    void whatIsNoPictureCannotBeEvaluated() {
        Run run = Run.of("evaluate", directory.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("cannot be evaluated", "name the output directory of a job");
    }

    @Test
    void controlsNeedAnOutputThatSaysWhichJobItWas() {
        Run run = Run.of("evaluate", directory.toString(), "--control");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("holds no manifest.json", "leave out --control");
    }

    @Test
    void anOverrideThatIsNoneIsRefused() throws IOException {
        Run run = Run.of("render", job(SPEC).toString(), "seed:7");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("seed:7", "write key=value");
    }

    @Test
    void anOutputDirectoryWithOtherThingsInItIsRefused() throws IOException {
        Files.writeString(directory.resolve("letter.txt"), "dear Theo");
        Run run = Run.of("render", job(SPEC).toString(), "--out", directory.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("is not empty", "choose another --out");
        assertThat(directory.resolve("letter.txt")).hasContent("dear Theo");
    }

    @Test
    void anOutputDirectoryThatHoldsARenderIsRefusedWithTheWayToContinueIt() throws IOException {
        Path out = Files.createDirectories(directory.resolve("out"));
        Files.createDirectories(out.resolve(OutputDirectory.STATE));
        Run run = Run.of("render", job(SPEC).toString(), "--out", out.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("handscroll render --resume " + out);
    }

    @Test
    void aDirectoryWithoutARenderCannotBeResumed() {
        Run run = Run.of("render", "--resume", directory.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("holds no render to continue");
    }

    @Test
    void aJobAndAResumedDirectoryExcludeEachOther() {
        assertThat(Run.of("render", "sky.conf", "--resume", "out").exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(Run.of("render").exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void noWorkerAtAllIsRefused() throws IOException {
        Run run = Run.of("render", job(SPEC).toString(), "--workers", "0");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("--workers is 0; at least 1 is needed");
    }

    @Test
    void aConfigurationThatIsNotThereIsRefused() throws IOException {
        Run run = Run.of("render", job(SPEC).toString(), "--config", "no-such.conf");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("no-such.conf", "is not there");
    }

    @Test
    void aConfigurationThatCannotBeReadIsRefusedWithItsLine() throws IOException {
        Path config = Files.writeString(directory.resolve("site.conf"), "handscroll {\n  cli = }\n");
        Run run = Run.of("models", "--config", config.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("site.conf: 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--context recurrent --decoding parallel|its states are made token by token",
                "--context recurrent|needs --no-layouts",
                "--context recurrent --no-layouts --loss patch|its states follow from all patches before",
                "--extent 3|give 0 to 2",
                "--cpu-minutes 0|more than 0 are needed",
                "--tokenizer-of a --start-from b|leave out --tokenizer-of",
                "--learn-decoder|name a model with --start-from",
                "--start-from a --learn-decoder --learn-tokenizer|leave out --learn-decoder",
                "--frames-before 1|is for videos",
                "--task video --frames-before 4|give 0 to 3",
                "--task video --tokenizer-of a --frames-before 1|needs a decoder that is learned",
            })
    void kindsOfModelsThatCannotBeLearnedAreRefusedWithTheReason(String optionsAndReason) {
        String[] parts = optionsAndReason.split("\\|");
        List<String> line = new ArrayList<>(List.of("train", "--name", "m", "--from", "sky.png"));
        line.addAll(List.of(parts[0].split(" ")));
        Run run = Run.of(line.toArray(String[]::new));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains(parts[1]);
    }

    @Test
    void everythingThatIsWrongWithATrainingIsSaidAtOnce() {
        Run run = Run.of(
                "train",
                "--name",
                "a b",
                "--from",
                "film.mp4",
                "--frames",
                "9",
                "--height",
                "7",
                "--threads",
                "0",
                "--horizon",
                "2");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err())
                .contains(
                        "--name", "--frames", "--height", "--threads", "--horizon", "5 problems, nothing was started");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "host:", "host:port", "host:70000", ":25520", "1::2:25520"})
    void aWorkerIsToldHowAnAddressIsWritten(String address) {
        Run run = Run.of("worker", "--join", address);
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("write HOST:PORT");
    }

    @Test
    void aCoordinatorThatIsNotThereIsOutOfReach() {
        Run run = Run.of("jobs", "--to", "http://127.0.0.1:1");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OUT_OF_REACH);
        assertThat(run.err()).contains("http://127.0.0.1:1 is out of reach").doesNotContain("\tat ");
    }

    @Test
    void anAddressThatHttpCannotReachIsRefused() {
        Run run = Run.of("jobs", "--to", "farm:8080");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("write it like http://");
    }

    @Test
    void whatNobodyExpectedIsOneSentenceAndTheLog() throws IOException {
        Run run = Run.of(
                options -> {
                    throw new IllegalStateException("the moon is down");
                },
                "render",
                job(SPEC).toString(),
                "--out",
                directory.resolve("out").toString(),
                "--config",
                TinyModel.shelf(directory).toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .contains("the moon is down", "handscroll.log has the details")
                .doesNotContain("\tat ");
        assertThat(run.err().lines()).hasSize(1);
    }

    static Iterable<String> commands() {
        return Run.commandLine().getSubcommands().keySet();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandShowsAnExample(String name) {
        Run run = Run.of(name, "--help");
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("Example", "  handscroll " + name);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandSaysWhatItIsForInASentence(String name) {
        CommandLine command = Run.commandLine().getSubcommands().get(name);
        assertThat(String.join(" ", command.getCommandSpec().usageMessage().description()))
                .endsWith(".");
    }

    @Test
    void theHelpNamesEveryCommandAndEveryExitCode() {
        Run run = Run.of("--help");
        assertThat(run.out()).contains(commands()).contains("130 interrupted and resumable");
    }

    private Path job(String text) throws IOException {
        Path jobs = Files.createDirectories(directory.resolve("jobs"));
        return Files.writeString(jobs.resolve("sky.conf"), text);
    }
}
