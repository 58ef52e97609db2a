package handscroll.protocol.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import handscroll.protocol.canvas.Canvas;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/**
 * Reads a job spec in HOCON or JSON and refuses it with everything that is wrong with it at once.
 *
 * <pre>
 * task = extension                  # or unconditional, text-to-image, image-to-video, text-to-video
 * canvas { width = 3584, height = 512, wrap = none }  # x: the right border goes on at the left, 360 degrees round
 *                                   # of a video frames = 240 and fps = 8, too
 *                                   # or { aspect = "21:9" }, the smallest of that shape around the picture
 * model = starry-night
 * input { image = "starry-night.jpg", at = [0, 0] }   # extension only; relative to the job file
 * text = "snow under a blue sky"    # of text-to-image and, where wanted, of an extension
 * regions = [{ at = [0, 0], size = [512, 512], text = "a city" }]  # parts of the canvas with a text of their own
 * direction = auto
 * seed = 20221
 * sampling { temperature = 1.0, top-k = 256, min-p = 0.05, rounds = 10, horizon = 0.6, guidance = 2 }   # the model's own, where left out
 *                                   # lag = 4: several tokens of a patch at once
 * priority = 50                     # 0 to 100, of jobs that wait the highest goes first
 * context = full                    # none: independent patches, for comparison
 * output { to = "out/starry-scroll", tiles = jpeg, quality = 90, format = deep-zoom }
 * </pre>
 *
 * The picture may stick out of the canvas, {@code at = [-4, -60]} leaves out its first columns and rows.
 * On a canvas given by its aspect it lies in the middle, unless {@code at} says otherwise.
 * It is looked for beside the job file, the output beside the caller, as a user in a shell
 * expects of both. A canvas may have any size: whole patches cover it, and what they have too much
 * at the right and at the bottom is cut off.
 */
public final class JobSpecReader {

    /** The longest side of a canvas: pixel positions and one patch beyond them fit 31 bits. */
    public static final int MAX_SIDE_PIXELS = 1 << 30;

    /** More frames than fit a film of ten hours; it keeps a slip of the keyboard from being planned. */
    static final int MAX_FRAMES = 1 << 20;

    private static final double STRONGEST_GUIDANCE = 20;
    /** More frames a second than any screen shows. */
    static final int MAX_RATE = 120;

    /** What H.264 holds at the most. */
    static final int MAX_VIDEO_WIDTH = 4096;

    static final int MAX_VIDEO_HEIGHT = 2304;

    private static final Map<String, Boolean> WRAPS = Map.of("x", true, "none", false);

    private static final Set<String> KEYS = new LinkedHashSet<>(List.of(
            "name",
            "task",
            "canvas.width",
            "canvas.height",
            "canvas.frames",
            "canvas.fps",
            "canvas.wrap",
            "canvas.aspect",
            "model",
            "input.image",
            "input.at",
            "text",
            "regions",
            "story",
            "direction",
            "seed",
            "sampling.temperature",
            "sampling.top-k",
            "sampling.min-p",
            "sampling.rounds",
            "sampling.lag",
            "sampling.horizon",
            "sampling.guidance",
            "priority",
            "context",
            "output.to",
            "output.tiles",
            "output.quality",
            "output.container",
            "output.format"));

    private static final int DEFAULT_QUALITY = 90;

    /**
     * The spec in a file; it may include other files and name environment variables.
     *
     * @param overrides {@code key=value}, each as it would stand in the file; text needs no quotes
     * @param pictures asked where the canvas is to fit the picture
     * @throws Refusal with every problem
     */
    public static JobSpec readFile(Path file, List<String> overrides, PictureSizes pictures) {
        String heading = file + " cannot be rendered:";
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw refusal(heading, "job", "there is no file " + file, "name a job spec, as in config/jobs");
        }
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.(conf|json)$", "");
        Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
        Config config = parsed(heading, () -> ConfigFactory.parseFile(file.toFile(), ConfigParseOptions.defaults()));
        Config whole = override(heading, config, overrides);
        return read(heading, name, parsed(heading, whole::resolve), directory, pictures);
    }

    /**
     * The spec in a text from anywhere: it can neither include files nor see the environment.
     *
     * @param directory that a relative path to a picture starts from
     * @throws Refusal with every problem
     */
    public static JobSpec readText(String name, String text, Path directory) {
        return readText(name, text, directory, JobSpecReader::noPictures);
    }

    /** The same, of a text whose canvas may be made to fit the picture. */
    public static JobSpec readText(String name, String text, Path directory, PictureSizes pictures) {
        String heading = "The job \"" + name + "\" cannot be rendered:";
        ConfigParseOptions options = ConfigParseOptions.defaults().setIncluder(NoIncludes.INSTANCE);
        Config config = parsed(
                heading, () -> ConfigFactory.parseString(text, options).resolve(ConfigResolveOptions.noSystem()));
        return read(heading, name, config, directory, pictures);
    }

    /**
     * The spec in a configuration that was already resolved.
     *
     * @throws Refusal with every problem
     */
    public static JobSpec read(String name, Config config, Path directory) {
        return read("The job \"" + name + "\" cannot be rendered:", name, config, directory, JobSpecReader::noPictures);
    }

    /** What was recorded says its canvas in pixels. */
    private static PictureSizes.Size noPictures(Path file) {
        throw new Refusal(
                "No picture is looked at here:",
                List.of(new Problem("canvas.aspect", "is unknown here", "give width and height in pixels")));
    }

    private static JobSpec read(
            String heading, String defaultName, Config config, Path directory, PictureSizes pictures) {
        var fields = new SpecFields(config, KEYS);
        fields.demand("task", "one of " + String.join(", ", tasks().keySet()));
        boolean hasAspect = fields.has("canvas.aspect");
        if (!hasAspect) {
            fields.demand("canvas.width", "give the picture's width in pixels");
            fields.demand("canvas.height", "give the picture's height in pixels");
        } else if (fields.has("canvas.width") || fields.has("canvas.height")) {
            fields.refuse("canvas.aspect", "stands beside a width or height", "give the one or the others");
        }
        fields.demand("model", "name a model; handscroll models lists them");

        Optional<String> name = fields.text("name");
        Optional<RenderingTask> task = fields.oneOf("task", tasks());
        Optional<Long> width = fields.whole("canvas.width", 1, MAX_SIDE_PIXELS);
        Optional<Long> height = fields.whole("canvas.height", 1, MAX_SIDE_PIXELS);
        Optional<Long> said = fields.whole("canvas.frames", 1, MAX_FRAMES);
        Optional<Long> rate = fields.whole("canvas.fps", 1, MAX_RATE);
        Optional<Boolean> wraps = fields.oneOf("canvas.wrap", WRAPS);
        Optional<String> model = fields.text("model");
        Texts texts = TextsReader.read(fields, task);
        Optional<Placed> placed = placed(fields, task, directory, pictures);
        Optional<String> direction = fields.text("direction");
        Optional<Long> seed = fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        JobSpec.Sampling sampling = sampling(fields);
        var context = fields.oneOf("context", byName(JobSpec.Context.values(), JobSpec.Context::configName));
        JobSpec.Output output = output(fields, name.orElse(defaultName));
        Optional<Long> priority = fields.whole("priority", 0, JobSpec.HIGHEST_PRIORITY);

        Optional<Long> frames = said.or(() -> TextsReader.frames(texts).filter(told -> !fields.has("canvas.frames")));
        if (frames.isPresent() || !fields.has("canvas.frames")) {
            TextsReader.checkStory(fields, texts, frames.orElse(1L));
            checkVideo(
                    fields,
                    task,
                    width.or(() -> canvasSide(placed, Canvas::widthPixels)),
                    height.or(() -> canvasSide(placed, Canvas::heightPixels)),
                    frames.orElse(1L));
        }
        if (!fields.problems().isEmpty()) {
            throw new Refusal(heading, fields.problems());
        }
        return new JobSpec(
                name.orElse(defaultName),
                task.orElseThrow(),
                new Canvas(
                        placed.flatMap(Placed::canvas)
                                .map(Canvas::widthPixels)
                                .orElseGet(() -> Math.toIntExact(width.orElseThrow())),
                        placed.flatMap(Placed::canvas)
                                .map(Canvas::heightPixels)
                                .orElseGet(() -> Math.toIntExact(height.orElseThrow())),
                        Math.toIntExact(frames.orElse(1L)),
                        wraps.orElse(false),
                        frames.orElse(1L) > 1 ? rate.map(Long::intValue).orElse(Canvas.USUAL_RATE) : 0),
                model.orElseThrow(),
                placed.map(Placed::input),
                direction.orElse("auto"),
                seed.orElse(0L),
                sampling,
                context.orElse(JobSpec.Context.FULL),
                output,
                priority.map(Long::intValue).orElse(JobSpec.DEFAULT_PRIORITY),
                texts);
    }

    private static Optional<Long> canvasSide(Optional<Placed> placed, ToIntFunction<Canvas> side) {
        return placed.flatMap(Placed::canvas).map(canvas -> (long) side.applyAsInt(canvas));
    }

    /** What a canvas of several frames must be, and what one of a single frame cannot say. */
    private static void checkVideo(
            SpecFields fields, Optional<RenderingTask> task, Optional<Long> width, Optional<Long> height, long frames) {
        if (frames == 1) {
            if (task.map(RenderingTask::isVideo).orElse(false)) {
                fields.refuse("canvas.frames", "a video has more than one", "say how many, as in canvas.frames = 80");
            } else if (fields.has("canvas.fps")) {
                fields.refuse("canvas.fps", "is for videos", "drop it, or say how many canvas.frames there are");
            }
            return;
        }
        if (task.equals(Optional.of(RenderingTask.EXTENSION))) {
            fields.refuse("canvas.frames", "an extension is one picture", "say task = image-to-video, or drop it");
        }
        if (task.equals(Optional.of(RenderingTask.TEXT_TO_IMAGE))) {
            fields.refuse("canvas.frames", "text-to-image makes one picture", "say task = text-to-video, or drop it");
        }
        boolean isEven = width.orElse(2L) % 2 == 0 && height.orElse(2L) % 2 == 0;
        if (!isEven) {
            fields.refuse(
                    "canvas",
                    width.orElse(0L) + " x " + height.orElse(0L) + " pixels make no video",
                    "both sides must be even numbers");
        }
        if (width.orElse(1L) > MAX_VIDEO_WIDTH || height.orElse(1L) > MAX_VIDEO_HEIGHT) {
            fields.refuse(
                    "canvas",
                    width.orElse(0L) + " x " + height.orElse(0L) + " pixels are more than a video can have",
                    "at most " + MAX_VIDEO_WIDTH + " x " + MAX_VIDEO_HEIGHT);
        }
        if (fields.has("output.container")) {
            fields.refuse("output.container", "is for pictures", "drop it; frames are files");
        }
    }

    /** An input picture on its canvas, which is empty where the spec gives it in pixels. */
    private record Placed(JobSpec.Input input, Optional<Canvas> canvas) {}

    private static Optional<Placed> placed(
            SpecFields fields, Optional<RenderingTask> task, Path directory, PictureSizes pictures) {
        if (task.equals(Optional.of(RenderingTask.TEXT_TO_IMAGE)) && fields.has("input")) {
            fields.refuse(
                    "input",
                    "a picture from a text starts from nothing",
                    "drop it, or say task = extension, which may have a text, too");
        }
        if (task.equals(Optional.of(RenderingTask.TEXT_TO_VIDEO)) && fields.has("input")) {
            fields.refuse(
                    "input",
                    "a video from a text starts from nothing",
                    "drop it, or say task = image-to-video, which may have a text or a story, too");
        }
        if (task.equals(Optional.of(RenderingTask.UNCONDITIONAL)) && fields.has("input")) {
            fields.refuse("input", "an unconditional picture starts from nothing", "drop it, or say task = extension");
        }
        boolean isVideo = task.equals(Optional.of(RenderingTask.IMAGE_TO_VIDEO));
        if (task.equals(Optional.of(RenderingTask.EXTENSION)) || isVideo || fields.has("input")) {
            fields.demand("input.image", isVideo ? "name the first frame" : "name the picture to extend");
        }
        boolean hasAspect = fields.has("canvas.aspect");
        if (hasAspect && task.isPresent() && task.get() != RenderingTask.EXTENSION) {
            fields.refuse("canvas.aspect", "fits a canvas to a picture", "give width and height in pixels");
        }
        if (fields.has("input.image") && !hasAspect && !isVideo) {
            fields.demand("input.at", "say where its upper left lies on the canvas: at = [x, y]");
        }
        Optional<String> image = path(fields, "input.image")
                .map(directory::resolve)
                .map(file -> file.toAbsolutePath().normalize().toString());
        Optional<long[]> at = fields.pair("input.at", -MAX_SIDE_PIXELS, MAX_SIDE_PIXELS);
        if (isVideo && !fields.has("input.at") && !hasAspect) {
            at = Optional.of(new long[2]);
        }
        Optional<long[]> corner = at;
        if (!hasAspect) {
            return image.flatMap(file ->
                    corner.map(xy -> new Placed(new JobSpec.Input(file, (int) xy[0], (int) xy[1]), Optional.empty())));
        }
        Optional<AspectRatio> aspect = aspect(fields);
        return image.flatMap(file -> aspect.flatMap(ratio -> fitted(fields, ratio, file, corner, pictures)));
    }

    private static Optional<AspectRatio> aspect(SpecFields fields) {
        Optional<String> text = fields.text("canvas.aspect");
        Optional<AspectRatio> ratio = text.flatMap(AspectRatio::parse);
        if (text.isPresent() && ratio.isEmpty()) {
            fields.refuse("canvas.aspect", "\"" + text.get() + "\" is no ratio", "give it as canvas.aspect = \"21:9\"");
        }
        return ratio;
    }

    private static Optional<Placed> fitted(
            SpecFields fields, AspectRatio ratio, String image, Optional<long[]> at, PictureSizes pictures) {
        try {
            PictureSizes.Size size = pictures.of(Path.of(image));
            Optional<Canvas> canvas = ratio.around(size);
            if (canvas.isEmpty()) {
                fields.refuse("canvas.aspect", "makes too large a canvas", "take one nearer to the picture's own");
            }
            return canvas.map(fitting -> new Placed(
                    new JobSpec.Input(
                            image,
                            at.map(xy -> (int) xy[0])
                                    .orElseGet(() -> AspectRatio.centred(fitting.widthPixels(), size.width())),
                            at.map(xy -> (int) xy[1])
                                    .orElseGet(() -> AspectRatio.centred(fitting.heightPixels(), size.height()))),
                    canvas));
        } catch (Refusal refusal) {
            refusal.problems().forEach(problem -> fields.refuse(problem.where(), problem.what(), problem.remedy()));
            return Optional.empty();
        }
    }

    private static JobSpec.Sampling sampling(SpecFields fields) {
        return new JobSpec.Sampling(
                fields.number("sampling.temperature", 0, 100),
                fields.whole("sampling.top-k", 1, 1 << 16).map(Long::intValue),
                fields.number("sampling.min-p", 0, 1),
                fields.whole("sampling.rounds", 1, 1 << 16).map(Long::intValue),
                fields.whole("sampling.lag", 1, 1 << 16).map(Long::intValue),
                fields.number("sampling.horizon", 0, 1),
                fields.number("sampling.guidance", 0, STRONGEST_GUIDANCE));
    }

    private static JobSpec.Output output(SpecFields fields, String name) {
        fields.oneOf("output.format", Map.of("deep-zoom", "deep-zoom", "video", "video"));
        Path to = path(fields, "output.to").orElse(Path.of("out", name.replaceAll("[^A-Za-z0-9._-]+", "-")));
        return new JobSpec.Output(
                to.toAbsolutePath().normalize().toString(),
                fields.oneOf("output.tiles", byName(JobSpec.TileEncoding.values(), JobSpec.TileEncoding::configName))
                        .orElse(JobSpec.TileEncoding.JPEG),
                fields.whole("output.quality", 0, 100).map(Long::intValue).orElse(DEFAULT_QUALITY),
                fields.oneOf("output.container", byName(JobSpec.Container.values(), JobSpec.Container::configName)));
    }

    private static Optional<Path> path(SpecFields fields, String key) {
        try {
            return fields.text(key).map(Path::of);
        } catch (InvalidPathException e) {
            fields.refuse(key, "is no path: " + e.getReason(), "name a file or directory of this machine");
            return Optional.empty();
        }
    }

    private static Config override(String heading, Config config, List<String> overrides) {
        Config result = config;
        for (String override : overrides) {
            int equals = override.indexOf('=');
            if (equals < 1) {
                throw refusal(heading, override, "is no override", "write key=value, such as seed=7");
            }
            String key = override.substring(0, equals).trim();
            String value = override.substring(equals + 1).trim();
            result = parsed(heading, () -> ConfigFactory.empty().withValue(key, overriding(value)))
                    .withFallback(result);
        }
        return result;
    }

    /** Lists and groups as HOCON; all else as text, which can hold what HOCON wants quoted, as omega*. */
    private static ConfigValue overriding(String value) {
        return value.startsWith("[") || value.startsWith("{")
                ? ConfigFactory.parseString("value = " + value).getValue("value")
                : ConfigValueFactory.fromAnyRef(value.replaceFirst("^\"(.*)\"$", "$1"));
    }

    private static Config parsed(String heading, Supplier<Config> source) {
        try {
            return source.get();
        } catch (ConfigException e) {
            String where = e.origin() == null ? "job" : e.origin().description();
            String message = String.valueOf(e.getMessage()).replaceFirst("^" + Pattern.quote(where + ": "), "");
            throw refusal(heading, where, message, "a value with a special character, as \"omega*\", stands in quotes");
        }
    }

    private static Refusal refusal(String heading, String where, String what, String remedy) {
        return new Refusal(heading, List.of(new Problem(where, what, remedy)));
    }

    private static Map<String, RenderingTask> tasks() {
        return byName(RenderingTask.values(), RenderingTask::configName);
    }

    private static <T> Map<String, T> byName(T[] values, Function<T, String> name) {
        Map<String, T> byName = new LinkedHashMap<>();
        Arrays.stream(values).forEach(value -> byName.put(name.apply(value), value));
        return byName;
    }

    /** Every key a job spec can have, as a path. */
    public static Set<String> keys() {
        return Collections.unmodifiableSet(KEYS);
    }

    private JobSpecReader() {}
}
