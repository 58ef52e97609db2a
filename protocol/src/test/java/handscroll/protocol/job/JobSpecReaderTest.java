package handscroll.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import handscroll.protocol.canvas.Canvas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSpecReaderTest {

    private static final Path HERE = Path.of("/pictures");

    /** Every picture is as large as the painting. */
    private static final PictureSizes PICTURES = file -> new PictureSizes.Size(746, 594);

    private static final String EXTENSION = """
            task = extension
            canvas { width = 3584, height = 512 }
            model = starry-night
            input { image = "starry-night.jpg", at = [0, 64] }
            direction = "omega*"
            seed = -20221
            sampling { temperature = 0.9, top-k = 100 }
            priority = 80
            context = none
            output { to = "/out/scroll", tiles = png, quality = 80, format = deep-zoom }
            """;

    private static final String VIDEO =
            "task = image-to-video, canvas { width = 320, height = 192, frames = 80, fps = 12 },"
                    + " model = m, input.image = first.png";

    private static final String LEAST = "task = unconditional, canvas { width = 100, height = 70 }, model = m";
    private static final String STORY =
            "task = text-to-video, canvas { width = 320, height = 192, fps = 8 }, model = m,"
                    + " story = [{ frames = 24, text = a stream }, { frames = 12, text = \" a bird, singing \" }]";

    @Test
    void readsEveryKey() {
        assertThat(JobSpecReader.readText("sky", EXTENSION, HERE))
                .isEqualTo(new JobSpec(
                        "sky",
                        RenderingTask.EXTENSION,
                        new Canvas(3584, 512, 1),
                        "starry-night",
                        Optional.of(new JobSpec.Input("/pictures/starry-night.jpg", 0, 64)),
                        "omega*",
                        -20221,
                        JobSpec.Sampling.AS_THE_MODEL_SAYS.withTemperature(0.9).withTopK(100),
                        JobSpec.Context.NONE,
                        JobSpec.Output.to("/out/scroll", JobSpec.TileEncoding.PNG, 80),
                        80,
                        Texts.NONE));
    }

    @Test
    void fillsInWhatIsLeftOut() {
        JobSpec spec = JobSpecReader.readText("sky", LEAST, HERE);
        assertThat(spec.direction()).isEqualTo("auto");
        assertThat(spec.seed()).isZero();
        assertThat(spec.priority()).isEqualTo(50);
        assertThat(spec.sampling()).isEqualTo(JobSpec.Sampling.AS_THE_MODEL_SAYS);
        assertThat(spec.context()).isEqualTo(JobSpec.Context.FULL);
        assertThat(spec.output())
                .isEqualTo(JobSpec.Output.to(
                        Path.of("out/sky").toAbsolutePath().toString(), JobSpec.TileEncoding.JPEG, 90));
    }

    @Test
    void readsJson() {
        String json = """
                {"task": "unconditional", "canvas": {"width": 640, "height": 512}, "model": "starry-night", "seed": 7}
                """;
        assertThat(JobSpecReader.readText("sky", json, HERE).seed()).isEqualTo(7);
    }

    @Test
    void whatIsWrittenReadsBackTheSame() {
        for (String text : List.of(
                EXTENSION,
                LEAST,
                EXTENSION + "\nname = \"a \\\"quoted\\\" näme\"",
                LEAST + "\ncanvas { wrap = x, frames = 3 }",
                EXTENSION + "\ntext = \"a \\\"calm\\\" sea\", sampling.guidance = 2.5, sampling.lag = 4",
                LEAST + "\ntask = text-to-image, text = snow,"
                        + " regions = [{ at = [0, -8], size = [64, 64], text = \"a, b\" }]")) {
            JobSpec spec = JobSpecReader.readText("sky", text, HERE);
            assertThat(JobSpecReader.readText("other", JobSpecWriter.toHocon(spec), Path.of("/elsewhere")))
                    .isEqualTo(spec);
        }
    }

    @Test
    void aTextIsOfTheWholeCanvasAndOfItsRegions() {
        Texts texts = JobSpecReader.readText(
                        "sky",
                        LEAST + "\ntask = text-to-image, text = \" snow \","
                                + " regions = [{ at = [1, 2], size = [3, 4], text = fog }]",
                        HERE)
                .texts();
        assertThat(texts)
                .isEqualTo(new Texts(Optional.of("snow"), List.of(new Texts.Region(1, 2, 3, 4, "fog")), List.of()));
        assertThat(texts.regions().get(0).holds(1, 5.5)).isTrue();
        assertThat(texts.regions().get(0).holds(4, 5)).isFalse();
    }

    @Test
    void aStoryIsAsLongAsItsScenes() {
        JobSpec spec = JobSpecReader.readText("film", STORY, HERE);
        assertThat(spec.canvas().frameCount()).isEqualTo(36);
        assertThat(spec.texts().story())
                .containsExactly(new Texts.Scene(24, "a stream"), new Texts.Scene(12, "a bird, singing"));
        assertThat(JobSpecReader.readText("film", JobSpecWriter.toHocon(spec), HERE))
                .isEqualTo(spec);
    }

    @Test
    void aStoryThatIsShorterThanItsVideoIsRefused() {
        assertThat(problems(STORY + "\ncanvas.frames = 40"))
                .extracting(Problem::what)
                .containsExactly("holds for 36 frames, and the video has 40");
        assertThat(problems(STORY + "\nstory = [{ frames = 0, text = fog }, { text = rain }]"))
                .extracting(Problem::where)
                .contains("story[0].frames", "story[1].frames");
    }

    @Test
    void aVideoFromATextNeedsOneAndStartsFromNothing() {
        assertThat(problems("task = text-to-video, canvas { width = 320, height = 192, frames = 8 }, model = m,"
                        + " input { image = a.png }"))
                .extracting(Problem::where)
                .containsExactly("story", "input", "input.at");
    }

    @Test
    void aCanvasWrapsWhereItSaysSo() {
        assertThat(JobSpecReader.readText("sky", LEAST, HERE).canvas().wraps()).isFalse();
        assertThat(JobSpecReader.readText("sky", LEAST + "\ncanvas.wrap = x", HERE)
                        .canvas()
                        .wraps())
                .isTrue();
        assertThat(JobSpecReader.readText("sky", LEAST + "\ncanvas.wrap = none", HERE)
                        .canvas()
                        .wraps())
                .isFalse();
    }

    @Test
    void looksForThePictureBesideTheJobFileAndAppliesOverrides(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("starry-scroll.conf"), EXTENSION);
        JobSpec spec = JobSpecReader.readFile(
                file,
                List.of("seed=7", "canvas.width=4000", "direction=omega*", "input.at=[3, 4]", "output.to=a b#c"),
                PICTURES);
        assertThat(spec.name()).isEqualTo("starry-scroll");
        assertThat(spec.seed()).isEqualTo(7);
        assertThat(spec.canvas().widthPixels()).isEqualTo(4000);
        assertThat(spec.canvas().heightPixels()).isEqualTo(512);
        assertThat(spec.direction()).isEqualTo("omega*");
        assertThat(spec.output().directory()).endsWith("/a b#c");
        assertThat(spec.input())
                .contains(
                        new JobSpec.Input(directory.resolve("starry-night.jpg").toString(), 3, 4));
    }

    @Test
    void aCanvasOfAnAspectIsTheSmallestAroundThePictureWhichLiesInItsMiddle() {
        JobSpec banner = fitted("21:9", "");
        assertThat(banner.canvas()).isEqualTo(new Canvas(1386, 594, 1));
        assertThat(banner.input().orElseThrow().xPixels()).isEqualTo(320); // a multiple of 8, exactly it were 320
        assertThat(banner.input().orElseThrow().yPixels()).isZero();

        JobSpec story = fitted("9:16", "");
        assertThat(story.canvas()).isEqualTo(new Canvas(746, 1326, 1));
        assertThat(story.input().orElseThrow().yPixels()).isEqualTo(360); // 366 would be the middle

        assertThat(fitted("21:9", ", at = [0, 3]").input()).contains(new JobSpec.Input("/pictures/a.png", 0, 3));
        JobSpec again = JobSpecReader.readText("other", JobSpecWriter.toHocon(banner), HERE);
        assertThat(again.canvas()).as("what is kept says pixels").isEqualTo(banner.canvas());
    }

    private static JobSpec fitted(String aspect, String at) {
        return JobSpecReader.readText("sky", banner(aspect, at), HERE, PICTURES);
    }

    private static String banner(String aspect, String at) {
        return "task = extension, model = m, canvas { aspect = \"" + aspect + "\" }, input { image = a.png" + at + " }";
    }

    @Test
    void refusesAnAspectThatIsNone() {
        for (String aspect : List.of("wide", "0:9", "21", "-1:2", "1:99999")) {
            assertThat(problems(banner(aspect, ""))).extracting(Problem::where).containsExactly("canvas.aspect");
        }
        assertThat(problems(banner("21:9", "") + ", canvas.width = 5")).isNotEmpty();
        assertThat(problems("task = unconditional, model = m, canvas.aspect = \"1:1\""))
                .extracting(Problem::what)
                .containsExactly("fits a canvas to a picture");
    }

    @Test
    void tellsAllProblemsAtOnce() {
        assertThat(problems("""
                        task = extention
                        canvas { heigth = 512, width = 12.5 }
                        model = [1]
                        input { at = [0] }
                        sampling { temperature = warm, horizon = 1.2, top-k = 0 }
                        context = some
                        output { quality = 101, tiles = gif, format = zip }
                        """))
                .extracting(Problem::where)
                .containsExactlyInAnyOrder(
                        "canvas.heigth",
                        "task",
                        "canvas.height",
                        "canvas.width",
                        "model",
                        "input.image",
                        "input.at",
                        "sampling.temperature",
                        "sampling.horizon",
                        "sampling.top-k",
                        "context",
                        "output.quality",
                        "output.tiles",
                        "output.format");
    }

    @Test
    void namesTheKeyThatWasMeant() {
        assertThat(remedy("canvas.heigth = 5")).isEqualTo("did you mean \"canvas.height\"?");
        assertThat(remedy("width = 5")).isEqualTo("did you mean \"canvas.width\"?");
        assertThat(remedy("sede = 5")).isEqualTo("did you mean \"seed\"?");
        assertThat(remedy("sampling.topk = 5")).isEqualTo("did you mean \"sampling.top-k\"?");
        assertThat(remedy("zebra = 5")).startsWith("one of name, task, ");
    }

    @Test
    void refusesPrioritiesThatAreNone() {
        for (String priority : List.of("-1", "101", "high", "1.5", "[1]")) {
            assertThat(problems(LEAST + ", priority = " + priority))
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.where()).isEqualTo("priority"))
                    .satisfies(problem -> assertThat(problem.remedy()).isEqualTo("give a whole number from 0 to 100"));
        }
    }

    @Test
    void readsAVideoWithItsFirstFrame() {
        JobSpec spec = JobSpecReader.readText("film", VIDEO, HERE);
        assertThat(spec.task()).isEqualTo(RenderingTask.IMAGE_TO_VIDEO);
        assertThat(spec.canvas()).isEqualTo(new Canvas(320, 192, 80, false, 12));
        assertThat(spec.input()).contains(new JobSpec.Input("/pictures/first.png", 0, 0));
        assertThat(JobSpecReader.readText("film", JobSpecWriter.toHocon(spec), HERE))
                .isEqualTo(spec);
    }

    @Test
    void refusesVideosThatAreNone() {
        assertThat(problems(VIDEO + ", canvas.frames = 1"))
                .extracting(Problem::where)
                .containsExactly("canvas.frames");
        assertThat(problems(VIDEO + ", canvas.width = 321"))
                .extracting(Problem::what)
                .containsExactly("321 x 192 pixels make no video");
        assertThat(problems(VIDEO + ", canvas.height = 4320"))
                .extracting(Problem::remedy)
                .containsExactly("at most 4096 x 2304");
        assertThat(problems(VIDEO + ", canvas.fps = 500"))
                .extracting(Problem::where)
                .containsExactly("canvas.fps");
        assertThat(problems(LEAST + ", canvas.fps = 24"))
                .extracting(Problem::what)
                .containsExactly("is for videos");
    }

    @Test
    void refusesSizesThatAreNone() {
        for (String width : List.of("0", "-64", "1e10", "2000000000", "1e999999999", "wide", "true", "[1]")) {
            assertThat(problems(LEAST + ", canvas.width = " + width))
                    .as(width)
                    .extracting(Problem::where)
                    .containsExactly("canvas.width");
        }
    }

    @Test
    void allowsSizesThatAreNoMultipleOfAnything() {
        assertThat(JobSpecReader.readText("sky", LEAST + ", canvas.width = 4001", HERE)
                        .canvas()
                        .widthPixels())
                .isEqualTo(4001);
    }

    @Test
    void saysOnceThatAGroupIsNone() {
        assertThat(problems("task = unconditional, model = m, canvas = 5"))
                .containsExactly(new Problem("canvas", "5 is no group of keys", "give it as canvas { … }"));
    }

    @Test
    void anExtensionNeedsAPictureAndAnUnconditionalOneRefusesIt() {
        assertThat(problems(LEAST + ", task = extension"))
                .extracting(Problem::where)
                .containsExactly("input.image");
        assertThat(problems(EXTENSION + "\ntask = unconditional"))
                .extracting(Problem::where)
                .containsExactly("input");
        assertThat(problems(EXTENSION + "\ninput.at = [2000000000, 0]"))
                .extracting(Problem::where)
                .containsExactly("input.at[0]");
    }

    @Test
    void saysWhereTheTextIsBroken() {
        Problem problem = problems("task = extension\ndirection = omega*").get(0);
        assertThat(problem.where()).contains("2");
        assertThat(problem.what()).contains("'*'");
        assertThat(problem.remedy()).contains("quotes");
    }

    @Test
    void aMissingFileIsAProblemOfTheUser(@TempDir Path directory) {
        Refusal refusal = catchThrowableOfType(
                Refusal.class, () -> JobSpecReader.readFile(directory.resolve("none.conf"), List.of(), PICTURES));
        assertThat(refusal).hasMessageContaining("there is no file");
    }

    @Test
    void anOverrideWithoutAValueIsRefused(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("job.conf"), LEAST);
        Refusal refusal =
                catchThrowableOfType(Refusal.class, () -> JobSpecReader.readFile(file, List.of("faster"), PICTURES));
        assertThat(refusal).hasMessageContaining("faster  is no override");
    }

    @Test
    void aTextFromAnywhereSeesNeitherFilesNorTheEnvironment(@TempDir Path directory) throws IOException {
        Path secret = Files.writeString(directory.resolve("secret.conf"), "seed = 5");
        for (String include :
                List.of("file(\"" + secret + "\")", "\"" + secret + "\"", "url(\"" + secret.toUri() + "\")")) {
            assertThat(problems(LEAST + "\ninclude " + include).get(0).what()).contains("cannot include");
        }
        assertThat(JobSpecReader.readText("sky", LEAST + "\ndirection = ${?PATH}", HERE)
                        .direction())
                .isEqualTo("auto");
    }

    private static String remedy(String line) {
        return problems(LEAST + "\n" + line).get(0).remedy();
    }

    private static List<Problem> problems(String text) {
        return catchThrowableOfType(Refusal.class, () -> JobSpecReader.readText("sky", text, HERE, PICTURES))
                .problems();
    }
}
