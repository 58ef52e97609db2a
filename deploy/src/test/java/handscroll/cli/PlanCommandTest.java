package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class PlanCommandTest {

    private static final String SKY =
            "task = unconditional, model = m, canvas { width = 4096, height = 512 }, direction = zeta";

    @TempDir
    private Path directory;

    private Path config;
    private Path job;

    @BeforeEach
    void aJobAndAModel() throws IOException {
        config = TinyModel.shelf(directory);
        job = Files.writeString(directory.resolve("sky.conf"), SKY);
    }

    @Test
    void saysWhatAJobTakesAndHowLong() {
        Run run = plan("--workers", "1,2,4");
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .contains("512 patches of 64 px (64 x 8)", "stages sample 512 cells, decode 32 cells")
                .containsPattern("\\* zeta .* 85 .* with|with 4 workers")
                .containsPattern("memory  about [0-9.]+ [kM]B of the coordinator's heap; up to [0-9]+ MB of context")
                .containsPattern("disk    74 kB of tokens, about 1.4 MB of tiles")
                .containsPattern("(?m)^ +1 +\\d+ s +1\\.0 +100 % +\\d+ s +1\\.\\d\\d$")
                .containsPattern("(?m)^ +4 +[0-9.]+ s +[0-9.]+ +\\d+ % ")
                .containsPattern("More than \\d+ workers would not be done sooner");
    }

    @Test
    void theTimesAreTheSameEachTime() {
        assertThat(plan("--json").out()).isEqualTo(plan("--json").out());
    }

    @Test
    void jsonSaysEverything() throws IOException {
        JsonNode json = json("--workers", "1,8");
        assertThat(json.path("patches").asInt()).isEqualTo(512);
        assertThat(json.path("simulated").asBoolean()).isTrue();
        assertThat(json.path("stages")).hasSize(2);
        assertThat(json.at("/stages/0/widths"))
                .hasSize(json.path("criticalPath").asInt() + 1);
        assertThat(json.at("/memory/workerPoolBytes").asLong()).isPositive();
        assertThat(json.at("/disk/tokenLogBytes").asLong()).isEqualTo(512 + 512 * (16 + 128));
        assertThat(json.path("mostWorkersThatHelp").asInt()).isBetween(2, 16);
        assertThat(json.path("times")).hasSize(2);
        JsonNode eight = json.at("/times/1");
        assertThat(eight.path("workers").asInt()).isEqualTo(8);
        assertThat(eight.path("time").asDouble())
                .isGreaterThanOrEqualTo(eight.path("bound").asDouble());
        assertThat(eight.path("speedUp").asDouble()).isBetween(1.5, 8.0);
        for (JsonNode direction : json.path("directions")) {
            assertThat(direction.path("time").asDouble()).isPositive();
        }
    }

    @Test
    void costsThatAreGivenCount() throws IOException {
        JsonNode json = json("--workers", "1", "--sampling-ms", "100", "--decoding-ms", "0");
        assertThat(json.at("/bound/work").asDouble()).isEqualTo(51.2);
        assertThat(json.at("/times/0/time").asDouble()).isBetween(51.2, 51.2 * 1.1);
        JsonNode batched = json("--workers", "1", "--sampling-ms", "1:100,16:10", "--decoding-ms", "0");
        assertThat(batched.at("/costs/samplingByBatch/16").asDouble()).isEqualTo(10);
        assertThat(batched.at("/times/0/time").asDouble()).isLessThan(51.2);
    }

    @Test
    void theRowsEndWithTheMostWorkersThatHelp() throws IOException {
        JsonNode json = json();
        JsonNode times = json.path("times");
        assertThat(times.get(0).path("workers").asInt()).isEqualTo(1);
        assertThat(times.get(times.size() - 1).path("workers").asInt())
                .isEqualTo(json.path("mostWorkersThatHelp").asInt());
    }

    @Test
    void plansThatAreTooLargeToSimulateAreBoundedAndSaySo() throws IOException {
        Files.writeString(config, Files.readString(config) + "\nhandscroll.cli.plan.simulated-patches = 500\n");
        Run run = plan();
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .contains("More than 500 patches are not simulated", "bound")
                .doesNotContain("busy");
        JsonNode json = json();
        assertThat(json.path("simulated").asBoolean()).isFalse();
        assertThat(json.at("/times/0").has("time")).isFalse();
        assertThat(json.at("/times/0/bound").asDouble()).isPositive();
    }

    @Test
    void whereTheSimulationEndsBeforeTheGainNoMostIsClaimed() {
        assertThat(PlanReport.isCutShort(101, 104, 21_316)).isTrue();
        assertThat(PlanReport.isCutShort(101, 104, 104)).isFalse();
        assertThat(PlanReport.isCutShort(32, 104, 146)).isFalse();
    }

    @Test
    void drawsItsCurves() throws Exception {
        Path plot = directory.resolve("plan.svg");
        assertThat(plan("--plot", plot.toString(), "--workers", "1,2,4,8").exitCode())
                .isEqualTo(ExitCode.DONE);
        var svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(Files.readString(plot))));
        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        // Two stages, the bound, and the simulated times.
        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(4);
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(4);
        assertThat(Files.readString(plot)).doesNotContain("NaN", "Infinity");
    }

    @Test
    void aPlanOfASinglePatchCanBeDrawn() throws IOException {
        Path plot = directory.resolve("plan.svg");
        Files.writeString(job, "task = unconditional, model = m, canvas { width = 64, height = 64 }");
        assertThat(plan("--plot", plot.toString()).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(plot)).doesNotContain("NaN", "Infinity");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws IOException {
        Files.writeString(job, "task = unconditional, model = m, canvas { width = 4096, height = none }");
        Run run = plan(
                "--workers",
                "0,2,many",
                "--sampling-ms",
                "-3",
                "--decoding-ms",
                "soon",
                "--plot",
                directory.resolve("nowhere").resolve("plan.svg").toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains(
                        "sky.conf cannot be planned:",
                        "\"0\" is no number of workers; give numbers from 1 to 1024",
                        "\"many\" is no number of workers",
                        "\"-3\" is no time of a patch; give milliseconds above 0",
                        "\"soon\" is no time of a patch",
                        "plan.svg cannot be written",
                        "canvas.height",
                        "6 problems, nothing was started.");
    }

    @Test
    void costsCanBeMeasured() throws IOException {
        var renderers = new FakeRenderers(Map.of("m", "any"), 512);
        Run run = Run.with(
                renderers, "plan", job.toString(), "--config", config.toString(), "--measure", "--workers", "1");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .startsWith("Measured in one slot on fake; to keep it, write into a file for --config:")
                .containsPattern("handscroll.cli.plan \\{ sampling \\{ 1 = [0-9.]+ ms, 4 = [0-9.]+ ms, 8 = [0-9.]+ ms,"
                        + " 16 = [0-9.]+ ms }, decoding = [0-9.]+ ms, encoding = [0-9.]+ ms }")
                .contains("512 patches of 64 px");
        // A batch to warm up, and four of each size.
        assertThat(renderers.sampledCount.get()).isBetween(16 + 4 * (1 + 4 + 8 + 16), 300);
    }

    @Test
    void aPlanCanBeWalkedInsteadOfReported() throws IOException {
        Run run = plan("--walk");
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .contains("sky: 512 patches of 64 px, 32 tiles of 256 px, direction zeta")
                .containsPattern("walked in [0-9.]+ s with nothing to do: [0-9,]+ cells a second")
                .containsPattern("held at most [0-9.]+ bytes a cell");
        assertThat(json("--walk").at("/walk/cells").asLong()).isEqualTo(544);
    }

    @Test
    void aPanoramaIsPlannedInEachDirection() throws IOException {
        Files.writeString(job, "task = unconditional, model = m, canvas { width = 4096, height = 512, wrap = x }");
        assertThat(plan("--workers", "8").out()).contains("4096 x 512 px that wrap, 512 patches");
        assertThat(json("--workers", "8").path("directions")).hasSize(8);
    }

    @Test
    void aCanvasThatCannotWrapIsRefusedWithTheNextWidths() throws IOException {
        assertRefused(
                "task = unconditional, model = m, canvas { width = 4000, height = 512, wrap = x }",
                "canvas.width  4000 px are no multiple of 256 px, as the width of a canvas that wraps must be; try 3840 or"
                        + " 4096",
                "1 problem, nothing was started.");
        assertRefused(
                "task = unconditional, model = m, canvas { width = 4096, height = 512, wrap = y }",
                "canvas.wrap  \"y\" is unknown; did you mean \"x\"?");
    }

    @Test
    void framesForAModelOfPicturesAndADirectionItDoesNotServeAreRefusedTogether() throws IOException {
        TinyModel.rewrite(directory, "columns = 2, rows = 2", "columns = 1, rows = 1");
        assertRefused(
                "task = unconditional, model = m, canvas { width = 4096, height = 512, frames = 24 },"
                        + " direction = coarse-to-fine, sampling { top-k = 9999 }",
                "sampling.top-k  9999 is more than the 512 codes of m; give at most 512",
                "canvas.frames   m draws pictures: its patches look 0 frames back; leave it out, or use a model with"
                        + " context.frames of at least 1",
                "direction       coarse-to-fine needs patches that see 2 columns and rows far; those of m learned to"
                        + " look 1 columns and 1 rows; use another direction, or a model that looks further",
                "3 problems, nothing was started.");
    }

    @Test
    void noFramesAndNoPixelsAreRefused() throws IOException {
        assertRefused(
                "task = unconditional, model = m, canvas { width = 0, height = -64, frames = 0 }",
                "canvas.width   0 is too small; give a whole number from 1 to",
                "canvas.height  -64 is too small",
                "canvas.frames  0 is too small; give a whole number from 1 to",
                "3 problems");
    }

    @Test
    void aModelWithNegativeMarginsOrExtentsIsRefusedWithAllThatIsWrongWithIt() throws IOException {
        TinyModel.rewrite(directory, "decode-margin-tokens = 5", "decode-margin-tokens = -5");
        TinyModel.rewrite(directory, "columns = 2", "columns = -2");
        TinyModel.rewrite(directory, "tokens = 8", "tokens = 7");
        assertRefused(
                SKY,
                "context.columns                 -2 is too small; it is at least 0",
                "tokenizer.decode-margin-tokens  -5 is too small; it is at least 0",
                "patch                           64 pixels are not cut evenly by 7 tokens",
                "3 problems");
    }

    @Test
    void aCanvasWithMoreCellsThanCanBeCountedOrHeldIsRefused() throws IOException {
        assertRefused(
                "task = unconditional, model = m, canvas { width = 1073741824, height = 1073741824 }",
                "more patches than can be counted; keep it below 2147483647 patches of 64 pixels a side");
        // 15 billion bytes of bookkeeping.
        assertRefused(
                "task = unconditional, model = m, canvas { width = 2900000, height = 2900000 }",
                "patches and 128,346,241 tiles take 16,426 MB of memory, more than three quarters of this process's",
                "make it smaller, or give the process more: HANDSCROLL_JAVA_OPTS=-Xmx22g");
    }

    private void assertRefused(String text, String... sentences) throws IOException {
        Files.writeString(job, text);
        Run run = plan();
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(sentences);
    }

    @Test
    void timesOfBatchesNeedThatOfAPatchAlone() {
        Run run = plan("--sampling-ms", "4:50,16:30");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("does not say what a patch takes alone; begin it with 1:MS");
        assertThat(plan("--sampling-ms", "1:50,x:30").err()).contains("\"x:30\" is no time of a batch");
    }

    private JsonNode json(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--json");
        return new ObjectMapper()
                .readTree(plan(arguments.toArray(new String[0])).out());
    }

    private Run plan(String... more) {
        List<String> arguments = new ArrayList<>(List.of("plan", job.toString(), "--config", config.toString()));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(new String[0]));
    }
}
