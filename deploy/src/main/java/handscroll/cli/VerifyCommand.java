package handscroll.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import handscroll.coordinator.job.RecordedPicture;
import handscroll.coordinator.job.RecordedPicture.Piece;
import handscroll.coordinator.plan.PictureReader;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelShelf;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.worker.render.RendererFactory;
import handscroll.worker.render.TaskRenderer;
import handscroll.worker.render.TaskRenderer.RenderFailure;
import handscroll.worker.render.TaskRenderer.Rendering;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "verify",
        description =
                "Renders some patches and tiles of a picture or a video once more, each from the tokens that it looked at, and"
                        + " compares them with what is there: tokens with the log, tiles byte by byte. Changes nothing."
                        + " Ends with 1 when something differs.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll verify out/starry-scroll --sample 5%%")
final class VerifyCommand implements Callable<Integer> {

    private static final int BATCH = 16;
    private static final int LISTED = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BiFunction<Config, ModelShelf, RendererFactory> renderers;

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Parameters(paramLabel = "DIR", description = "The output directory of a render.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private Path directory;

    @Option(
            names = "--sample",
            paramLabel = "SHARE",
            defaultValue = "1%",
            converter = Share.class,
            description = "How much of it, as 5%% or 0.05; by default 1%%, and at least one patch and one tile.")
    private double share;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Which patches are drawn; another number draws others.")
    private long seed;

    @Mixin
    private Printing printing = new Printing();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    VerifyCommand(BiFunction<Config, ModelShelf, RendererFactory> renderers) {
        this.renderers = renderers;
    }

    /** What was found; tiles are named by their file. */
    private record Difference(String where, String what) {}

    @Override
    public Integer call() {
        if (!(share > 0 && share <= 1)) {
            throw new ParameterException(spec.commandLine(), "--sample is above 0 and at most 100%");
        }
        Config config = shared.config("local.conf", Map.of());
        ModelShelf models = CliSettings.from(config).models();
        RecordedPicture picture = RecordedPicture.read(directory, models, PictureReader.from(config));
        RendererFactory factory = renderers.apply(config, models);
        refuseOtherDevice(picture, factory);
        List<Piece> pieces = picture.sample(share, seed);
        for (double more = share; pieces.isEmpty() && more < 1; more *= 2) {
            pieces = picture.sample(Math.min(1, 2 * more), seed);
        }
        List<Difference> differences = new ArrayList<>();
        try (TaskRenderer renderer = factory.open(0)) {
            for (List<Piece> batch : batches(pieces)) {
                differences.addAll(compare(picture, batch, renderer));
            }
        }
        long tiles = pieces.stream()
                .filter(piece -> piece.task() instanceof Task.Decode)
                .count();
        report(picture, pieces.size() - tiles, tiles, differences);
        return differences.isEmpty() && picture.damagedBytes() == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void refuseOtherDevice(RecordedPicture picture, RendererFactory factory) {
        Optional<String> recorded = picture.manifest().deviceClass();
        if (recorded.isPresent() && !recorded.get().equals(factory.deviceClass())) {
            throw new Refusal(
                    "Nothing can be verified:",
                    List.of(new Problem(
                            directory.toString(),
                            "was rendered on the device class " + recorded.get() + ", and this machine is "
                                    + factory.deviceClass() + ", which makes other bits",
                            "verify it on a machine of that class")));
        }
    }

    /** Of one stage and kind each, as leases are. */
    private static List<List<Piece>> batches(List<Piece> pieces) {
        List<List<Piece>> batches = new ArrayList<>();
        for (Piece piece : pieces) {
            List<Piece> last = batches.isEmpty() ? List.of() : batches.get(batches.size() - 1);
            boolean fits = !last.isEmpty()
                    && last.size() < BATCH
                    && last.get(0).task().getClass() == piece.task().getClass()
                    && last.get(0).task().patch().stage()
                            == piece.task().patch().stage();
            if (!fits) {
                last = new ArrayList<>();
                batches.add(last);
            }
            last.add(piece);
        }
        return batches;
    }

    private List<Difference> compare(RecordedPicture picture, List<Piece> batch, TaskRenderer renderer) {
        Rendering rendering;
        try {
            rendering = renderer.render(
                    picture.renderSettings(), batch.stream().map(Piece::task).toList());
        } catch (RenderFailure e) {
            throw new CommandFailure(ExitCode.FAILED, "Patches could not be rendered again: " + e.getMessage());
        }
        List<Difference> differences = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Piece piece = batch.get(i);
            if (piece.task() instanceof Task.Decode) {
                tileDifference(picture, rendering.tiles().get(i)).ifPresent(differences::add);
            } else {
                tokenDifference(piece, rendering.results().get(i)).ifPresent(differences::add);
            }
        }
        return differences;
    }

    private Optional<Difference> tileDifference(RecordedPicture picture, TaskRenderer.Tile made) {
        String name = directory.resolve(picture.tileName(made.patch())).toString();
        try {
            Optional<byte[]> stored = picture.storedTile(made.patch());
            if (stored.isEmpty()) {
                return picture.manifest().finished().isPresent()
                        ? Optional.of(new Difference(name, "is not there"))
                        : Optional.empty();
            }
            return Arrays.equals(stored.get(), made.encoded())
                    ? Optional.empty()
                    : Optional.of(new Difference(name, "is another tile than its tokens make"));
        } catch (IOException e) {
            return Optional.of(new Difference(name, "cannot be read: " + e.getMessage()));
        }
    }

    private static Optional<Difference> tokenDifference(Piece piece, TaskResult result) {
        short[] made = ((TaskResult.Tokens) result).tokens();
        int count = 0;
        for (int i = 0; i < made.length; i++) {
            count += i >= piece.tokens().length || made[i] != piece.tokens()[i] ? 1 : 0;
        }
        return count == 0
                ? Optional.empty()
                : Optional.of(new Difference(
                        "patch " + piece.task().patch(),
                        count + " of " + made.length + " tokens are others than in the log"));
    }

    private void report(RecordedPicture picture, long patches, long tiles, List<Difference> differences) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("patches", patches).put("tiles", tiles).put("damagedLogBytes", picture.damagedBytes());
        ArrayNode found = answer.putArray("differences");
        differences.forEach(
                difference -> found.addObject().put("where", difference.where()).put("what", difference.what()));
        List<String> lines = new ArrayList<>();
        for (Difference difference : differences.subList(0, Math.min(LISTED, differences.size()))) {
            lines.add(difference.where() + " " + difference.what());
        }
        if (differences.size() > LISTED) {
            lines.add("and " + (differences.size() - LISTED) + " more; --json lists all");
        }
        if (picture.damagedBytes() > 0) {
            lines.add(picture.damagedBytes() + " bytes of the token log are damaged; their patches are not verified");
        }
        String checked = Figures.count(patches, "patch", "patches") + " and " + Figures.count(tiles, "tile", "tiles");
        if (differences.isEmpty()) {
            lines.add(checked + " were rendered again: all the same.");
        } else {
            lines.add(differences.size() + " of " + checked + " differ.");
            lines.add("Tiles: delete the files that are named and run handscroll render --recover " + directory + ".");
            lines.add("Tokens: this machine, or the one that rendered them, does not compute as others do. Verify on"
                    + " another machine; if the same patches differ there, render the job anew into another"
                    + " directory.");
        }
        printing.print(answer, json -> lines);
    }

    static final class Share implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            try {
                return text.endsWith("%")
                        ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                        : Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("\"" + text + "\" is no share; write 5% or 0.05");
            }
        }
    }
}
